/**
 * The fault sweep. Each call that a function makes to AWS goes wrong in each way in which a call can, and the desk has to come
 * to what it comes to when nothing goes wrong. Progress, and what was not survived, goes to stderr, the table to stdout. Exits
 * with 1 when anything was lost, doubled or otherwise not the same.
 */
import { writeFileSync } from 'node:fs';
import { KINDS } from './drill/desk.ts';
import { drillDesk, SCENARIOS } from './drill/scenarios.ts';
import { type Swept, samplePairs, sweepScenario } from './drill/sweep.ts';
import { described, machine, table } from './figures.ts';
import { oneOf, optionsOf, text, whole } from './options.ts';

const names = SCENARIOS.map(({ name }) => name);
const { scenario, seed, pairs, out } = optionsOf(
  'Each call of a function goes wrong in each way in which a call can, and nothing may be lost or doubled.',
  {
    scenario: oneOf('only this one', names),
    seed: whole('of all that is drawn by chance', 1),
    pairs: whole('let two things go wrong in each of so many runs, drawn by chance, instead', undefined),
    out: text('<file>', 'write the table, and what was not survived, as JSON'),
  },
);
const FIGURES = ['calls', 'points', 'survived', 'lost', 'doubled', 'window', 'twice'] as const;
const chosen = SCENARIOS.filter(({ name }) => scenario === undefined || name === scenario);
// The pauses between two tries of a function are drawn, and nobody waits for them here.
Math.random = () => 0;
const on = machine();
const begun = performance.now();
const tell = (name: string, all: readonly Swept[]) => {
  const { points, survived } = figures(all);
  if (points % 100 === 0) process.stderr.write(`${name}: ${survived} of ${points} survived\n`);
};
const all = pairs
  ? await samplePairs(chosen, drillDesk(), {
      seed,
      most: pairs,
      tell: (swept) => tell('pairs', swept),
    })
  : await singly();
for (const { went, lost, doubled, other, fault } of all.flatMap(({ failures }) => failures))
  console.error(`${went.join('; ')}:`, fault ?? { lost, doubled, other });
const seconds = Math.round((performance.now() - begun) / 1000);

const total = figures(all);
const row = (name: string, of: Record<string, number>) => [
  name,
  ...FIGURES.map((each) => (of[each] ?? 0).toLocaleString('en')),
];
console.log(described(on));
console.log(
  `${pairs ? 'two faults in each run' : `${KINDS.length} faults at each call`}, seed ${seed}, ${seconds} s`,
);
console.log(
  table([['', ...FIGURES], ...all.map((swept) => row(swept.name, figures([swept]))), row('all', total)]),
);
if (out) {
  const { calls: _, ...found } = total;
  const told = { ...found, seed, seconds, machine: on, faults: KINDS, byScenario: all };
  writeFileSync(out, `${JSON.stringify(told, null, 2)}\n`);
}
process.exitCode = all.every(({ points, survived }) => points === survived) ? 0 : 1;

async function singly(): Promise<Swept[]> {
  const swept: Swept[] = [];
  for (const scenario of chosen)
    swept.push(await sweepScenario(scenario, drillDesk(), { seed, tell: (one) => tell(one.name, [one]) }));
  return swept;
}

function figures(of: readonly Swept[]): Record<(typeof FIGURES)[number], number> {
  const { length } = of.flatMap(({ calls }) => calls);
  const counted = (name: Exclude<(typeof FIGURES)[number], 'calls'>) => sum(of.map((swept) => swept[name]));
  return {
    ...{ calls: length, points: counted('points'), survived: counted('survived'), lost: counted('lost') },
    ...{ doubled: counted('doubled'), window: counted('window'), twice: counted('twice') },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * The fault sweep: `npm run drill [-- --scenario NAME] [--seed N] [--pairs N] [--out FILE]`. Each call that a function
 * makes to AWS goes wrong in each way in which a call can, and the desk has to come to what it comes to when nothing goes wrong.
 * With `--pairs` two things go wrong in each of so many runs, drawn by chance. Progress, and what was not survived, goes to
 * stderr, the table to stdout; `--out` writes both as JSON. Exits with 1 when anything was lost, doubled or otherwise not the
 * same.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KINDS } from './drill/desk.ts';
import { drillDesk, SCENARIOS } from './drill/scenarios.ts';
import { type Swept, samplePairs, sweepScenario } from './drill/sweep.ts';
import { described, machine, table } from './figures.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    pairs: { type: 'string' },
  },
});
const FIGURES = ['calls', 'points', 'survived', 'lost', 'doubled', 'window', 'twice'] as const;
const chosen = SCENARIOS.filter(({ name }) => values.scenario === undefined || name === values.scenario);
if (chosen.length === 0) throw new Error(`the scenarios are ${SCENARIOS.map(({ name }) => name).join(', ')}`);
// The pauses between two tries of a function are drawn, and nobody waits for them here.
Math.random = () => 0;
const on = machine();
const begun = performance.now();
const seed = Number(values.seed);
const tell = (name: string, all: readonly Swept[]) => {
  const { points, survived } = figures(all);
  if (points % 100 === 0) process.stderr.write(`${name}: ${survived} of ${points} survived\n`);
};
const all = values.pairs
  ? await samplePairs(chosen, drillDesk(), {
      seed,
      most: Number(values.pairs),
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
  `${values.pairs ? 'two faults in each run' : `${KINDS.length} faults at each call`}, seed ${seed}, ${seconds} s`,
);
console.log(
  table([['', ...FIGURES], ...all.map((swept) => row(swept.name, figures([swept]))), row('all', total)]),
);
if (values.out) {
  const { calls: _, ...found } = total;
  const told = { ...found, seed, seconds, machine: on, faults: KINDS, byScenario: all };
  writeFileSync(values.out, `${JSON.stringify(told, null, 2)}\n`);
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

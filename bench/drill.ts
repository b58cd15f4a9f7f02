/**
 * The fault sweep: `npm run drill [-- --scenario NAME] [--seed N] [--out FILE]`. Each call that a function makes to AWS goes
 * wrong in each way in which a call can, and the desk has to come to what it comes to when nothing goes wrong. Progress, and
 * what was not survived, goes to stderr, the table to stdout; `--out` writes both as JSON. Exits with 1 when anything was lost,
 * doubled or otherwise not the same.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KINDS } from './drill/desk.ts';
import { drillDesk, SCENARIOS } from './drill/scenarios.ts';
import { type Swept, sweepScenario } from './drill/sweep.ts';
import { described, machine, table } from './figures.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const chosen = SCENARIOS.filter(({ name }) => values.scenario === undefined || name === values.scenario);
if (chosen.length === 0) throw new Error(`the scenarios are ${SCENARIOS.map(({ name }) => name).join(', ')}`);
// The pauses between two tries of a function are drawn, and nobody waits for them here.
Math.random = () => 0;
const on = machine();
const begun = performance.now();
const all: Swept[] = [];
for (const scenario of chosen) {
  const tell = ({ points, survived }: Swept) => {
    if (points % 100 === 0) process.stderr.write(`${scenario.name}: ${survived} of ${points} survived\n`);
  };
  const swept = await sweepScenario(scenario, drillDesk(), { seed: Number(values.seed), tell });
  for (const { at, call, kind, lost, doubled, other, fault } of swept.failures)
    console.error(`${kind} at call ${at}, ${call}:`, fault ?? { lost, doubled, other });
  all.push(swept);
}
const seconds = Math.round((performance.now() - begun) / 1000);

const FIGURES = ['points', 'survived', 'lost', 'doubled', 'window'] as const;
const figures = (of: readonly Swept[]) => ({
  calls: sum(of.map(({ calls }) => calls.length)),
  ...Object.fromEntries(FIGURES.map((name) => [name, sum(of.map((swept) => swept[name]))])),
});
const total = figures(all);
const row = (name: string, of: Record<string, number>) => [
  name,
  ...['calls', ...FIGURES].map((each) => (of[each] ?? 0).toLocaleString('en')),
];
console.log(described(on));
console.log(`${KINDS.length} faults at each call, seed ${values.seed}, ${seconds} s`);
console.log(
  table([
    ['', 'calls', ...FIGURES],
    ...all.map((swept) => row(swept.name, figures([swept]))),
    row('all', total),
  ]),
);
if (values.out) {
  const { calls: _, ...found } = total;
  const told = { ...found, seed: Number(values.seed), seconds, machine: on, faults: KINDS, byScenario: all };
  writeFileSync(values.out, `${JSON.stringify(told, null, 2)}\n`);
}
process.exitCode = all.every(({ points, survived }) => points === survived) ? 0 : 1;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

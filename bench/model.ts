/**
 * Races on one ticket on the laptop's engine (test/journeys/races.ts), and then the whole desk, driven at random until it breaks
 * a promise or the time is over (test/journeys/model.ts). Prints what was done, and the smallest case that fails, with what to
 * say to have it again.
 */
import fc from 'fast-check';
import { onEngine, openEngine } from '../test/journeys/driven-desk.ts';
import { openTally, promisesHold } from '../test/journeys/model.ts';
import { type Raced, racesOf } from '../test/journeys/races.ts';
import { described, machine, table } from './figures.ts';
import { number, optionsOf, text, whole } from './options.ts';

const { seed = 1 + (Date.now() % 1_000_000), ...values } = optionsOf(
  'Races on one ticket, and then the whole desk, driven at random until it breaks a promise.',
  {
    minutes: number('for which the desk is driven', 5, 'a number above 0', (n) => n > 0),
    seed: whole('to have a run again; else another each time', undefined),
    rounds: whole('of each race', 5),
    steps: whole('at most, with one desk', 40),
    path: text('<path>', 'with --seed, --replay and --steps: a case that failed, as it was said; no races'),
    replay: text('<path>', 'its steps'),
  },
);
const engine = await openEngine();
let raced = 0;
const races: string[][] = [['at once', 'rounds', 'came too late', 'back into the queue', 'faults']];
for (const [name, race] of Object.entries(racesOf({ writers: 64 }))) {
  const rounds: Raced[] = [];
  for (let round = 0; round < values.rounds && !values.path; round++) {
    rounds.push(await race(() => onEngine(engine), seed + round));
    for (const fault of rounds.at(-1)?.faults ?? []) console.log(`${name}: ${fault}`);
  }
  const sum = (of: (round: Raced) => number) => rounds.reduce((all, each) => all + of(each), 0);
  const faults = sum((each) => each.faults.length);
  raced += faults;
  races.push([
    name,
    ...[rounds.length, sum(({ conflicts }) => conflicts), sum(({ tries }) => tries), faults].map(String),
  ]);
}
await engine.stop();
const ran = performance.now();
const tally = openTally();
const details = await fc.check(promisesHold(tally, values.steps, values.replay), {
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: values.minutes * 60_000,
  ...(values.path ? { path: values.path } : {}),
});

console.log(described(machine()));
console.log(`\n${table(races)}\n`);
const { runs, steps, ...kinds } = tally;
const seconds = ((performance.now() - ran) / 1000).toFixed(0);
console.log(`seed ${seed}: ${runs} desks, ${steps} steps in ${seconds} s`);
for (const [title, counts] of Object.entries(kinds)) {
  console.log(`\n${title}`);
  console.log(table(Object.entries(counts).map(([name, count]) => [name, count.toLocaleString('en')])));
}
if (!details.failed) console.log('\nevery promise held');
else {
  const [steps] = details.counterexample ?? [];
  console.log(`\n${String(details.errorInstance)}\n\nafter these steps, shrunk ${details.numShrinks} times:`);
  for (const step of steps ?? []) console.log(`  ${step}`);
  const [, replay = ''] = /replayPath="([^"]+)"/.exec(String(steps)) ?? [];
  console.log(
    `\n--seed ${details.seed} --path ${details.counterexamplePath} --replay ${replay} --steps ${values.steps}`,
  );
}
process.exitCode = details.failed || raced > 0 ? 1 : 0;

/**
 * Races on one ticket on the laptop's engine (test/journeys/races.ts), and then the whole desk, driven at random until it breaks a promise or the
 * time is over (test/journeys/model.ts): `node bench/model.ts [--minutes 5] [--seed N] [--rounds 5] [--steps 40]`. Prints
 * what was done, and the smallest case that fails, with what to say to have it again (`--path P --replay R`).
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { onEngine, openEngine } from '../test/journeys/driven-desk.ts';
import { openTally, promisesHold } from '../test/journeys/model.ts';
import { type Raced, racesOf } from '../test/journeys/races.ts';
import { described, machine, table } from './figures.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '40' },
    path: { type: 'string' },
    replay: { type: 'string' },
  },
});
const engine = await openEngine();
let raced = 0;
const races: string[][] = [['at once', 'rounds', 'came too late', 'back into the queue', 'faults']];
for (const [name, race] of Object.entries(racesOf({ writers: 64 }))) {
  const rounds: Raced[] = [];
  for (let round = 0; round < Number(values.rounds) && !values.path; round++) {
    rounds.push(await race(() => onEngine(engine), Number(values.seed) + round));
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
const details = await fc.check(promisesHold(tally, Number(values.steps), values.replay), {
  seed: Number(values.seed),
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: Number(values.minutes) * 60_000,
  ...(values.path ? { path: values.path } : {}),
});

console.log(described(machine()));
console.log(`\n${table(races)}\n`);
const { runs, steps, ...kinds } = tally;
const seconds = ((performance.now() - ran) / 1000).toFixed(0);
console.log(`seed ${values.seed}: ${runs} desks, ${steps} steps in ${seconds} s`);
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

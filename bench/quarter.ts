/**
 * A quarter of a desk's life in seconds. What is lived, and what is checked, stands in test/journeys/quarter.ts. Exits with 1
 * when anything was wrong.
 */
import { liveQuarter } from '../test/journeys/quarter.ts';
import { described, machine, table } from './figures.ts';
import { optionsOf, whole } from './options.ts';

const { tickets, seed } = optionsOf('A quarter of a desk’s life in seconds.', {
  tickets: whole('that are opened in it', 5_000),
  seed: whole('another has another quarter', 1),
});
const begun = performance.now();
const { faults, kinds, statuses, ...quarter } = await liveQuarter(tickets, seed);
const seconds = ((performance.now() - begun) / 1000).toFixed(1);

console.log(described(machine()));
const { user, system } = process.cpuUsage();
console.log(`a quarter of a year in ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of them processor`);
const rows = (of: Record<string, number>) =>
  Object.entries(of).map(([name, count]) => [name, count.toLocaleString('en')]);
console.log(table([...rows(quarter), ...rows(statuses), ...rows(kinds)]));
console.log(faults.length === 0 ? 'nothing was wrong' : `${faults.length} faults`);
for (const fault of faults.slice(0, 40)) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

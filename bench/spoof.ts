/**
 * The whole spoof matrix. Every verb by one receipt of each sort, and every receipt by one sort of words each; the suite runs
 * a part of it (test/mail/spoof.test.ts). Minutes; ends with 1 when a cell does what is forbidden.
 */
import { ALL, EVERY, FAMILIES, FEW, LEADS, type Run, run, WRITERS } from '../test/mail/spoof.ts';
import { described, machine } from './figures.ts';
import { optionsOf } from './options.ts';

optionsOf('Who may do what, whoever writes and whatever he knows: every cell of it. Minutes.', {});
const on = machine();
const began = performance.now();
const runs: [string, Run][] = [
  [`every verb (${Object.keys(ALL).length} sorts of words), ${FEW.length} receipts`, run(ALL, FEW, [false])],
  ['the same where the domain was trusted, of each sort', run(FAMILIES, FEW, [true])],
  [
    `every receipt (${EVERY.length}), ${Object.keys(FAMILIES).length} sorts of words`,
    run(FAMILIES, EVERY, [false]),
  ],
];
console.log(described(on));
console.log(`${Object.keys(WRITERS).length} writers, ${Object.keys(LEADS).length} clues`);
for (const [name, { cells, had, forbidden }] of runs) {
  console.log(`${name}: ${cells} cells, ${forbidden.length} forbidden`);
  console.log(`  ${[...had].map(([effect, count]) => `${effect} ${count}`).join(', ')}`);
  for (const each of forbidden.slice(0, 50)) console.log(`  FORBIDDEN ${each}`);
}
const { user, system } = process.cpuUsage();
const sum = runs.reduce((all, [, { cells }]) => all + cells, 0);
console.log(
  `${sum} cells in ${Math.round((performance.now() - began) / 1000)} s, ${Math.round((user + system) / 1e6)} s of CPU`,
);
if (runs.some(([, { forbidden }]) => forbidden.length > 0)) process.exitCode = 1;

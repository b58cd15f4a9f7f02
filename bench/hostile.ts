/**
 * How the cost of reading a mail grows with what is heaped up in it. Each sign in each place, at one length and at twice
 * that. Ends with 1 when something costs seconds and grows as a square does.
 */
import { PLACES, readWhole, SIGNS } from '../test/mail/hostile.ts';
import { described, machine } from './figures.ts';
import { optionsOf } from './options.ts';

optionsOf('How the cost of reading a mail grows with what is heaped up in it.', {});
const on = machine();
const LENGTH = 100_000;
const SLOW = 1_000;
const SQUARE = 3.2;

async function cost(place: (text: string) => string, sign: string, length: number): Promise<number> {
  const began = process.cpuUsage();
  await readWhole(place(sign.repeat(Math.ceil(length / sign.length))));
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

const rows: { place: string; sign: string; once: number; twice: number }[] = [];
for (const [place, write] of Object.entries(PLACES))
  for (const sign of SIGNS)
    rows.push({
      place,
      sign,
      once: await cost(write, sign, LENGTH),
      twice: await cost(write, sign, 2 * LENGTH),
    });
rows.sort((a, b) => b.twice - a.twice);
console.log(described(on));
console.log(`${rows.length} mails, each of ${LENGTH} and of ${2 * LENGTH} characters`);
for (const { place, sign, once, twice } of rows.slice(0, 15))
  console.log(
    `${place.padEnd(18)} ${JSON.stringify(sign).padEnd(32)} ${once.toFixed(0)} ms, ${twice.toFixed(0)} ms, × ${(twice / once).toFixed(1)}`,
  );
const bad = rows.filter(({ once, twice }) => twice > SLOW && twice / once > SQUARE);
console.log(`${bad.length} grow as a square and cost more than ${SLOW} ms`);
if (bad.length > 0) process.exitCode = 1;

/**
 * The clock beside a finger on the wall clock, for as many random histories as one likes.
 *
 * Each history is reckoned under random promises, and once more after an edit that adds holidays and changes targets. Up to
 * `--days` pass between two entries of thirty, so that with 200 a history may last years. The seed is said, so that a
 * difference can be looked at again; with one the program ends at once, with exit 1.
 */
import { cpus } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { anyEdit, anyPromises, historiesOf } from '../test/sla/arbitrary.ts';
import { compare } from '../test/sla/compared.ts';
import { optionsOf, whole } from './options.ts';

const {
  histories,
  days,
  seed = 1 + (Date.now() % 2 ** 30),
} = optionsOf('The clock beside a finger on the wall clock, for random histories.', {
  histories: whole('that are reckoned', 10_000),
  days: whole('at most between two entries of a history', 3),
  seed: whole('to have a run again; else another each time', undefined),
});

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; seed ${seed}, at most ${days} days between two entries`,
);
const counted = { histories: 0, reckonings: 0, deadlines: 0, neverOpen: 0, longest: 0 };
const begun = performance.now();
fc.assert(
  fc.property(historiesOf(days), anyPromises, anyEdit, (log, promises, edit) => {
    for (const by of [promises, edit(promises)]) {
      const compared = compare(log, by);
      if (!compared) {
        counted.neverOpen++;
        continue;
      }
      if (!isDeepStrictEqual(compared.desk, compared.finger)) return false;
      counted.reckonings++;
      counted.deadlines += Object.values(compared.desk).filter((one) => one !== null).length;
    }
    const [first, last] = [log[0], log.at(-1)].map((entry) => Date.parse(entry?.at ?? ''));
    counted.longest = Math.max(counted.longest, ((last ?? 0) - (first ?? 0)) / 86_400_000);
    if (++counted.histories % 1_000 === 0) say();
  }),
  { numRuns: histories, seed, endOnFailure: true },
);
say();
console.log('no difference');

function say(): void {
  const { histories, reckonings, deadlines, neverOpen, longest } = counted;
  const seconds = (performance.now() - begun) / 1_000;
  console.log(
    `${histories} histories, the longest of ${Math.round(longest)} days; ${reckonings} reckonings of ${deadlines} measures, ${neverOpen} left out for a calendar that never opens; ${seconds.toFixed(0)} s`,
  );
}

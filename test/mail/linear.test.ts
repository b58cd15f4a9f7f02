/**
 * What a mail costs grows with its length and no faster, whatever stands in it: a run of one sign is what makes a regular
 * expression try again from each place. With sixty thousand of them one that does takes many seconds, and its test does not
 * end in time; nothing is measured. `node bench/hostile.ts` tries all signs, and says how each grows.
 */
import { describe, expect, test } from 'vitest';
import { PLACES, readWhole, SIGNS } from './hostile.ts';

const LENGTH = 60_000;
const FEW = ['\t', '\u00a0', '.', '-', '>', '<', '(', '> \n', 'a@', '日'];

describe.each(Object.entries(PLACES))('in %s', (_, place) => {
  test.each(FEW)('%j costs what its length costs', async (sign) => {
    expect(SIGNS).toContain(sign);
    await readWhole(place(sign.repeat(Math.ceil(LENGTH / sign.length))));
  });
});

import fc from 'fast-check';

/** So many characters of all that there are, halves of pairs too. fast-check's own text of this sort begins with a table of the million. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.nat(0x10_ff_ff), { maxLength }).map((points) => String.fromCodePoint(...points));
}

import { describe, expect, test } from 'vitest';
import { MOST_FILE_OCTETS, type Piece, packed } from '../../core/mail/parts.ts';

const MB = 1_000_000;
const file = (name: string, size: number) => ({
  name,
  size,
  contentType: 'application/pdf',
  key: `files/m/${name}`,
});
const sizes = (mails: Piece[][]) => mails.map((mail) => mail.map(({ start, end }) => end - start));

describe('files on their way out', () => {
  test('that fit into one mail go in one, in their order', () => {
    expect(packed([file('a', 3 * MB), file('b', 0), file('c', 4 * MB)])).toMatchObject([
      [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    ]);
  });

  test('go in as many mails as they need, none above seven megabytes', () => {
    const mails = packed([5, 3, 3, 1, 7, 2].map((size, n) => file(String(n), size * MB)));
    expect(sizes(mails)).toEqual([[5 * MB], [3 * MB, 3 * MB, 1 * MB], [7 * MB], [2 * MB]]);
  });

  test('of which one is too large for any mail: it comes in numbered pieces that make it whole again', () => {
    const mails = packed([file('a b.zip', 15 * MB), file('note.txt', 10)]);
    expect(sizes(mails)).toEqual([[7 * MB], [7 * MB], [1 * MB, 10]]);
    const pieces = mails.flat().filter(({ pieceOf }) => pieceOf);
    expect(pieces.map(({ name }) => name)).toEqual([
      'a_b.zip.part-1-of-3',
      'a_b.zip.part-2-of-3',
      'a_b.zip.part-3-of-3',
    ]);
    expect(pieces.map(({ start, end }) => [start, end])).toEqual([
      [0, 7 * MB],
      [7 * MB, 14 * MB],
      [14 * MB, 15 * MB],
    ]);
    expect(pieces[0]?.pieceOf).toEqual({ name: 'a_b.zip', pieces: pieces.map(({ name }) => name) });
  });

  test('keep a file whole that just fits', () => {
    expect(packed([file('a', MOST_FILE_OCTETS)])).toMatchObject([[{ name: 'a', pieceOf: null }]]);
  });

  test('are no more in one mail than SES takes parts', () => {
    const mails = packed(Array.from({ length: 1_000 }, (_, n) => file(String(n), 1)));
    expect(mails.map((mail) => mail.length)).toEqual([400, 400, 200]);
  });

  test('that are none need no mail', () => {
    expect(packed([])).toEqual([]);
  });
});

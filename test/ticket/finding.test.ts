import { expect, test } from 'vitest';
import { findable, holdsAll, MOST_KEYS, wordsToFind } from '../../core/ticket/finding.ts';

const of = (subject: string, text = '', name = '') =>
  findable({ subject, requester: { address: 'ida.keller@customers.example.org', name } }, text);

test('a ticket stands under the words of its subject and of its requester’s name', () => {
  expect(of('The printer is jammed', '', 'Ida Keller').keys).toEqual(['printer', 'jammed', 'ida', 'keller']);
});

test('numbers come first, and then what the text begins with, where there is more than it stands under', () => {
  const text =
    'My old red desk has a lamp, a chair, a door, a wall, a rug, a box, a cup, error 0x80070005 on LAPTOP-4711';
  const { keys, words } = of('Help', text);
  expect(keys).toHaveLength(MOST_KEYS);
  expect(keys.slice(0, 2)).toEqual(['0x80070005', '4711']);
  expect(keys.slice(2, 4)).toEqual(['old', 'red']);
  expect(keys).not.toContain('my');
  expect(words).toEqual(expect.arrayContaining(['rug', 'cup', 'lamp']));
});

test('however long a text is, its entry is no longer than what one write costs', () => {
  const { keys, words } = of(
    'Printer',
    Array.from({ length: 5_000 }, (_, n) => `wort${n} ${'ü'.repeat(90)}${n}`).join(' '),
  );
  expect(Buffer.byteLength(JSON.stringify(words))).toBeLessThan(900);
  expect(words[0]).toBe('printer');
  expect(keys.every((key) => words.includes(key))).toBe(true);
});

test('addresses are no words: who asked is found by the index of requesters, and erased with it', () => {
  expect(of('Mail to ida.keller@example.org', 'From <ida.keller@example.org>: lost').words).toEqual([
    ...['mail', 'lost'],
  ]);
});

test('where words stand without blanks the pairs of their signs are looked for', () => {
  expect(of('プリンター故障').words).toContain('故障');
  expect(holdsAll(wordsToFind('故障'), of('プリンター故障').words)).toBe(true);
});

test('each asked word is one of them or the beginning of one', () => {
  expect(holdsAll(['print', 'flo'], ['printer', 'floor'])).toBe(true);
  expect(holdsAll(['print', 'roof'], ['printer', 'floor'])).toBe(false);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeProblems, loadDesk } from '../../core/config/load.ts';
import { anyOf, readPattern } from '../../core/config/pattern.ts';
import { smallDeskWith } from './small-desk.ts';

function pattern(written: string): RegExp {
  const read = readPattern(written);
  if ('wrong' in read) throw new Error(read.wrong);
  return read.pattern;
}

describe('a pattern of desk.yaml', () => {
  test.each([
    ['\\bERR-\\d{4}\\b', 'It said err-4711 again', true],
    ['\\bERR-\\d{4}\\b', 'It said ERR-471', false],
    ['^PO ?\\d+$', 'see below\nPO 4500012\nthanks', true],
    ['(?:asset|device)s? [A-Z]{2}\\d{3,6}', 'Device AB1234', true],
    ['\\p{Lu}{2}-[0-9.]+', 'München ÄÖ-1.2', true],
    ['a\\|b', 'a|b', true],
    ['.', 'a', true],
    ['(?:asset|device)s? X', 'houses X', false],
    ['\\d{200}', '7'.repeat(200), true],
    ['\\d{1,40}-\\d{1,50}', '1-2', true],
    ['x\\d+?y', 'xy', false],
  ])('%s in “%s”: %s', (written, text, isFound) => {
    expect(pattern(written).test(text)).toBe(isFound);
  });

  test.each([
    ['(a+)+$', 'a group is repeated by +'],
    ['(a|aa)*b', 'a group is repeated by *'],
    ['(\\d{1,3}){4}', 'a group is repeated by {4}'],
    ['(a)\\1', '\\1 refers to what a group has found'],
    ['a(?=b)', 'it looks around or names a group'],
    ['(?<name>a)', 'it looks around or names a group'],
    ['a+b+c+d', 'it can be tried in 64000 ways'],
    ['\\d{201}', '{201} reaches over 201 characters'],
    ['\\d{1,40}-\\d{1,51}', 'it can be tried in 2040 ways'],
    [`${'a?'.repeat(11)}b`, 'it can be tried in 2048 ways'],
    ['a*', 'it is found in every text'],
    ['(a', 'a group is never closed'],
    ['a)', 'a group that was never opened ends'],
    ['+a', '+ repeats nothing'],
    ['[z-a]', 'Range out of order'],
  ])('%s is refused: %s', (written, why) => {
    expect(readPattern(written)).toEqual({
      ...{ wrong: expect.stringContaining(why), allowed: expect.stringMatching(/\w/) },
    });
  });

  test.each(['x.+y', 'x.+?y', 'x.*?y', 'x.{1,9}?y', 'x.{1,9}y', 'x.??1', 'x.?1'])(
    '%s finds as much as JavaScript has it',
    (written) => {
      const text = 'x11y2y';
      expect(pattern(written).exec(text)?.[0]).toBe(new RegExp(written, 'u').exec(text)?.[0]);
    },
  );

  test('whatever is let through is one of JavaScript’s own, and nothing makes the reading fail', () => {
    const pieces = [
      'a',
      'é',
      '\\d',
      '\\b',
      '[a-c]',
      '.',
      '(',
      '(?:',
      ')',
      '|',
      '?',
      '*',
      '+',
      '{2,4}',
      '\\',
      '^',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (chosen) => {
        const read = readPattern(chosen.join(''));
        if ('pattern' in read) expect(read.pattern.test('')).toBe(false);
        else expect(read.wrong.length * read.allowed.length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('several in one fit where one of them does', () => {
    const piece = fc.constantFrom('a', 'é', '\\b', '[b-c]', '.', '|', '(?:a|b)', '\\\\', '^', '$', '\\d?');
    const written = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
    const text = fc.array(fc.constantFrom('a', 'É', 'b', ' ', '\n', '\\', '7'), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(written, { maxLength: 4 }), text, (all, letters) => {
        const read = all.map(readPattern).flatMap((each) => ('pattern' in each ? [each] : []));
        fc.pre(read.length > 0);
        const said = letters.join('');
        expect(anyOf(read).test(said)).toBe(read.some((each) => each.pattern.test(said)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is checked with the file, at its place', () => {
    const loaded = loadDesk(smallDeskWith(['words: [printer] }', 'words: [printer], patterns: ["(x+)+"] }']));
    expect(loaded.ok ? '' : describeProblems('desk.yaml', loaded.problems)).toContain(
      'a group is repeated by +',
    );
  });
});

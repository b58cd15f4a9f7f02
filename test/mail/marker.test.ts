import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MARKER } from '../../core/mail/marker.ts';
import { trimReply } from '../../core/mail/trim.ts';

/** What stands below our marker in a notification: none of it may leave. */
const BELOW = [
  'Zebra42 asks why the Quokka is broken.',
  'support+Token7777@desk.example.test',
  'private note: Okapi9',
];
const SECRETS = /zebra42|quokka|token7777|okapi9|above\s+this\s+line/i;

/** Lines that programs put above what they quote, in languages that are known and in some that nobody listed. */
const ABOVE_QUOTES = [
  'On Mon, 2 Nov 2026 at 09:12, Support <support+token7777@desk.example.test> wrote:',
  'Am 02.11.2026 um 09:12 schrieb Support <support+token7777@desk.example.test>:',
  '2026年11月2日(月) 9:12 Support <support+token7777@desk.example.test>:',
  'Support <support+token7777@desk.example.test> 于2026年11月2日周一 09:12写道：',
  'Pan Support <support+token7777@desk.example.test> grawelt brumm, 2.11.2026 09:12:',
  'An 2 Samhain 2026 09:12, scríobh Support <support+token7777@desk.example.test>:',
  '-----Original Message-----\nFrom: Support <support+token7777@desk.example.test>\nSent: Monday, November 2, 2026 9:12 AM\nTo: Grace\nSubject: Re: x',
  '________________________________\nVon: Support <support+token7777@desk.example.test>\nGesendet: Montag, 2. November 2026 09:12\nAn: Grace\nBetreff: Re: x',
];

const above = fc
  .array(
    fc.constantFrom('The', 'roller', 'is', 'new', 'now.', 'Please', 'restart', 'it', '#resolve', 'Thanks!'),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((words) => words.join(' '));

/** What programs do to the lines that they quote. */
const mangling = fc.record({
  mark: fc.constantFrom('> ', '>', '| ', '', '\t', '    ', '>> '),
  depth: fc.integer({ min: 0, max: 25 }),
  width: fc.integer({ min: 12, max: 90 }),
  space: fc.constantFrom(' ', '\u00A0', '  ', ' \u200B'),
  end: fc.constantFrom('\n', '\n\n', ' \n', '\n \n'),
  emphasis: fc.constantFrom('', '*', '_'),
  hashes: fc.boolean(),
  line: fc.constantFrom(...ABOVE_QUOTES, ''),
});

function quoted(text: string, { mark, depth, width, space, end }: Mangling): string {
  const prefix = mark.repeat(depth);
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, width))
    .map((line) => prefix + line.replaceAll(' ', space))
    .join(end);
}

function wrapped(line: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

interface Mangling {
  mark: string;
  depth: number;
  width: number;
  space: string;
  end: string;
  emphasis: string;
  hashes: boolean;
  line: string;
}

const markerIn = ({ emphasis, hashes }: Mangling) =>
  `${emphasis}${hashes ? MARKER : MARKER.replaceAll('#', '')}${emphasis}`;

const sample = { seed: 7, numRuns: 300 };

describe('whatever a program does to our marker, nothing at or below it is an agent’s word', () => {
  test('in plain text', () => {
    fc.assert(
      fc.property(above, mangling, (words, how) => {
        const text = `${words}\n\n${how.line}\n\n${quoted([markerIn(how), ...BELOW].join('\n'), how)}\n`;
        const { visible } = trimReply({ text, html: null });
        expect(visible).not.toMatch(SECRETS);
        expect(visible).toContain(words.split(' ')[0]);
      }),
      sample,
    );
  });

  test('in HTML', () => {
    const element = fc.constantFrom('div', 'p', 'span', 'td', 'blockquote', 'center', 'font');
    fc.assert(
      fc.property(
        above,
        mangling,
        fc.array(element, { maxLength: 12 }),
        fc.boolean(),
        (words, how, around, breaks) => {
          const marker = markerIn(how)
            .split(' ')
            .map((word) => `<span>${word.replaceAll('-', '&#45;')}</span>`)
            .join(breaks ? '<br>' : '&nbsp;');
          const html = `<div dir="ltr">${words}</div><div>${how.line.replaceAll('<', '&lt;').replaceAll('\n', '<br>')}</div>${around.map((name) => `<${name}>`).join('')}${marker}${BELOW.map((line) => `<div>${line}</div>`).join('')}${around
            .toReversed()
            .map((name) => `</${name}>`)
            .join('')}`;
          const plain = `${words}\n\n${how.line}\n\n${quoted([markerIn(how), ...BELOW].join('\n'), how)}\n`;
          for (const text of ['', plain]) {
            expect(trimReply({ text, html }).visible).not.toMatch(SECRETS);
          }
        },
      ),
      sample,
    );
  });

  test('and what stands above it stays whole when no line of a program is there', () => {
    fc.assert(
      fc.property(above, mangling, (words, how) => {
        const text = `${words}\n\n${quoted([markerIn(how), ...BELOW].join('\n'), how)}\n`;
        expect(trimReply({ text, html: null }).visible).toBe(words);
      }),
      sample,
    );
  });
});

/**
 * The grammar of commands, from what somebody's mail program makes of them to what the desk reads. A model says which
 * commands, words, quotes and signature a mail has; it is written as one of several programs writes it, and read again.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommands, VERBS, type VerbName } from '../../core/mail/commands.ts';
import { trimReply } from '../../core/mail/trim.ts';
import { written } from './written.ts';

interface Given {
  verb: VerbName;
  value: string;
  line: string;
}

const NAMES = Object.keys(VERBS) as VerbName[];
const AGENTS = NAMES.filter((verb) => VERBS[verb].requester !== 'only');
const REQUESTERS = NAMES.filter((verb) => VERBS[verb].requester !== false);

/** None of it is anything else than a value in any place of a line. */
const VALUES = [
  '3d for the new laptop',
  '“done”, she said',
  'T-7K4M2Q problem',
  'P2',
  'kim.brandt@example.test',
  'Zürich – Süd: 4711',
  '+vip -spare',
  '2027-01-31 14:00 the audit',
  '#4711',
  'it’s 50 % off',
  'نمی‌دانم',
];

const word = (verb: VerbName) => fc.constantFrom<string>(verb, ...VERBS[verb].aliases);
const cased = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(''));
const BEFORE = ['', ' ', '\u00a0', '\u200b', '\ufeff', '\u00ad', '\u200e', '- ', '* ', '• ', '1. ', '2) '];
const BEHIND = ['', ' ', '\u00a0', '\u200b', '\u2060'];
const BETWEEN = [' ', '\u00a0', ': ', ':\u00a0', ' : ', '\u200b ', ' \u200c'];

const command = (verbs: readonly VerbName[]): fc.Arbitrary<Given> =>
  fc.constantFrom(...verbs).chain((verb) =>
    fc
      .record({
        name: word(verb).chain(cased),
        before: fc.constantFrom(...BEFORE),
        behind: fc.constantFrom(...BEHIND),
        between: fc.constantFrom(...BETWEEN),
        sign: fc.constantFrom('#', '＃', '#\u200b', '#\ufe0f'),
        bold: fc.constantFrom('', '', '*', '**', '_'),
        value:
          VERBS[verb].value === 'none'
            ? fc.constant('')
            : fc.constantFrom(...(VERBS[verb].value === 'optional' ? ['', ...VALUES] : VALUES)),
      })
      .map(({ name, before, behind, between, sign, bold, value }) => {
        const typed = `${sign}${name}${value === '' ? '' : between}${value}`;
        return { verb, value, line: `${before}${bold}${typed}${bold}${behind}` };
      }),
  );

/** They begin no quote, close no letter and are no command at the edge of what was said. */
const WORDS = [
  'Hello Nora,',
  'we looked at it and found nothing.',
  '#1234 is the number of the printer.',
  '# What we found',
  '## 3',
  'Call 030 #42 at noon.',
  'C# and F# are languages',
  'It costs 300 €, or 20 % less',
];
/** Between the first and the last line of what was said even a command is text. */
const INNER = [...WORDS, '', '#take is what you type', '#spam', '#resolve it yourself'];

const said = fc.oneof(
  fc.constant<string[]>([]),
  fc.constantFrom(...WORDS).map((line) => [line]),
  fc
    .tuple(
      fc.constantFrom(...WORDS),
      fc.array(fc.constantFrom(...INNER), { maxLength: 5 }),
      fc.constantFrom(...WORDS),
    )
    .map(([first, inner, last]) => [first, ...inner, last]),
);

/** What others wrote below: commands in it are theirs. */
const QUOTED = ['#spam', '#resolve all of it', '#assign kim', 'The printer eats paper.', '#close'];
const quoted = fc.array(fc.constantFrom(...QUOTED), { minLength: 1, maxLength: 4 });
const signature = fc.option(
  fc.array(fc.constantFrom('Kim Brandt', '#close', '#priority P1', '+49 30 1234'), {
    minLength: 1,
    maxLength: 3,
  }),
  { nil: [] },
);

interface Mail {
  leading: Given[];
  said: string[];
  closing: Given[];
  signature: string[];
  quoted: string[];
}

const mailOf = (verbs: readonly VerbName[]): fc.Arbitrary<Mail> =>
  fc.record({
    leading: fc.array(command(verbs), { maxLength: 4 }),
    said,
    closing: fc.array(command(verbs), { maxLength: 3 }),
    signature,
    quoted,
  });

const linesOf = ({ leading, said: words, closing }: Mail) => [
  ...leading.map(({ line }) => line),
  ...(leading.length > 0 ? [''] : []),
  ...words,
  ...(closing.length > 0 ? [''] : []),
  ...closing.map(({ line }) => line),
];
const ATTRIBUTION = 'On Mon, 23 Nov 2026 at 10:12, Service Desk <support@desk.example.test> wrote:';
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const lineIn = (open: string, close: string, empty: string) => (line: string) =>
  `${open}${line === '' ? empty : escaped(line).replaceAll('\u00a0', '&nbsp;')}${close}`;

interface Program {
  name: string;
  /** Given the lines of the reply, its signature and what it answers, the mail's text and HTML. */
  write(mail: Mail): { text: string; html: string | null };
}

const plain = (mail: Mail) =>
  [
    ...linesOf(mail),
    ...(mail.signature.length > 0 ? ['-- ', ...mail.signature] : []),
    '',
    ATTRIBUTION,
    ...mail.quoted.map((line) => `> ${line}`),
  ].join('\n');

const PROGRAMS: Program[] = [
  { name: 'plain text', write: (mail) => ({ text: plain(mail), html: null }) },
  {
    name: 'Outlook in plain text',
    write: (mail) => ({
      text: [
        ...linesOf(mail),
        '',
        '-----Original Message-----',
        'From: Service Desk <support@desk.example.test>',
        'Sent: Monday, November 23, 2026 10:12 AM',
        'To: Kim Brandt <kim.brandt@example.test>',
        'Subject: [T-7K4M2Q] The printer',
        '',
        ...mail.quoted,
      ].join('\n'),
      html: null,
    }),
  },
  {
    name: 'Gmail, passing a mail on',
    write: (mail) => ({
      text: [
        ...linesOf(mail),
        '',
        '---------- Forwarded message ---------',
        'From: Ida Moll <ida@example.org>',
        'Date: Mon, 23 Nov 2026 at 10:12',
        'Subject: The printer',
        'To: <support@desk.example.test>',
        '',
        ...mail.quoted,
      ].join('\n'),
      html: null,
    }),
  },
  {
    name: 'Outlook in German',
    write: (mail) => ({
      text: [
        ...linesOf(mail),
        '',
        '________________________________',
        'Von: Service Desk <support@desk.example.test>',
        'Gesendet: Montag, 23. November 2026 10:12',
        'An: Kim Brandt <kim.brandt@example.test>',
        'Betreff: [T-7K4M2Q] Der Drucker',
        '',
        ...mail.quoted,
      ].join('\n'),
      html: null,
    }),
  },
  {
    name: 'Gmail',
    write: (mail) => {
      const line = lineIn('<div>', '</div>', '<br>');
      const sign =
        mail.signature.length > 0
          ? `<span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">${mail.signature.map(line).join('')}</div>`
          : '';
      return {
        text: plain(mail),
        html: `<div dir="ltr">${linesOf(mail).map(line).join('')}${sign}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escaped(ATTRIBUTION)}<br></div><blockquote class="gmail_quote" style="margin:0">${mail.quoted.map(line).join('')}</blockquote></div>`,
      };
    },
  },
  {
    name: 'Outlook',
    write: (mail) => {
      const line = lineIn('<p class="MsoNormal"><span lang="EN-US">', '<o:p></o:p></span></p>', '&nbsp;');
      return {
        text: '',
        html: `<html><head><style>p.MsoNormal{margin:0cm}</style></head><body><div class="WordSection1">${linesOf(mail).map(line).join('\n')}<div id="divRplyFwdMsg"><p class="MsoNormal"><b>From:</b> Service Desk<br><b>Sent:</b> Monday<br><b>Subject:</b> The printer</p></div>${mail.quoted.map(line).join('\n')}</div></body></html>`,
      };
    },
  },
  {
    name: 'Apple Mail',
    write: (mail) => {
      const line = lineIn('', '', '');
      return {
        text: '',
        html: `<html><body style="overflow-wrap: break-word;">${linesOf(mail).map(line).join('<br>')}<br><div><br><blockquote type="cite"><div>On 23. Nov 2026, at 10:12, Service Desk wrote:</div><br><div>${mail.quoted.map(line).join('<br>')}</div></blockquote></div></body></html>`,
      };
    },
  },
  {
    name: 'a phone that puts each word in a span',
    write: (mail) => {
      const line = lineIn('<div style="font-size:11pt"><span>', '</span></div>', '<br>');
      const words = (each: string) => line(each).replaceAll(' ', '</span> <span>');
      return {
        text: '',
        html: `${linesOf(mail)
          .map((each) =>
            each.includes('<') ? line(each) : words(each).replace('<div</span> <span>style', '<div style'),
          )
          .join(
            '',
          )}<div id="ms-outlook-mobile-signature"></div><div id="appendonsend"></div>${mail.quoted.map(line).join('')}`,
      };
    },
  },
];

const filled = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replaceAll('\u00a0', ' ').trim())
    .filter((line) => line !== '');

function read(mail: Mail, program: Program, who: 'agent' | 'requester') {
  return readCommands(trimReply(program.write(mail)).visible, who);
}

/** When nothing was said the commands at the two ends are one list. */
const meant = ({ leading, closing }: Mail) =>
  [...leading, ...closing].map(({ verb, value }) => [verb, value]);

describe.each(PROGRAMS)('$name', (program) => {
  test('of an agent’s reply exactly the commands are read that he gave, and his words remain', () => {
    fc.assert(
      fc.property(mailOf(AGENTS), (mail) => {
        const { commands, unknown, text } = read(mail, program, 'agent');
        expect(unknown).toEqual([]);
        expect(commands.map(({ verb, value }) => [verb, value])).toEqual(meant(mail));
        expect(filled(text)).toEqual(mail.said.filter((line) => line !== ''));
        // What remains is read as what it is, and its words once more as nothing else.
        expect(readCommands(text, 'agent')).toEqual({ commands: [], unknown: [], text });
      }),
      { numRuns: 150 },
    );
  });

  test('of a requester’s reply only his own words are commands', () => {
    fc.assert(
      fc.property(mailOf(REQUESTERS), fc.constantFrom(...NAMES), (mail, verb) => {
        const { commands, text } = read(mail, program, 'requester');
        expect(commands.map(({ verb, value }) => [verb, value])).toEqual(meant(mail));
        expect(filled(text)).toEqual(mail.said.filter((line) => line !== ''));
        const foreign = readCommands(VERBS[verb].example, 'requester').commands;
        expect(foreign.length > 0).toBe(REQUESTERS.includes(verb));
      }),
      { numRuns: 80 },
    );
  });
});

test('format=flowed: lines that the program broke are one again, and commands stay lines of their own', async () => {
  const text = [
    '#take',
    '#waiting 3d for the part that the supplier ',
    'sends on Monday',
    '',
    'We looked at it and ',
    'found nothing.',
    '-- ',
    '#close',
  ].join('\r\n');
  const mail = await written({ 'Content-Type': 'text/plain; charset=utf-8; format=flowed' }, text);
  const { commands, text: words } = readCommands(trimReply(mail).visible, 'agent');
  expect(commands).toMatchObject([
    { verb: 'take' },
    { verb: 'waiting', value: '3d for the part that the supplier sends on Monday' },
  ]);
  expect(words).toBe('We looked at it and found nothing.');
});

test('a command that holds a date and somebody’s “said” is no line above a quote', () => {
  const text = '#take\n#snooze 2027-01-31 14:00 the audit\n#note “done”, she said\n\nWe come at noon.';
  expect(readCommands(trimReply({ text, html: null }).visible, 'agent')).toMatchObject({
    commands: [{ verb: 'take' }, { verb: 'snooze' }, { verb: 'note', value: '“done”, she said' }],
    text: 'We come at noon.',
  });
});

test('lists that a program made of commands are commands', () => {
  const html =
    '<ul><li>#take</li><li><b>#priority</b> P2</li></ul><p>Hello.</p><ol><li>#waiting 3d</li><li>#tag +vip</li></ol>';
  expect(readCommands(trimReply({ text: '', html }).visible, 'agent')).toMatchObject({
    commands: [{ verb: 'take' }, { verb: 'priority', value: 'P2' }, { verb: 'waiting' }, { verb: 'tag' }],
    unknown: [],
    text: 'Hello.',
  });
});

test.each(['\u2028', '\u2029', '\v', '\f', '\u0085', '\r', '\r\n'])(
  'a note behind a soft line break (%j) stays a note',
  (end) => {
    expect(readCommands(`#take${end}#note the customer lies`, 'agent').commands).toMatchObject([
      { verb: 'take', value: '' },
      { verb: 'note', value: 'the customer lies' },
    ]);
  },
);

test.each(['*#note*', '**#note**', '_#note_', '\u200b#note', '\ufeff#Note:', '• #note', '-\u00a0#note'])(
  '%j is a note: what a program adds must not send it to the requester',
  (line) => {
    const given = `${line}\nThe customer is wrong.`;
    expect(readCommands(given, 'agent')).toMatchObject({
      commands: [{ verb: 'note' }],
      text: 'The customer is wrong.',
    });
  },
);

test('a line that is too long for a command is refused to an agent and text from a requester; a note may be long', () => {
  const long = 'word '.repeat(100_000);
  expect(readCommands(`#resolve ${long}`, 'agent')).toMatchObject({
    commands: [],
    unknown: [{ said: { key: 'line-too-long' } }],
  });
  expect(readCommands(`#close ${long}`, 'requester').commands).toEqual([]);
  const [note] = readCommands(`#note ${long}`, 'agent').commands;
  expect(note?.value).toBe(long.trim());
  expect(note?.line.length).toBeLessThan(300);
});

test.each([
  ['signs', '#'.repeat(400_000)],
  ['a word without an end', `#${'a'.repeat(400_000)}`],
  ['white space before a value', `#take${' '.repeat(400_000)}x`],
  ['no-break spaces', `${'\u00a0'.repeat(400_000)}#take`],
  ['characters that nobody sees', `${'\u200b'.repeat(400_000)}x`],
  ['stars', `*#a${'*'.repeat(400_000)}x`],
  ['stars and spaces', `*#a${'* '.repeat(200_000)}x`],
  ['bullets', '- '.repeat(200_000)],
  ['blank lines', '\n'.repeat(400_000)],
  ['a hundred thousand commands', '#take\n'.repeat(100_000)],
  ['a hundred thousand unknown words', '#abcdefgh\n'.repeat(50_000)],
  ['commands around a letter', `${'#take\n'.repeat(50_000)}x${'\n#take'.repeat(50_000)}`],
  ['hyphens', `#${'a-'.repeat(200_000)}`],
])('whatever is written, the work and what is kept are bounded: %s', (_, text) => {
  for (const who of ['agent', 'requester'] as const) {
    const { commands, unknown } = readCommands(text, who);
    expect(commands.length).toBeLessThanOrEqual(30);
    expect(commands.length + unknown.length).toBeLessThanOrEqual(31);
    expect(JSON.stringify({ commands, unknown }).length).toBeLessThan(50_000);
  }
});

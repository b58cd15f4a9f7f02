import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, namedTickets, readCommands, readTicketId, VERBS } from '../../core/mail/commands.ts';

test('commands lead a reply or close it, and the words between remain', () => {
  const read = readCommands(
    '#take\n#priority P1\n\nHello Nora,\nwe come at once.\n\n#waiting 3d for the part',
    'agent',
  );
  expect(read.commands.map(({ verb, value }) => [verb, value])).toEqual([
    ['take', ''],
    ['priority', 'P1'],
    ['waiting', '3d for the part'],
  ]);
  expect(read.text).toBe('Hello Nora,\nwe come at once.');
});

test('a number sign in the middle of a text is text', () => {
  const text = 'Hello,\n#take is what you type.\nBye';
  expect(readCommands(text, 'agent')).toEqual({ commands: [], unknown: [], text });
});

test.each(['#1234 is broken', '# Heading', '#', '##- not ours'])('%s is text', (line) => {
  expect(readCommands(line, 'agent')).toEqual({ commands: [], unknown: [], text: line });
});

test('case, a colon, a no-break space and a full-width sign do not matter', () => {
  const lines = ['#Priority: p2', '#PRIORITY\u00a0p2', '\uff03priority p2', '  #priority p2', '#prio p2'];
  for (const line of lines)
    expect(readCommands(line, 'agent').commands).toMatchObject([{ verb: 'priority', value: 'p2' }]);
});

test('a mistyped command is not text: nothing must go out by mistake', () => {
  const read = readCommands('#noet\nThe customer is wrong.', 'agent');
  expect(read.unknown).toMatchObject([
    { line: '#noet', problem: 'there is no command #noet; did you mean #note?' },
  ]);
});

test.each([
  ['#mien', '#mine'],
  ['#clsoe', '#close'],
  ['#tkae', '#take'],
])('of words that are as near, %s suggests %s, which has the same letters', (line, meant) => {
  expect(readCommands(line, 'agent').unknown[0]?.problem).toContain(`did you mean ${meant}?`);
});

test('a command that needs a value says so by an example', () => {
  expect(readCommands('#assign', 'agent').unknown).toMatchObject([
    { line: '#assign', problem: '#assign needs a value, for example: #assign grace@example.com' },
  ]);
});

test('a requester’s other words with a number sign are text', () => {
  expect(readCommands('#take\n#priority P1', 'requester')).toEqual({
    commands: [],
    unknown: [],
    text: '#take\n#priority P1',
  });
  expect(readCommands('#close\nthanks', 'requester')).toMatchObject({
    commands: [{ verb: 'close' }],
    text: 'thanks',
  });
});

test('thirty commands are enough for one mail', () => {
  const read = readCommands(Array(31).fill('#take').join('\n'), 'agent');
  expect(read.unknown).toMatchObject([{ problem: 'more than 30 commands in one mail' }]);
});

test('whatever is written, every line ends as a command, as unknown or as text', () => {
  const line = fc.oneof(
    fc.constantFrom(...Object.keys(VERBS).map((verb) => `#${verb} x`)),
    fc.string(),
    fc.constant(''),
    fc.constant('#nonsense'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const written = lines.flatMap((each) => each.split('\n'));
      const { commands, unknown, text } = readCommands(written.join('\n'), 'agent');
      const count = (list: string[]) => list.filter((each) => each.trim() !== '').length;
      return commands.length + unknown.length + count(text.split('\n')) === count(written);
    }),
  );
});

test('a far word is not suggested', () => {
  expect(didYouMean('reslove', ['resolve', 'close'])).toBe('resolve');
  expect(didYouMean('banana', ['resolve', 'close'])).toBeNull();
  expect(didYouMean('x', [])).toBeNull();
});

test.each([
  ['T-7K4M2Q', 'T-7K4M2Q'],
  ['t-7k4m2q', 'T-7K4M2Q'],
  ['[T-7K4M2Q]', 'T-7K4M2Q'],
  ['[T-7K4M2Q].,:;', 'T-7K4M2Q'],
  ['T-7K4M2Q,', 'T-7K4M2Q'],
  ['T-[7K4M2Q', null],
  ['T-7K4,M2Q', null],
  ['[[T-7K4M2Q]', null],
  ['T-7K4M2', null],
  ['xT-7K4M2Q', null],
  ['T-7K4M2Q)', null],
  ['T-7K4MOQ', null],
  ['', null],
])('“%s” is read as the ticket %s', (word, id) => {
  expect(readTicketId(word)).toBe(id);
});

test('of the tickets that commands name each is read once, and no more than five', () => {
  const named = (...lines: string[]) => namedTickets(readCommands(lines.join('\n'), 'agent').commands);
  expect(named('#link T-7K4M2Q problem', '#dup [t-7k4m2q]', '#merge T-2AB3CD,', '#show T-3AB3CD')).toEqual([
    ...['T-7K4M2Q', 'T-2AB3CD'],
  ]);
  expect(named('#link the printer', '#take')).toEqual([]);
  expect(named(...['2', '3', '4', '5', '6', '7'].map((n) => `#link T-${n}AB3CD`))).toHaveLength(5);
});

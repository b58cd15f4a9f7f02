/** What strangers wrote is shown on an admin's terminal, which obeys what stands in it. */
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { harmless, shellOf } from '../../cli/shell.ts';
import { table } from '../../cli/table.ts';

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** Names the window, colours, clears, writes into the clipboard, rings, goes back to the line's beginning, and turns it around. */
const HOSTILE = [
  ...[
    '\u001b]0;owned\u0007',
    '\u001b[31mred',
    '\u001b[2J\u001b[H',
    '\u001b]52;c;ZXZpbA==\u0007',
    '\u009b31m',
  ],
  ...['\u0007', 'all is well\rrefused', '\b\b\b', '\u007f', '\u202etxt.exe', '\u0000'],
];

function printed(words: string[], document: unknown, text: () => string): string {
  const program = new Command().option('--json').exitOverride();
  program.parse(words, { from: 'user' });
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    shellOf(program).print(document, text);
    return write.mock.calls.map(([said]) => String(said)).join('');
  } finally {
    write.mockRestore();
  }
}

test.each(HOSTILE)('%j in a subject is shown and not obeyed, in words and as JSON', (subject) => {
  const words = () => table(['Ticket', 'Subject'], [['T-7K4M2Q', `Help ${subject} me`]], '');
  const said = printed([], {}, words);
  expect(said.trimEnd()).not.toMatch(CONTROL);
  expect(said).toContain('Help ');
  const json = printed(['--json'], { subject }, words);
  expect(json.trimEnd()).not.toMatch(CONTROL);
  expect(JSON.parse(json)).toEqual({ subject });
});

test('lines, tabs and every script stay as they are', () => {
  const text = 'Größe\t価格\nZeile 2 – 😀 שלום';
  expect(harmless(text)).toBe(text);
});

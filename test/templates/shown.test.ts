import { describe, expect, test } from 'vitest';
import { packed } from '../../core/mail/parts.ts';
import type { Message } from '../../core/ticket/ticket.ts';
import { filesIn, historyIn } from '../../templates/shown.ts';
import { desk, LUIS, later, MONDAY, NORA } from '../sample.ts';

const MB = 1_000_000;
const file = (name: string, size: number) => ({ name, size, contentType: 'a/b', key: `files/m/${name}` });
const nothing = { pieces: [], none: [], withheld: 0, part: { number: 1, of: 1 } };

const message = (given: Partial<Message>): Message => ({
  ...{ id: 'T-7K4M2Q-m1', number: 1, at: MONDAY, direction: 'in', visibility: 'public' },
  from: { address: NORA, name: 'Nora Quist' },
  ...{ text: 'It eats the paper.', bodyKey: null, attachments: [], withheld: 0 },
  ...{ mailId: 'mail-1', messageId: null, cc: [] },
  ...given,
});

describe('what #files says', () => {
  test('is nothing where one mail holds everything', () => {
    expect(filesIn('en', { ...nothing, pieces: packed([file('a', MB)]).flat() })).toBe('');
  });

  test('is which part it is, in each of several mails', () => {
    expect(filesIn('en', { ...nothing, part: { number: 2, of: 3 } })).toBe('Part 2 of 3.');
    expect(filesIn('de', { ...nothing, part: { number: 1, of: 3 } })).toBe('Teil 1 von 3.');
  });

  test('is which message has none', () => {
    expect(filesIn('en', { ...nothing, none: [2, 'latest'] })).toBe(
      'Message 2 has no files.\n\nNo message of this ticket has files.',
    );
  });

  test('is how many are withheld, why, and what an agent can do', () => {
    const words = filesIn('en', { ...nothing, withheld: 2 });
    expect(words).toMatch(/^2 files are withheld: the virus check .* Ask the sender .* administrator/);
    expect(filesIn('de', { ...nothing, withheld: 1 })).toMatch(/^1 Datei wird zurückgehalten: /);
  });

  test('is how pieces are joined, in lines that a shell reads as they are, whatever the file is called', () => {
    const words = filesIn('en', {
      ...nothing,
      pieces: packed([file('a"; rm -rf $HOME `x`.zip', 15 * MB)]).flat(),
      part: { number: 1, of: 3 },
    });
    const [windows, others] = words.split('\n').slice(-2);
    expect(windows?.trim()).toBe(
      'Windows:       cmd /c copy /b "a_rm_-rf_HOME_x_.zip.part-1-of-3"+"a_rm_-rf_HOME_x_.zip.part-2-of-3"+"a_rm_-rf_HOME_x_.zip.part-3-of-3" "a_rm_-rf_HOME_x_.zip"',
    );
    expect(others?.trim()).toBe(
      "macOS, Linux:  cat 'a_rm_-rf_HOME_x_.zip.part-1-of-3' 'a_rm_-rf_HOME_x_.zip.part-2-of-3' 'a_rm_-rf_HOME_x_.zip.part-3-of-3' > 'a_rm_-rf_HOME_x_.zip'",
    );
  });
});

describe('what #history shows', () => {
  test('is who said what when, oldest first, notes and files as well', () => {
    const shown = historyIn(
      'en',
      [
        message({}),
        message({
          ...{ number: 2, at: later(MONDAY, 1), visibility: 'private', text: 'She is on floor 3.' },
          from: { address: LUIS, name: '' },
          attachments: [{ ...file('map.pdf', 10), inline: false, contentId: null }],
        }),
      ],
      desk,
    );
    expect(shown).toMatch(
      /^── #1 · Nora Quist <nora@example\.org> · .+\n\nIt eats the paper\.\n\n\n── #2 · Luis Ortega · .+ · private note\n\nShe is on floor 3\.\n\nFiles: map\.pdf\. #files 2 fetches them\.$/,
    );
  });

  test('is what was cut as well, below what was said, and marked line by line', () => {
    const cut = { quoted: '> Which printer?\n> On which floor?', signature: 'Nora\nRoom 4' };
    expect(
      historyIn('en', [message({ cut })], desk)
        .split('\n\n')
        .slice(1),
    ).toEqual([
      'It eats the paper.',
      '[cut: what it quoted]\n  ┊ > Which printer?\n  ┊ > On which floor?',
      '[cut: its signature]\n  ┊ Nora\n  ┊ Room 4',
    ]);
  });
});

/** What the programs of bench/ have in common. */
import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { ordinaryMail, recipientOf, storedOf } from '../bench/mails.ts';
import { argument, flag, number, oneOf, readOptions, several, text, whole } from '../bench/options.ts';
import { parseEmail } from '../core/mail/parse.ts';
import { receiptFromHeaders } from '../core/mail/receipt.ts';
import { MONDAY, PROVEN, receipt } from './sample.ts';

const DECLARED = {
  mails: whole('of each kind', 60),
  burst: whole('after them', 5, 0),
  share: number('of the pieces', 0.03, 'a number above 0 and up to 1', (n) => n > 0 && n <= 1),
  seed: whole('to have a run again', undefined),
  tickets: several(whole('in each table', undefined), [100, 10_000]),
  only: oneOf('only this one', ['floor', 'speed']),
  out: text('<file>', 'write it'),
  'growth-large': flag('a large table as well'),
  files: argument('[file...]', 'to read'),
};

function told(line: string) {
  const said: string[] = [];
  const write = (words: string) => void said.push(words);
  const command = new Command('node bench/sample.ts').configureOutput({ writeOut: write, writeErr: write });
  try {
    return readOptions(command, DECLARED, line === '' ? [] : line.split(' '));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { ended: error.exitCode === 0 ? 'well' : 'refused', said: said.join('') };
  }
}

test('what is not said is as it was declared', () => {
  expect(told('')).toEqual({
    ...{ mails: 60, burst: 5, share: 0.03, seed: undefined, tickets: [100, 10_000] },
    ...{ only: undefined, out: undefined, 'growth-large': false, files: [] },
  });
});

test('what is said is read as what it is', () => {
  expect(
    told(
      '--mails 7 --burst 0 --share=0.5 --seed 3 --tickets 5,6 --only speed --out a.json --growth-large b c',
    ),
  ).toEqual({
    ...{ mails: 7, burst: 0, share: 0.5, seed: 3, tickets: [5, 6] },
    ...{ only: 'speed', out: 'a.json', 'growth-large': true, files: ['b', 'c'] },
  });
});

test.each([
  ['--mails 0', 'a whole number from 1'],
  ['--mails -5', 'a whole number from 1'],
  ['--mails 1.5', 'a whole number from 1'],
  ['--mails 1e3', 'a whole number from 1'],
  ['--mails many', 'a whole number from 1'],
  ['--mails --growth-large', 'a whole number from 1'],
  ['--burst -1', 'a whole number from 0'],
  ['--share 0', 'a number above 0 and up to 1'],
  ['--share 1.1', 'a number above 0 and up to 1'],
  ['--tickets 5,', 'a whole number from 1, or several with commas between them'],
  ['--only way', 'floor, speed'],
  ['--out --growth-large', 'what does not begin with --'],
])('%s is refused with what was seen and with what is allowed', (line, allowed) => {
  const [name, value] = line.split(' ');
  expect(told(line)).toMatchObject({
    ended: 'refused',
    said: expect.stringMatching(`option '${name} .*' argument '${value}' is invalid. Allowed is ${allowed}.`),
  });
});

test.each([
  ['--mails', "option '--mails <n>' argument missing"],
  ['--mail 5', "unknown option '--mail'"],
  ['--growth-large=yes', "unknown option '--growth-large=yes'"],
])('%s is refused, and all that may be said is shown', (line, why) => {
  const { ended, said } = told(line) as { ended: string; said: string };
  expect(ended).toBe('refused');
  expect(said).toContain(why);
  expect(said).toContain('--tickets <n,…>');
});

test('--help shows each option in a line, with what stands where nobody says it, and ends well', () => {
  const { ended, said } = told('--help') as { ended: string; said: string };
  expect(ended).toBe('well');
  expect(said.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '))).toEqual([
    'Usage: node bench/sample.ts [options] [file...]',
    '',
    'Arguments:',
    'file  to read',
    '',
    'Options:',
    '--mails <n>  of each kind (default: 60)',
    '--burst <n>  after them (default: 5)',
    '--share <n>  of the pieces (default: 0.03)',
    '--seed <n>  to have a run again',
    '--tickets <n,…>  in each table (default: 100,10000)',
    '--only <name>  only this one: floor, speed',
    '--out <file>  write it',
    '--growth-large  a large table as well',
    '--help  say this',
    '',
  ]);
});

test('a mail as it stands in the bucket is the same each time, and is read as its writer’s, whom SES has proven', async () => {
  const mail = ordinaryMail(3);
  const stored = await storedOf(mail);
  expect(stored.equals(await storedOf(mail))).toBe(true);
  const { from, subject, text } = await parseEmail(stored);
  expect({ from, subject }).toEqual({
    from: { address: mail.from, name: mail.name },
    subject: mail.subject,
  });
  expect(text).toContain(mail.says[1]);
  expect(receiptFromHeaders('mail-1', MONDAY, stored)).toEqual({
    ...{ ...receipt, ...PROVEN },
    ...{ returnPath: mail.from, recipients: [recipientOf(mail)] },
  });
});

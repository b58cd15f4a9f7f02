import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test, vi } from 'vitest';
import { deskProgram } from '../../cli/program.ts';
import { Refused } from '../../cli/refused.ts';
import { loadDesk } from '../../core/config/load.ts';
import { temporaryFolder } from '../local/world.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** What goes to stdout. */
async function desk(...words: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const program = await deskProgram(words);
    await program.configureOutput({ writeErr: () => {} }).parseAsync(words, { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

const ANSWERS = [
  ...['--name', 'Acme Service Desk', '--domain', 'desk.acme.example', '--timezone', 'Europe/Berlin'],
  ...['--hours', 'mon-fri 08:00-17:00', '--address', 'support@desk.acme.example'],
  ...['--person', 'Kim <kim@acme.example> lead 1', '--person', 'Luis <luis@acme.example>'],
];

test('init writes a sound file from options alone, and says in one document what is left', async () => {
  const file = join(folder, 'desk.yaml');
  const said = await desk('--json', '--region', 'eu-west-1', 'init', '--yes', '--out', file, ...ANSWERS);
  expect(JSON.parse(said)).toMatchObject({
    file,
    records: expect.arrayContaining([expect.stringContaining('MX')]),
  });
  const loaded = loadDesk(await readFile(file, 'utf8'));
  expect(loaded.ok && loaded.desk.people.map(({ name }) => name)).toEqual(['Kim', 'Luis']);
});

test('init never writes over a file unless that is said', async () => {
  const file = join(folder, 'desk.yaml');
  await writeFile(file, 'mine');
  const init = ['--region', 'eu-west-1', 'init', '--yes', '--out', file, ...ANSWERS];
  await expect(desk(...init)).rejects.toThrow('is there already');
  expect(await readFile(file, 'utf8')).toBe('mine');
  await desk(...init, '--force');
  expect(await readFile(file, 'utf8')).toContain('desk.acme.example');
});

test('people import writes the file that was named, only when that is said, and no other', async () => {
  const [file, csv] = [join(folder, 'changed.yaml'), join(folder, 'staff.csv')];
  const sample = await readFile('desk.yaml', 'utf8');
  await writeFile(file, sample);
  await writeFile(csv, 'name,address,role,team,tier\nNeu Mann,neu@example.test,agent,service-desk,1\n');
  // In a folder without a desk.yaml, so that none can be changed by mistake.
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, [resolve('cli/desk.ts'), ...words], { cwd: folder });
  expect((await run('people', 'import', csv, '--config', file)).stdout).toContain('neu@example.test');
  expect(await readFile(file, 'utf8')).toBe(sample);
  const { stdout } = await run('--json', 'people', 'import', csv, '--write', '--config', file);
  expect(JSON.parse(stdout)).toMatchObject({ added: [{ address: 'neu@example.test' }], written: true });
  expect(await readFile(file, 'utf8')).toContain('neu@example.test');
  await expect(run('people', 'import', csv, '--write')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no file desk.yaml'),
  });
});

test.each([
  [
    'init without answers where nobody can be asked',
    ['init', '--yes'],
    /missing --name, --domain, --timezone, --hours, --address, --person/,
  ],
  ['init without a region', ['init', '--yes', ...ANSWERS], /missing --region/],
  [
    'init at an impossible hour',
    ['init', '--yes', ...ANSWERS, '--hours', 'always'],
    /--hours is «always»; allowed is/,
  ],
  ['init with nobody', ['init', '--yes', ...ANSWERS, '--person', 'Kim'], /--person is «Kim»; allowed is/],
  ['a key that is no number', ['keys', 'revoke', 'first'], /«first»; allowed is a number from 1 to 15/],
  ['a deployment where nobody can be asked', ['deploy'], /say --yes/],
  ['a deployment despite what there is not', ['deploy', '--despite', 'weather'], /Allowed choices/],
  ['an uninstallation where nobody can be asked', ['uninstall', '--stack', 'Desk'], /say --confirm Desk/],
  ['an import that is both', ['people', 'import', 'staff.csv', '--write', '--dry-run'], /exclude each other/],
])('%s is bad usage', async (_, words, message) => {
  const fault = await desk(...words).catch((error: unknown) => error);
  expect(fault).toMatchObject({ message: expect.stringMatching(message) });
  expect(fault).not.toBeInstanceOf(Refused);
});

test.each([
  ['an uninstallation of nothing', ['uninstall'], /--stack/],
  ['an upgrade from nowhere', ['upgrade'], /--stack, or a version/],
  [
    'people of a list that there is not',
    ['people', 'import', 'nowhere.csv'],
    /There is no file nowhere\.csv/,
  ],
])('%s is refused', async (_, words, message) => {
  const fault = await desk(...words).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Refused);
  expect((fault as Error).message).toMatch(message);
});

test('the doctor on a laptop needs no desk and no account', async () => {
  const { findings, counts } = JSON.parse(await desk('--json', '--data', folder, 'doctor'));
  expect(findings.find(({ check }: { check: string }) => check === 'running')).toMatchObject({
    state: 'waits',
  });
  expect(findings.find(({ check }: { check: string }) => check === 'configuration')).toMatchObject({
    state: 'fine',
  });
  expect(Object.values<number>(counts).reduce((sum, n) => sum + n)).toBe(findings.length);
  process.exitCode = 0;
});

test('upgrade notes need no account when the version is named', async () => {
  expect(JSON.parse(await desk('--json', 'upgrade', '--from', '0.1.0'))).toMatchObject({ from: '0.1.0' });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDesk } from '../../local/embed.ts';
import { readOptions } from '../../local/start.ts';
import { temporaryFolder } from './world.ts';

test('without options the desk is where the README says', () => {
  expect(readOptions([])).toEqual({
    config: resolve('desk.yaml'),
    empty: false,
    setting: {
      dataDir: resolve('.desk'),
      fresh: false,
      smtpPort: 2525,
      webPort: 8025,
      relay: null,
      speed: 1,
    },
  });
});

test('every option is taken', () => {
  const args =
    '--empty --fresh --speed 3600 --relay smtp://127.0.0.1:1025 --smtp-port 0 --web-port 18025 --data /d --config /c.yaml';
  expect(readOptions(args.split(' '))).toEqual({
    config: '/c.yaml',
    empty: true,
    setting: {
      dataDir: '/d',
      fresh: true,
      smtpPort: 0,
      webPort: 18025,
      relay: 'smtp://127.0.0.1:1025',
      speed: 3600,
    },
  });
});

test.each([
  [['--colour'], "Unknown option '--colour'"],
  [['now'], "Unexpected argument 'now'"],
  [['--speed'], '--speed'],
  [['--speed', 'fast'], '--speed takes a number'],
  [['--speed', '0'], '--speed takes a number'],
  [['--speed', '-1'], '--speed'],
  [['--smtp-port', '65536'], '--smtp-port takes a port'],
  [['--web-port', '80a'], '--web-port takes a port'],
  [['--relay', 'localhost:25'], '--relay takes an address such as smtp://'],
])('%j is refused in words', (args, problem) => {
  expect(readOptions(args)).toEqual({ problem: expect.stringContaining(problem) });
});

/** Runs `npm start` without npm. */
async function start(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [
    join(import.meta.dirname, '../../local/start.ts'),
    '--smtp-port',
    '0',
    '--web-port',
    '0',
    '--data',
    join(temporaryFolder(), 'data'),
    ...args,
  ]);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, out, err };
}

test('wrong options end with 2, with what is wrong and what there is', async () => {
  const { code, out, err } = await start('--nonsense');
  expect(code).toBe(2);
  expect(err).toContain('--nonsense');
  expect(err).toContain('usage: npm start');
  expect(out).toBe('');
});

test('a desk.yaml with a mistake ends with 1 and with what is wrong where, not with a stack', async () => {
  const config = join(temporaryFolder(), 'desk.yaml');
  writeFileSync(config, 'name: Ours\ndomain: not a domain\n');
  const { code, err } = await start('--config', config);
  expect(code).toBe(1);
  expect(err).toContain('domain');
  expect(err).not.toMatch(/\n\s+at /);
});

test('a desk.yaml that is not there ends with 1 and its name', async () => {
  const { code, err } = await start('--config', '/nowhere/desk.yaml');
  expect(code).toBe(1);
  expect(err).toContain('/nowhere/desk.yaml');
  expect(err).not.toMatch(/\n\s+at /);
});

test('a desk ends although an SMTP client that was told to go stays', async () => {
  const desk = await startDesk({ dataDir: join(temporaryFolder(), 'data') });
  const client = connect({ port: desk.smtpPort, host: '127.0.0.1', allowHalfOpen: true });
  // It hears the end of the other side, and does not close its own.
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  await once(client, 'data');
  await desk.stop();
  expect(existsSync(join(desk.dataDir, 'running.json'))).toBe(false);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const SETUP = join(import.meta.dirname, '..', '..', 'setup.mjs');

const folder = mkdtempSync(join(tmpdir(), 'replydesk-setup-'));
let scripts = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function script(source: string): string {
  const path = join(folder, `${++scripts}.ts`);
  writeFileSync(path, source);
  return path;
}

function start(args: string[]) {
  const child = spawn(process.execPath, [SETUP, ...args], { stdio: 'pipe' });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    said.stdout += data;
  });
  child.stderr.on('data', (data) => {
    said.stderr += data;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
  return { child, ended, said };
}

describe('setup.mjs', () => {
  test('runs TypeScript under Node 24, with the arguments that follow, and adds nothing to its output', async () => {
    const path = script(
      'const args: string[] = process.argv.slice(2);\nconsole.log(process.versions.node.split(".")[0], ...args);\n',
    );
    const { code, stdout } = await start([path, '--speed', '3600']).ended;
    expect(stdout).toBe(`${process.versions.node.split('.')[0]} --speed 3600\n`);
    expect(code).toBe(0);
  });

  test('runs a tool by its name', async () => {
    const { code, stdout } = await start(['biome', '--version']).ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Version: \d/)]);
  });

  test('ends with the code of what it ran', async () => {
    expect((await start([script('process.exit(7);')]).ended).code).toBe(7);
  });

  test('hands standard input through', async () => {
    const { child, ended } = start([script('process.stdin.pipe(process.stdout);')]);
    child.stdin.end('one mail\n');
    expect((await ended).stdout).toBe('one mail\n');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on, once, and waits for what it runs to end',
    async (signal) => {
      const path = script(`let times = 0;
      process.on('${signal}', () => { times++; setTimeout(() => { console.log('stopped', times); process.exit(0); }, 100); });
      setInterval(() => {}, 1000); console.log('ready');`);
      const { child, ended, said } = start([path]);
      while (!said.stdout.includes('ready')) await once(child.stdout, 'data');
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, stdout: 'ready\nstopped 1\n' });
    },
  );

  test('what a signal killed ends as the shell would say it', async () => {
    expect((await start([script("process.kill(process.pid, 'SIGKILL');")]).ended).code).toBe(137);
  });

  test('says what it does not find, on stderr', async () => {
    const { code, stdout, stderr } = await start(['no-such-tool']).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('no-such-tool');
  });
});

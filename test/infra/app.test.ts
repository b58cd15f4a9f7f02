import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const APP = join(import.meta.dirname, '..', '..', 'infra', 'app.ts');

const folder = mkdtempSync(join(tmpdir(), 'replydesk-app-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function app(environment: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [APP], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out'), CDK_VALIDATION: 'false', ...environment },
  });
  return { status, stdout, stderr };
}

describe('the app', () => {
  test('prints what is wrong with a desk.yaml, with line, value and what is allowed, and no stack trace', () => {
    const config = join(folder, 'wrong.yaml');
    writeFileSync(config, 'name: Example\nlanguage: nl\n');
    const { status, stderr } = app({ DESK_CONFIG: config });
    expect(status).toBe(1);
    expect(stderr).toMatch(/line 2/);
    expect(stderr).toContain('fr');
    expect(stderr).toContain('en');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('says which desk.yaml it looked for and did not find', () => {
    const { status, stderr } = app({});
    expect(status).toBe(1);
    expect(stderr).toMatch(/desk\.yaml cannot be read/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

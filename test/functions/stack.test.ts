import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { inSources } from '../../functions/stack.ts';

test('a fault in a bundle is told by the line of its source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-stack-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = join(folder, 'break.ts');
  writeFileSync(source, 'export function fail(why: string): never {\n\n  throw new Error(why);\n}\n');
  const outfile = join(folder, 'index.mjs');
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    sourcemap: 'linked',
  });
  // In a process of its own: the one that runs the tests reads all maps by itself.
  const script = `import { fail } from ${JSON.stringify(pathToFileURL(outfile).href)};
    try { fail('so') } catch ({ stack }) { process.stdout.write(stack) }`;
  const stack = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stack).toMatch(/index\.mjs:1:/);
  expect(inSources(stack)).toMatch(/break\.ts:3:9/);
});

test('a trace that has no map stays as it is', () => {
  const stack = 'Error: so\n    at work (file:///nowhere/index.mjs:1:20)\n    at node:internal/process:9:1';
  expect(inSources(stack)).toBe(stack);
});

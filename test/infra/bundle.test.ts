import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../infra/bundle.ts';
import { FUNCTIONS, type FunctionName } from '../../infra/lambda.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRIES = Object.fromEntries(
  FUNCTIONS.map((name) => [name, join(ROOT, 'functions', `${name}.ts`)]),
) as Record<FunctionName, string>;
const DESK = '{"name":"Example"}';

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'replydesk-bundle-'));
  folders.push(made);
  return made;
}

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true });
});

function contents(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

describe('the bundles', () => {
  let made: Record<FunctionName, Bundle>;

  beforeAll(async () => {
    made = await bundle(ENTRIES, { desk: DESK, into: folder() });
  });

  test('can be loaded by themselves, and have a handler', () => {
    // In a process of its own: nothing that the tests have loaded may stand in for what a bundle lacks.
    const files = FUNCTIONS.map((name) => join(made[name].folder, 'index.mjs'));
    const script = `for (const file of ${JSON.stringify(files)}) console.log(typeof (await import(file)).handler);`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: tmpdir(),
    });
    expect(said).toBe('function\n'.repeat(FUNCTIONS.length));
  });

  test.each(FUNCTIONS)('%s carries the desk, its code and their maps, and nothing else', (name) => {
    const files = contents(made[name].folder);
    expect(files['desk.json']).toBe(DESK);
    for (const file of Object.keys(files))
      expect(file).toMatch(/^((index|chunk-[A-Z0-9]+|(client|lib)-[a-z0-9-]+)\.mjs(\.map)?|desk\.json)$/);
    for (const [file, text] of Object.entries(files))
      if (file.endsWith('.map')) expect(JSON.parse(text)).not.toHaveProperty('sourcesContent');
  });

  test('what stands beside a function travels with it alone, and is part of what it is known by', async () => {
    const model = Uint8Array.of(68, 0, 255, 10);
    const entries = { sweep: ENTRIES.sweep, provision: ENTRIES.provision };
    const beside = { sweep: { 'model.bin': model } };
    const { sweep, provision } = await bundle(entries, { desk: DESK, beside, into: folder() });
    expect(readFileSync(join(sweep.folder, 'model.bin'))).toEqual(Buffer.from(model));
    expect(hashes(sweep)).not.toEqual(hashes(made.sweep));
    expect(hashes(provision)).toEqual(hashes(made.provision));
  });

  test('no function reads what was learned before it needs it', () => {
    for (const name of FUNCTIONS)
      expect(sourcesAtOnce(made[name]), name).not.toContainEqual(
        expect.stringMatching(/triage\/learned\.ts$/),
      );
    expect(sourcesOf(made['receive-email'])).toContainEqual(expect.stringMatching(/triage\/learned\.ts$/));
  });

  test.each(FUNCTIONS)(
    '%s holds every file that its code names, and loads no AWS client before it needs one',
    (name) => {
      const files = contents(made[name].folder);
      const code = Object.entries(files).filter(([file]) => file.endsWith('.mjs'));
      for (const [, text] of code) {
        for (const [, named] of text.matchAll(/(?:from|import\()\s*"\.\/([^"]+)"/g))
          expect(Object.keys(files)).toContain(named);
      }
      expect(files['index.mjs']).not.toMatch(/(from|import)\s*"\.\/(client|lib)-/);
      expect(files['index.mjs']).not.toMatch(
        /AmazonSimpleEmailService|DynamoDB_20120810|AmazonSQS|AWSStepFunctions/,
      );
    },
  );

  test('no function carries what builds templates or parses YAML', () => {
    for (const name of FUNCTIONS)
      expect(
        sourcesOf(made[name]).filter((source) => /node_modules\/(mjml|yaml|aws-cdk)/.test(source)),
      ).toEqual([]);
  });

  test('only the one that parses mail carries a parser, without its link finder and its HTML converter', () => {
    for (const name of FUNCTIONS) {
      const carries = sourcesOf(made[name]).some((source) => source.includes('node_modules/mailparser/'));
      expect(carries, name).toBe(name === 'receive-email');
    }
    expect(
      sourcesOf(made['receive-email']).filter((source) =>
        /node_modules\/(html-to-text|linkify-it|tlds)\//.test(source),
      ),
    ).toEqual([]);
  });

  test('the same sources make the same bytes, wherever they are written and whatever is built beside them', async () => {
    const again = await bundle(
      { sweep: ENTRIES.sweep, provision: ENTRIES.provision },
      { desk: DESK, into: join(folder(), 'elsewhere') },
    );
    expect(hashes(again.sweep)).toEqual(hashes(made.sweep));
    expect(Object.keys(contents(again.provision.folder))).toContain('client-ssm.mjs');
  });
});

function hashes({ folder: path }: Bundle): string[] {
  return Object.entries(contents(path)).map(
    ([file, text]) => `${file} ${createHash('sha256').update(text).digest('hex')}`,
  );
}

function sourcesOf({ folder: path }: Bundle): string[] {
  return Object.entries(contents(path))
    .filter(([file]) => file.endsWith('.map'))
    .flatMap(([, map]) => JSON.parse(map).sources as string[]);
}

/** What an import of the handler reads. */
function sourcesAtOnce({ folder: path }: Bundle): string[] {
  const files = contents(path);
  const named = [...(files['index.mjs'] ?? '').matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)];
  return ['index.mjs', ...named.map(([, file]) => file)].flatMap(
    (file) => JSON.parse(files[`${file}.map`] ?? '').sources as string[],
  );
}

test('a source that does not build says where', async () => {
  const source = join(folder(), 'broken.ts');
  writeFileSync(source, 'export const handler = ;\n');
  await expect(bundle({ broken: source }, { desk: DESK, into: folder() })).rejects.toThrow(/broken\.ts:1:23/);
});

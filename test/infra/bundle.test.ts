import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sanitizeHtml } from '../../core/mail/html.ts';
import { parseEmail } from '../../core/mail/parse.ts';
import { type Bundle, bundle } from '../../infra/bundle.ts';
import { FUNCTIONS, type FunctionName } from '../../infra/lambda.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRIES = Object.fromEntries(
  FUNCTIONS.map((name) => [name, join(ROOT, 'functions', `${name}.ts`)]),
) as Record<FunctionName, string>;
const DESK = '{"name":"Example"}';

/** Octets; one that has no line of its own may read 400 kB. Each of them costs every cold start. */
const MOST_AT_ONCE: Partial<Record<FunctionName, number>> = {
  'receive-email': 700_000,
  'send-update': 560_000,
};

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
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [relative(path, file), readFileSync(file, 'utf8')];
    }),
  );
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

  test('speak HTTP without loading the second client that Node has for it', () => {
    const files = ['index.mjs', 'client-s3.mjs'].map((name) => join(made['receive-email'].folder, name));
    const script = `
      for (const file of ${JSON.stringify(files)}) await import(file);
      const { S3 } = await import(${JSON.stringify(files[1])});
      const config = { region: 'us-east-1', endpoint: 'http://127.0.0.1:9', maxAttempts: 1 };
      const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
      await new S3({ ...config, credentials }).listBuckets({}).catch(({ code }) => console.log(code));
      console.log(process.moduleLoadList.filter((name) => name.includes('undici/undici')).join());`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: tmpdir(),
    });
    expect(said).toBe('ECONNREFUSED\n\n');
  });

  test.each(FUNCTIONS)('%s carries the desk, its code with maps of ours alone, and nothing else', (name) => {
    const files = contents(made[name].folder);
    expect(files['desk.json']).toBe(DESK);
    for (const file of Object.keys(files))
      expect(file).toMatch(
        /^((index|chunk-[A-Z0-9]+)\.mjs(\.map)?|((client|lib)-[a-z0-9-]+|iconv-lite|encoding-japanese|he|sanitize-html|mimetypes|htmlparser2|temporal-polyfill)\.mjs|desk\.json|phrases\/[a-z]{2}\.json)$/,
      );
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

  test.each(FUNCTIONS)('an import of %s reads no more than it may', (name) => {
    expect(made[name].size.entry).toBeLessThan(MOST_AT_ONCE[name] ?? 330_000);
  });

  test('no function reads the schema of desk.yaml, a table of charsets, a calendar, or phrases before it needs them', () => {
    for (const name of FUNCTIONS)
      expect(
        sourcesAtOnce(made[name]).filter((source) =>
          /core\/config\/(desk|check|load)\.ts$|node_modules\/(iconv-lite|encoding-japanese|he|sanitize-html|htmlparser2|temporal-polyfill|libmime\/lib\/mimetypes|nodemailer\/dist\/esm\/(mime-funcs\/mime-types|fetch)|zod\/v4\/classic)[/.]|templates\/phrases\//.test(
            source,
          ),
        ),
        name,
      ).toEqual([]);
  });

  test('whoever speaks finds his phrases beside him', () => {
    const all = readdirSync(join(ROOT, 'templates', 'phrases')).map((name) => join('phrases', name));
    for (const name of FUNCTIONS) {
      const speaks = sourcesOf(made[name]).some((source) => source.endsWith('templates/words.ts'));
      const beside = Object.keys(contents(made[name].folder)).filter((file) => file.startsWith('phrases'));
      expect(beside.sort(), name).toEqual(speaks ? all.sort() : []);
    }
    expect(Object.keys(contents(made['send-update'].folder))).toContain(join('phrases', 'ja.json'));
  });

  test('no function reads what was learned, or what a mail is recalled by, before it needs it', () => {
    for (const source of [/triage\/learned\.ts$/, /aws\/recall\.ts$/]) {
      for (const name of FUNCTIONS)
        expect(sourcesAtOnce(made[name]), name).not.toContainEqual(expect.stringMatching(source));
      expect(sourcesOf(made['receive-email'])).toContainEqual(expect.stringMatching(source));
    }
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
  const reached = new Set(['index.mjs']);
  for (const file of reached)
    for (const [, named = ''] of (files[file] ?? '').matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
      reached.add(named);
  return [...reached].flatMap((file) => JSON.parse(files[`${file}.map`] ?? '').sources as string[]);
}

describe('a parser of mail, bundled', () => {
  const TABLES = ['iconv-lite.mjs', 'encoding-japanese.mjs', 'he.mjs', 'sanitize-html.mjs'];
  let parser: Bundle;

  beforeAll(async () => {
    const source = join(folder(), 'parser.ts');
    const from = (name: string) => `from '${join(ROOT, 'core', 'mail', name)}';\n`;
    writeFileSync(
      source,
      `export { parseEmail } ${from('parse.ts')}export { sanitizeHtml } ${from('html.ts')}`,
    );
    parser = (await bundle({ parser: source }, { desk: DESK, into: folder() })).parser;
  });

  /** In a process of its own, which has nothing but what was bundled. */
  function textsOf(files: string[]): string[] {
    const script = `
      const { parseEmail } = await import(${JSON.stringify(join(parser.folder, 'index.mjs'))});
      const { readFileSync } = await import('node:fs');
      const texts = [];
      for (const file of ${JSON.stringify(files)}) {
        const { subject, text } = await parseEmail(readFileSync(file));
        texts.push(subject + '\\n' + text);
      }
      console.log(JSON.stringify(texts));`;
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
    );
  }

  const READING = join(ROOT, 'test', 'emails', 'reading');
  const ORDINARY = [
    'japanese',
    'html-only',
    'encoded-word-split-in-a-character',
    'inline-image',
    'flowed',
  ].map((name) => join(READING, `${name}.eml`));

  test('reads a charset that Node does not know from the tables that stand beside it', async () => {
    const old = join(folder(), 'old.eml');
    const head = 'From: ada@example.com\r\nSubject: old\r\nContent-Type: text/plain; charset=cp437\r\n\r\n';
    writeFileSync(old, Buffer.concat([Buffer.from(head), Buffer.from([0x84, 0x81, 0x94])]));
    const files = [join(READING, 'utf-7.eml'), old];
    expect(textsOf(files)).toEqual(await textsUnbundled(files));
    expect(textsOf([old])[0]).toBe('old\näüö');
  });

  test('makes HTML harmless by what stands beside it', () => {
    const html = '<p style="color: #ff0000; position: fixed">hot<script>alert(1)</script></p>';
    const script = `
      const { sanitizeHtml } = await import(${JSON.stringify(join(parser.folder, 'index.mjs'))});
      process.stdout.write(sanitizeHtml(${JSON.stringify(html)}));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(said).toBe(sanitizeHtml(html));
    expect(said).toBe('<p style="color:#ff0000">hot</p>');
  });

  test('reads ordinary mail, Japanese as well, without any of them', async () => {
    const expected = await textsUnbundled(ORDINARY);
    for (const table of TABLES) rmSync(join(parser.folder, table));
    expect(textsOf(ORDINARY)).toEqual(expected);
    expect(expected[0]).toMatch(/\p{sc=Hiragana}/u);
    const rare = [join(READING, 'utf-7.eml')];
    expect(textsOf(rare)).not.toEqual(await textsUnbundled(rare));
  });
});

async function textsUnbundled(files: string[]): Promise<string[]> {
  const emails = await Promise.all(files.map((file) => parseEmail(readFileSync(file))));
  return emails.map(({ subject, text }) => `${subject}\n${text}`);
}

test('a source that does not build says where', async () => {
  const source = join(folder(), 'broken.ts');
  writeFileSync(source, 'export const handler = ;\n');
  await expect(bundle({ broken: source }, { desk: DESK, into: folder() })).rejects.toThrow(/broken\.ts:1:23/);
});

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { afterAll, expect, test } from 'vitest';
import { UPDATE_KINDS } from '../../core/mail/update.ts';
import { buildTemplates, compile, writeTemplates } from '../../templates/build.ts';
import { FACTS } from '../../templates/words.ts';

const folder = await mkdtemp(join(tmpdir(), 'templates-'));
afterAll(() => rm(folder, { recursive: true }));
const built = buildTemplates();

test('the same templates give the same module', async () => {
  expect(await buildTemplates()).toEqual(await built);
});

test('the module that the functions carry is the one that these templates make', async () => {
  const { module, types, apart } = await built;
  expect(await readFile('.generated/report.js', 'utf8')).toBe(apart);
  expect(await readFile('.generated/templates.js', 'utf8')).toBe(module);
  expect(await readFile('.generated/templates.d.ts', 'utf8')).toBe(types);
});

test('the module needs the runtime and nothing else: no compiler and no MJML go into a function', async () => {
  const { module } = await built;
  expect([...module.matchAll(/^import .* from '([^']+)';$/gm)].map(([, from]) => from)).toEqual([
    'handlebars/runtime.js',
  ]);
});

test('a module that has not changed is left alone, and one that has is written anew', async () => {
  await writeTemplates(folder, built);
  const path = join(folder, 'templates.js');
  const before = await stat(path);
  await writeTemplates(folder, built);
  expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  await writeFile(path, 'old');
  await writeTemplates(folder, built);
  expect(await readFile(path, 'utf8')).not.toBe('old');
});

test.each([
  '<mj-section>{{#if a}}<mj-column></mj-column>{{/if}}</mj-section>',
  '<mj-section><mj-column></mj-column></mj-section>{{> after}}',
])('a condition that MJML would drop stops the build: %s', async (rows) => {
  await expect(compile('kind', `<mjml><mj-body>${rows}</mj-body></mjml>`)).rejects.toThrow(
    /kind: \{\{.*<mj-raw>/,
  );
});

test('a tag that MJML does not know stops the build, and the message names the file', async () => {
  await expect(
    compile('closed', '<mjml><mj-body><mj-setcion></mj-setcion></mj-body></mjml>'),
  ).rejects.toThrow(/^closed: /);
});

test('a font that MJML could fetch from elsewhere is not fetched', async () => {
  const html = await compile(
    'x',
    '<mjml><mj-body><mj-section><mj-column><mj-text font-family="Roboto">a</mj-text></mj-column></mj-section></mj-body></mjml>',
  );
  expect(html).toContain('Roboto');
  expect(html).not.toMatch(/googleapis|@import|<link/);
});

/** `{{#if words.raeson}}` is no error to Handlebars, only never true. */
test.each(UPDATE_KINDS)('every word, label and fact that the templates of %s name is there', async (kind) => {
  const words = JSON.parse(await readFile(`templates/${kind}/en.json`, 'utf8'));
  const known = {
    words: Object.keys(words),
    labels: Object.keys(JSON.parse(await readFile('templates/layout/en.json', 'utf8'))),
    facts: FACTS[kind] as readonly string[],
  };
  for (const file of ['mail.mjml', 'mail.txt']) {
    for (const [first, name] of namesIn(await readFile(`templates/${kind}/${file}`, 'utf8'))) {
      if (first === 'words' || first === 'labels' || first === 'facts')
        expect(known[first], `${kind}/${file}`).toContain(name);
    }
  }
});

test.each(UPDATE_KINDS)('every sentence of %s is said in its HTML and in its text', async (kind) => {
  const words = Object.keys(JSON.parse(await readFile(`templates/${kind}/en.json`, 'utf8'))).filter(
    (key) => key !== 'subject' && !key.includes('.'),
  );
  for (const ending of ['mjml', 'txt']) {
    const mail = await readFile(`templates/${kind}/mail.${ending}`, 'utf8');
    const title = mail.includes('{{> title}}')
      ? await readFile(`templates/layout/title.${ending}`, 'utf8')
      : '';
    const said = [...namesIn(mail), ...namesIn(title)]
      .filter(([first]) => first === 'words')
      .map(([, name]) => name);
    expect(new Set(said)).toEqual(new Set(words));
  }
});

test('only what a person wrote, sanitized where it came in, stands in HTML unescaped', async () => {
  const raw: string[] = [];
  for (const part of [
    'layout/said',
    'layout/own-words',
    'layout/mail',
    'layout/title',
    'layout/files',
    'layout/history',
    'layout/reasons',
    'layout/reply',
    'layout/actions',
    'layout/summary',
    ...UPDATE_KINDS.map((kind) => `${kind}/mail`),
  ]) {
    raw.push(
      ...[
        ...(await readFile(`templates/${part}.mjml`, 'utf8')).matchAll(/\{\{\{[^}]*\}\}\}|\{\{&[^}]*\}\}/g),
      ].map(([found]) => `${part}: ${found}`),
    );
  }
  expect(raw).toEqual([
    'layout/said: {{{body}}}',
    'layout/own-words: {{{body}}}',
    'transcript/mail: {{{said.body}}}',
    'transcript/mail: {{{shown.body}}}',
  ]);
});

function namesIn(template: string): (string | undefined)[][] {
  const names: string[][] = [];
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = ({ parts }: hbs.AST.PathExpression) => {
    names.push(parts.map(String));
  };
  visitor.accept(Handlebars.parse(template));
  return names;
}

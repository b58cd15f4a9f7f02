/**
 * Makes `.generated/templates.js` of the MJML, text and words in this folder, and `.generated/report.js` of those of the
 * report: MJML and the Handlebars compiler are large and slow to load, so they work here, once, and never in a function. The
 * same input gives the same bytes.
 *
 *   node templates/build.ts
 */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import mjml2html from 'mjml';
import { LANGUAGES } from '../core/config/choices.ts';
import { UPDATE_KINDS } from '../core/mail/update.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const LAYOUT = join(HERE, 'layout');
const GENERATED = join(HERE, '..', '.generated');

/** Writes the module and its types, each only when it has changed: watchers and other processes may be reading them. */
export async function writeTemplates(folder = GENERATED, built = buildTemplates()): Promise<void> {
  const { module, types, apart } = await built;
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, `${APART}.js`), apart);
  await writeWhole(join(folder, `${APART}.d.ts`), APART_TYPES);
  await writeWhole(join(folder, 'templates.js'), module);
  await writeWhole(join(folder, 'templates.d.ts'), types);
}

async function writeWhole(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === content) return;
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, content);
  await rename(beside, path);
}

/** As large as six others, and written once a week: it is loaded when it is. */
const APART = 'report';

/** Throws with the file's name when MJML or Handlebars does not accept what it says. */
export async function buildTemplates(): Promise<{ module: string; types: string; apart: string }> {
  const { layout, styles, blocks } = await readLayout();
  const html = [`html.layout = ${precompile('layout/mail.mjml', layout, 'html')};`];
  const text = [`text.layout = ${precompile('layout/mail.txt', await read('layout', 'mail.txt'), 'text')};`];
  for (const [name, block] of blocks)
    html.push(
      `html.blocks[${quote(name)}] = ${precompile(name, await fragment(name, block, styles), 'html')};`,
    );
  for (const name of await named(LAYOUT, '.txt')) {
    if (name !== 'mail')
      text.push(
        `text.blocks[${quote(name)}] = ${precompile(name, await read('layout', `${name}.txt`), 'text')};`,
      );
  }
  const kindOf = async (kind: string) => ({
    html: precompile(kind, await fragment(kind, await read(kind, 'mail.mjml'), styles), 'html'),
    text: precompile(kind, await read(kind, 'mail.txt'), 'text'),
  });
  for (const kind of UPDATE_KINDS.filter((each) => each !== APART)) {
    const own = await kindOf(kind);
    html.push(`html.kinds[${quote(kind)}] = ${own.html};`);
    text.push(`text.kinds[${quote(kind)}] = ${own.text};`);
  }
  return {
    module: moduleOf(html, text, await readWords()),
    types: TYPES,
    apart: apartOf(APART, await kindOf(APART)),
  };
}

/** The page around every mail, compiled with its head; and the blocks it is built from. */
async function readLayout(): Promise<{ layout: string; styles: string; blocks: [string, string][] }> {
  const head = await read('layout', 'head.mjml');
  const page = (await read('layout', 'mail.mjml')).replace('<!-- head -->', head);
  const names = (await named(LAYOUT, '.mjml')).filter((name) => name !== 'mail' && name !== 'head');
  const blocks = await Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await read('layout', `${name}.mjml`)]),
  );
  return { layout: tidy(await compile('layout/mail.mjml', page)), styles: head, blocks };
}

const BEGIN = '[[begin]]';
const END = '[[end]]';

/** The rows of one block or mail without the page and column around them: those are the same for all, and so are kept once. */
async function fragment(name: string, rows: string, head: string): Promise<string> {
  const page = `<mjml><mj-head>${head}</mj-head><mj-body><mj-section><mj-column><mj-raw>${BEGIN}</mj-raw>${rows}<mj-raw>${END}</mj-raw></mj-column></mj-section></mj-body></mjml>`;
  const html = await compile(name, page);
  return tidy(html.slice(html.indexOf(BEGIN) + BEGIN.length, html.indexOf(END)));
}

/** MJML as HTML. Throws on what MJML does not know, and on what it would silently drop. */
export async function compile(name: string, mjml: string): Promise<string> {
  // MJML drops {{#if}} between its elements without a word; inside mj-raw it stays.
  const bare = /(<\/mj-[a-z-]+>|<mj-(?:body|section|column|wrapper)\b[^>]*>)\s*(\{\{[^}]*\}\})/.exec(
    mjml.replace(/<mj-raw>[\s\S]*?<\/mj-raw>/g, '').replace(/<!--[\s\S]*?-->/g, ''),
  );
  if (bare)
    throw new Error(`${name}: ${bare[2]} stands between MJML elements; write <mj-raw>${bare[2]}</mj-raw>`);
  try {
    // `fonts: {}`: for a Roboto in the list MJML would have each mail fetch it from Google, and tell Google who reads.
    const { html } = await mjml2html(mjml, {
      validationLevel: 'strict',
      keepComments: false,
      minify: false,
      fonts: {},
    });
    return html;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Indentation is of no use in a mail, and each kind pays for it. Line breaks stay, as white space between words. */
function tidy(html: string): string {
  return html
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

function precompile(name: string, source: string, part: 'html' | 'text'): string {
  try {
    const spec = Handlebars.precompile(source, {
      // A name that the view does not have is a mistake in the template; it must not become silence in a mail.
      strict: true,
      knownHelpersOnly: true,
      preventIndent: true,
      noEscape: part === 'text',
    });
    return String(spec).replace(OWN_LOOKUP, 'container.lookupProperty;').replace(PLACE, '');
  } catch (error) {
    throw new Error(`${name} (${part}): ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Where in the template something stands: an eighth of the module, for a message that names what is missing anyway. */
const PLACE = /,\s*(?:"loc":)?\{"start":\{"line":\d+,"column":\d+\},"end":\{"line":\d+,"column":\d+\}\s*\}/g;

/** Each block brings a lookup for runtimes older than 4.6. Ours is the compiler's own version, and a seventh of the module would be this. */
const OWN_LOOKUP =
  /container\.lookupProperty \|\| function\(parent, propertyName\) \{[\s\S]*?return undefined\s*\};/g;

/** Of each language as JSON: whoever speaks one need not read the others. */
async function readWords(): Promise<Record<string, string>> {
  const words: Record<string, string> = {};
  for (const language of LANGUAGES) {
    const folders = ['layout', ...UPDATE_KINDS];
    words[language] = JSON.stringify(
      Object.fromEntries(
        await Promise.all(
          folders.map(async (folder) => [folder, JSON.parse(await read(folder, `${language}.json`))]),
        ),
      ),
    );
  }
  return words;
}

function moduleOf(html: string[], text: string[], words: Record<string, string>): string {
  return `// Made by templates/build.ts.
import Handlebars from 'handlebars/runtime.js';
const html = { blocks: {}, kinds: {} };
const text = { blocks: {}, kinds: {} };
${html.join('\n')}
${text.join('\n')}
const said = ${JSON.stringify(words)};
const spoken = {};
export function words(language) {
  return (spoken[language] ??= JSON.parse(said[language]));
}
export const renderHtml = renderer(html);
export const renderText = renderer(text);
export function know(kind, own) {
  html.kinds[kind] = own.html;
  text.kinds[kind] = own.text;
}
function renderer(part) {
  const { template } = Handlebars.create();
  const blocks = Object.fromEntries(Object.entries(part.blocks).map(([name, spec]) => [name, template(spec)]));
  const partials = {};
  const layout = template(part.layout);
  return (kind, view) => layout(view, { partials: (partials[kind] ??= { ...blocks, body: template(part.kinds[kind]) }) });
}
`;
}

function apartOf(kind: string, own: { html: string; text: string }): string {
  return `// Made by templates/build.ts.
import { know } from './templates.js';
know(${quote(kind)}, { html: ${own.html}, text: ${own.text} });
`;
}

const APART_TYPES = `// Made by templates/build.ts.
export {};
`;

const TYPES = `// Made by templates/build.ts.
import type { Language } from '../core/config/desk.ts';
import type { UpdateKind } from '../core/mail/update.ts';
export declare function words(language: Language): Readonly<Record<UpdateKind | 'layout', Readonly<Record<string, string>>>>;
export declare function renderHtml(kind: UpdateKind, view: object): string;
export declare function renderText(kind: UpdateKind, view: object): string;
/** Of a kind whose templates travel apart, which their module says when it is loaded. */
export declare function know(kind: UpdateKind, own: { html: object; text: object }): void;
`;

async function named(folder: string, ending: string): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

function read(folder: string, file: string): Promise<string> {
  return readFile(join(HERE, folder, file), 'utf8');
}

function quote(name: string): string {
  return JSON.stringify(name);
}

if (import.meta.main) await writeTemplates();

/**
 * Makes the asset folder of each function: `index.mjs`, the chunks that it loads when it needs them, their source
 * maps, `desk.json`, and what else it is to read there.
 *
 * One esbuild call per function, because a chunk shared between functions would change under all of them whenever one
 * changes. What functions load only when they first need it, the AWS SDK's clients and tables of charsets, is most of
 * the code and the same for all: it is built once, and each function gets the files of what it names. The same input
 * gives the same bytes, so that a deployment touches only the functions that changed.
 */

import crypto from 'node:crypto';
import fs from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';

export interface Bundle {
  /** The folder to hand to Lambda. */
  folder: string;
  /** Octets: what an import of the handler reads at once, and what it may load later. Source maps are not counted. */
  size: { entry: number; later: number };
}

interface File {
  name: string;
  contents: Uint8Array;
  /** Names of the files that it imports, at once or later. */
  imports: string[];
  atOnce: string[];
}

const ROOT = join(import.meta.dirname, '..');

/** What is the same whatever desk.yaml says: plain data, so that it can be kept in a file. */
export interface Code<Name extends string> {
  functions: Record<Name, BuiltFunction>;
  /** What functions load later, each with what it imports itself. */
  packages: File[];
}

interface BuiltFunction {
  files: File[];
  /** The packages that it loads later. */
  apart: string[];
  phrases: Record<string, Uint8Array>;
}

/**
 * `entries`: the name of each function and its source file. `desk` is written as it is into every folder, and what is
 * `beside` into that of its function, by the name of each file.
 * Throws with esbuild's own list of errors if a source does not build.
 */
export async function bundle<Name extends string>(
  entries: Record<Name, string>,
  {
    desk,
    beside = {},
    into,
    compile = compileCode,
  }: {
    desk: string;
    beside?: Partial<Record<Name, Record<string, Uint8Array>>>;
    into: string;
    compile?: (entries: Record<Name, string>) => Promise<Code<Name>>;
  },
): Promise<Record<Name, Bundle>> {
  const { functions, packages } = await compile(entries);
  const bundles = await Promise.all(
    (Object.keys(functions) as Name[]).map(async (name): Promise<[string, Bundle]> => {
      const { files, apart, phrases } = functions[name];
      const reached = reach(packages, apart.map(fileOf));
      const others = { 'desk.json': desk, ...phrases, ...beside[name] };
      return [name, await writeBundle(join(into, name), [...files, ...reached], others)];
    }),
  );
  return Object.fromEntries(bundles) as Record<Name, Bundle>;
}

/** Throws as `bundle` does. */
export async function compileCode<Name extends string>(entries: Record<Name, string>): Promise<Code<Name>> {
  const names = Object.keys(entries) as Name[];
  const functions = await Promise.all(names.map((name) => buildFunction(entries[name])));
  const named = [...new Set(functions.flatMap(({ apart }) => apart))].sort();
  // The clients together, since they share most of what they are; each table alone, so that they stay the same without it.
  const packages = (
    await Promise.all([
      buildPackages(named.filter((name) => !(name in APART))),
      ...named.filter((name) => name in APART).map((name) => buildPackages([name])),
    ])
  ).flat();
  const byName = Object.fromEntries(names.map((name, n) => [name, functions[n]]));
  return { functions: byName as Code<Name>['functions'], packages };
}

interface Built {
  files: File[];
  /** The sources that went into them, from the root. */
  sources: string[];
}

async function buildFunction(entry: string): Promise<BuiltFunction> {
  const apart = new Set<string>();
  const { files, sources } = await buildFiles({
    entryPoints: { index: entry },
    plugins: [leaveOut, builtInsAlone(['http', 'crypto', 'fs']), clientsApart(apart), tablesApart(apart)],
  });
  return { files, apart: [...apart].sort(), phrases: sources.includes(SPEAKS) ? await readPhrases() : {} };
}

/** Reads the phrases of a language from beside itself. */
const SPEAKS = 'templates/words.ts';

async function readPhrases(): Promise<Record<string, Uint8Array>> {
  const folder = join(ROOT, dirname(SPEAKS), 'phrases');
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [`phrases/${name}`, await readFile(join(folder, name))] as const),
    ),
  );
}

async function buildPackages(names: string[]): Promise<File[]> {
  if (names.length === 0) return [];
  const entryPoints = Object.fromEntries(names.map((name) => [basename(fileOf(name), '.mjs'), name]));
  // Their maps would be half of the asset, for lines of others' code.
  const options = { entryPoints, sourcemap: false, plugins: [wholePackage, builtInsAlone(['http'])] };
  return (await buildFiles(options)).files;
}

async function buildFiles(options: BuildOptions): Promise<Built> {
  const { outputFiles, metafile } = (await build({
    // Nothing is written there. Source maps and chunk names are reckoned from it, and must not depend on the machine.
    absWorkingDir: ROOT,
    outdir: join(ROOT, '.generated', 'function'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    write: false,
    // Stays here: Lambda would be sent most of a megabyte of it.
    metafile: true,
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    minify: true,
    // Positions are enough for a stack trace; the sources themselves would be most of the asset.
    sourcemap: 'linked',
    sourcesContent: false,
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'silent',
    ...options,
  })) as BuildResult<{ write: false; metafile: true }>;
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.imports]),
  );
  const files = outputFiles.map(({ path, contents }) => {
    const name = basename(path);
    const all = imports.get(name) ?? [];
    return {
      ...{ name, contents: withoutRequire(contents), imports: all.map((to) => basename(to.path)) },
      atOnce: all.filter(({ kind }) => kind === 'import-statement').map((to) => basename(to.path)),
    };
  });
  return { files, sources: Object.keys(metafile.inputs) };
}

/** Bundles are ES modules, and some of what they hold is CommonJS that still calls `require('node:…')`. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Few chunks call it, and each would pay for it at a cold start. The line stays, for the source map counts it. */
function withoutRequire(contents: Uint8Array): Uint8Array {
  const text = Buffer.from(contents).toString('utf8');
  const code = text.startsWith(REQUIRE) ? text.slice(REQUIRE.length) : '';
  return code === '' || /\brequire\b/.test(code) ? contents : Buffer.from(code);
}

/** A client that is loaded when it is needed stays outside the function's own build, and is noted. */
function clientsApart(noted: Set<string>): Plugin {
  return {
    name: 'clients-apart',
    setup({ onResolve }) {
      onResolve({ filter: /^@aws-sdk\/(client|lib)-[a-z0-9-]+$/ }, ({ path, kind }) => {
        if (kind !== 'dynamic-import') return undefined;
        noted.add(path);
        return { path: `./${fileOf(path)}`, external: true };
      });
    },
  };
}

/** `@aws-sdk/client-s3` is loaded from `client-s3.mjs`. */
function fileOf(name: string): string {
  return `${basename(name)}.mjs`;
}

/**
 * What many a call does not need, by what is taken from it: tables of charsets, of types of files and of HTML's names for
 * characters, which the parser of mail loads at once, although Node itself knows most charsets; what reads HTML, and what makes
 * an agent's harmless, with a parser of styles; and the calendar. They would be more than half of what a function loads.
 * Whoever imports them gets a stand-in, which loads them when it is first asked for anything: `require`, since nobody there can
 * wait.
 */
const APART: Readonly<Record<string, string>> = {
  'iconv-lite': 'default',
  'encoding-japanese': 'default',
  he: 'default',
  'sanitize-html': 'default',
  'libmime/lib/mimetypes': 'default',
  htmlparser2: 'Parser',
  'temporal-polyfill': 'Temporal',
};

function tablesApart(noted: Set<string>): Plugin {
  return {
    name: 'tables-apart',
    setup({ onResolve, onLoad }) {
      const apart = (path: string) => ({ path, namespace: 'tables-apart' });
      onResolve({ filter: new RegExp(`^(${Object.keys(APART).join('|')})$`) }, ({ path }) => apart(path));
      onResolve({ filter: /^\.\/mimetypes$/ }, ({ importer }) =>
        /[\\/]libmime[\\/]/.test(importer) ? apart('libmime/lib/mimetypes') : undefined,
      );
      onResolve({ filter: /./, namespace: 'tables-apart' }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /./, namespace: 'tables-apart' }, ({ path }) => {
        noted.add(path);
        const taken = APART[path] ?? 'default';
        const standIn = `new Proxy(function () {}, {
          get: (_, name) => load()[name],
          apply: (_, self, given) => load()(...given),
          construct: (_, given) => new (load())(...given),
        })`;
        return {
          contents: `let loaded; const load = () => loaded ??= require('./${fileOf(path)}').${taken};
            ${taken === 'default' ? `module.exports = ${standIn}` : `export const ${taken} = ${standIn}`};`,
        };
      });
    },
  };
}

/** Named as an entry, a package would be looked for as a file. */
const wholePackage: Plugin = {
  name: 'whole-package',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'entry-point' ? { path, namespace: 'whole-package' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'whole-package' }, ({ path }) => ({
      contents: `export ${path in APART ? `{ ${APART[path]} }` : '*'} from '${path}';`,
      resolveDir: ROOT,
    }));
  },
};

/**
 * What mailparser loads for converting text and finding links, neither of which we have it do: a quarter of a megabyte
 * that each cold start would read. The stand-ins do what is asked of them while it is loaded, and fail when used.
 */
const LEFT_OUT: Record<string, string> = {
  'html-to-text':
    'exports.htmlToText = () => { throw new Error("html-to-text is left out of the bundle"); };',
  'linkify-it':
    'const none = { tlds: () => none, add: () => none, set: () => none, pretest: () => false }; module.exports = () => none;',
  tlds: 'module.exports = [];',
};

/**
 * Of nodemailer its table of 2,000 names of files and types, half of what it is: whoever composes says the type of each file.
 * And what fetches and resolves, with all of Node's clients: nothing is ever sent by it, and nothing that is composed lies elsewhere.
 */
const LEFT_OUT_OF_NODEMAILER: Record<string, string> = {
  './mime-types.js': `
    export const detectMimeType = () => 'application/octet-stream';
    export const detectExtension = () => 'bin';`,
  '../fetch/index.js': 'export default () => { throw new Error("nodemailer fetches nothing here"); };',
  'node:dns': 'export default {};',
  'node:net': 'export default {};',
  'node:os': 'export default { networkInterfaces: () => ({}) };',
};

const leaveOut: Plugin = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(LEFT_OUT).join('|')})$`) }, ({ path, importer }) =>
      /[\\/]mailparser[\\/]/.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    onResolve(
      { filter: /^(\.\/mime-types\.js|\.\.\/fetch\/index\.js|node:(dns|net|os))$/ },
      ({ path, importer }) =>
        /[\\/]nodemailer[\\/]/.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
      contents: LEFT_OUT[path] ?? LEFT_OUT_OF_NODEMAILER[path] ?? '',
      loader: 'js',
    }));
  },
};

/**
 * An `import` of one of these asks it for everything that it exports, and so for what it makes only when it is asked: node:http
 * for a WebSocket, for which Node loads a whole second HTTP client, node:crypto for all of WebCrypto, node:fs for its streams.
 * That would be a third of what a function's cold start costs. The AWS SDK wants the last two, and nothing wants the first.
 */
const LAZY_BUILT_INS = { http, crypto, fs };

function builtInsAlone(names: (keyof typeof LAZY_BUILT_INS)[]): Plugin {
  return {
    name: 'built-ins-alone',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(node:)?(${names.join('|')})$`) }, ({ path, kind }) =>
        kind === 'require-call'
          ? undefined
          : { path: path.replace('node:', ''), namespace: 'built-ins-alone' },
      );
      onLoad({ filter: /./, namespace: 'built-ins-alone' }, ({ path }) => {
        const builtIn = LAZY_BUILT_INS[path as keyof typeof LAZY_BUILT_INS];
        // What is not there until it is asked for is left out.
        const exported = Object.entries(Object.getOwnPropertyDescriptors(builtIn)).flatMap(
          ([name, { get }]) => (get ? [] : [name]),
        );
        return {
          contents: `const builtIn = process.getBuiltinModule('node:${path}');
            export const { ${exported.join(', ')} } = builtIn;
            export default builtIn;`,
        };
      });
    },
  };
}

/** These files and all that they import, with the maps of each. */
function reach(files: File[], names: string[], which: 'imports' | 'atOnce' = 'imports'): File[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const file = byName.get(name);
    if (!file || reached.has(name)) return;
    reached.add(name);
    for (const imported of file[which]) visit(imported);
  };
  for (const name of names) visit(name);
  return files.filter(({ name }) => reached.has(name.replace(/\.map$/, '')));
}

async function writeBundle(
  folder: string,
  files: File[],
  others: Record<string, string | Uint8Array>,
): Promise<Bundle> {
  for (const name of ['', ...Object.keys(others)])
    await mkdir(join(folder, dirname(name)), { recursive: true });
  await Promise.all(Object.entries(others).map(([name, content]) => writeFile(join(folder, name), content)));
  await Promise.all(files.map(({ name, contents }) => writeFile(join(folder, name), contents)));
  const size = (kept: File[]) => kept.reduce((sum, { contents }) => sum + contents.byteLength, 0);
  const code = files.filter(({ name }) => name.endsWith('.mjs'));
  const entry = size(reach(code, ['index.mjs'], 'atOnce'));
  return { folder, size: { entry, later: size(code) - entry } };
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom. `type` imports cost nothing at run time and bind nothing, and are free. */
const ROOMS: Record<string, readonly string[]> = {
  core: ['core'],
  templates: ['templates', 'core', '.generated'],
  aws: ['aws', 'core'],
  functions: ['functions', 'core', 'templates'],
  cli: ['cli', 'core', 'aws'],
  infra: ['infra', 'core'],
  local: ['local', 'aws', 'core'],
};

/** What core may take from outside: libraries without input, output, clock or chance. */
const PURE: Record<string, string> = {
  zod: 'the schema of desk.yaml and of what comes from SES',
  yaml: 'reads the text of desk.yaml, with the places of its mistakes',
  minisearch: 'the index of articles: words in, ids out',
  'fastest-levenshtein': 'what was probably meant by a mistyped word',
  'temporal-polyfill': 'calendars and time zones; always given the instant',
  mailparser: 'MIME: bytes in, parts out',
  'sanitize-html': 'HTML: text in, text out',
  htmlparser2: 'reads hostile HTML without building a tree',
  nodemailer: 'builds MIME; what of it reads files and the network is never called',
  'node:crypto': 'hashes and HMACs of what it is given',
  'node:stream': 'feeds bytes to the MIME parser',
  'node:buffer': 'octets',
  'node:url': 'international domain names',
  'node:util': 'text decoding',
  'iconv-lite': 'charsets',
  'ical.js': 'holidays and invitations of an iCalendar file: text in, dates out',
  'rtf-stream-parser': 'RTF of a winmail.dat: text in, text out',
  '@kenjiuno/decompressrtf': 'the same, compressed: octets in, octets out',
};

const FORBIDDEN_FOLDERS = ['src', 'utils', 'helpers', 'common', 'services', 'types'];

interface Import {
  file: string;
  from: string;
  isType: boolean;
}

const files = Object.keys(ROOMS).flatMap((room) => list(room));
const imports = files.flatMap(importsOf);

describe.each(Object.entries(ROOMS))('%s', (room, allowed) => {
  test(`imports only ${allowed.join(', ')}`, () => {
    const strays = imports.filter(
      ({ file, from, isType }) =>
        roomOf(file) === room &&
        from.startsWith('.') &&
        !isType &&
        !allowed.includes(roomOf(target(file, from))),
    );
    expect(strays.filter(({ file, from }) => !isTheOneDoor(file, from))).toEqual([]);
  });
});

/** The wrapper opens the world for all functions; what CloudFormation calls comes before there is a world. */
function isTheOneDoor(file: string, from: string): boolean {
  return (
    ['functions/handler.ts', 'functions/provision.ts'].includes(file) && roomOf(target(file, from)) === 'aws'
  );
}

test('core takes only pure libraries from outside, each for a reason', () => {
  const strays = imports.filter(
    ({ file, from, isType }) =>
      roomOf(file) === 'core' && !from.startsWith('.') && !isType && !PURE[packageOf(from)],
  );
  expect(strays).toEqual([]);
});

test('core knows no clock, no chance and no environment', () => {
  const forbidden =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bsetTimeout\(|\bsetInterval\(|\bfetch\(|Temporal\.Now\b/;
  const strays = files.filter(
    (file) => roomOf(file) === 'core' && forbidden.test(withoutComments(readFileSync(file, 'utf8'))),
  );
  expect(strays).toEqual([]);
});

test('only aws and the laptop’s engines name the SDK', () => {
  const strays = imports.filter(
    ({ file, from, isType }) =>
      from.startsWith('@aws-sdk/') &&
      !isType &&
      !['aws', 'local'].includes(roomOf(file)) &&
      file !== 'cli/connect.ts',
  );
  expect(strays).toEqual([]);
});

test('no folder is named after a kind of file', () => {
  const folders = files.flatMap((file) => dirname(file).split('/'));
  expect(folders.filter((folder) => FORBIDDEN_FOLDERS.includes(folder))).toEqual([]);
});

test('nothing is exported as default but where a tool asks for it', () => {
  expect(files.filter((file) => /^export default/m.test(readFileSync(file, 'utf8')))).toEqual([]);
});

function list(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): Import[] {
  const text = withoutComments(readFileSync(file, 'utf8'));
  const found = [
    ...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm),
    ...text.matchAll(/\bimport\(\s*()'([^']+)'\s*\)/g),
  ];
  return found.map(([, type, from]) => ({ file, from: from as string, isType: Boolean(type) }));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function target(file: string, from: string): string {
  return normalize(join(dirname(file), from));
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function packageOf(from: string): string {
  return from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? '');
}

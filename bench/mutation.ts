/**
 * Would a test notice? Stryker changes core/ in one place at a time, and runs the tests of core's rooms that come by there.
 *
 * A sample is of pieces, a piece being what stands between two blank lines at a file's margin: a function, a table, a type.
 * Each is chosen by the same chance, so that the sample's score tells the whole's; how exactly, is reckoned from how much
 * the pieces differ. Ends with 1 below 80 %, and where a run shows that it did not ask what it should have.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { chanceOf } from '../test/chance.ts';
import { described, machine, table } from './figures.ts';
import { IGNORERS } from './mutation/ignored.ts';
import { UNREACHED } from './mutation/reached.ts';
import { refusedByTypes } from './mutation/types.ts';
import { flag, number, optionsOf, text, whole as wholeNumber } from './options.ts';

const ROOT = join(import.meta.dirname, '..');
const ENOUGH = 80;

const { whole, ...values } = optionsOf('Would a test notice when core/ is changed in one place?', {
  share: number('of the pieces', 0.03, 'a number above 0 and up to 1', (n) => n > 0 && n <= 1),
  seed: wholeNumber('of the chance by which pieces are chosen', 1),
  whole: flag('all pieces, which takes hours'),
  only: text('<path>', 'whose names begin so, such as core/sla'),
  out: text('<file>', 'all that was found, as JSON'),
});

interface Piece {
  file: string;
  /** Lines, the first being 1. */
  from: number;
  to: number;
}

setPriority(constants.priority.PRIORITY_LOW);
const here = machine();
const all = globSync('core/**/*.ts', { cwd: ROOT }).sort().flatMap(piecesOf).filter(isAsked);
const chance = chanceOf(values.seed);
const chosen = whole ? all : all.filter(() => chance() < values.share);
const results = typed(await run(chosen));

console.log(
  `${described(here)}\n${chosen.length} of ${all.length} pieces${whole ? '' : `, seed ${values.seed}`}`,
);
console.log(table([heading(), ...rooms().map(([room, of]) => row(room, of)), row('all', results)]));
const score = scoreOf(results);
const unreached = results.filter(({ statusReason }) => statusReason?.includes(UNREACHED)).length;
if (unreached > 0)
  console.log(`${unreached} times ${UNREACHED}, though tests did before: this score says nothing.`);
if (!whole) console.log(`95 of 100 such samples: ${percent(score)} ± ${percent(margin())}`);
tellSurvivors();
if (values.out) writeFileSync(values.out, `${JSON.stringify({ machine: here, score, results }, null, 2)}\n`);
if (!(score >= ENOUGH) || unreached > 0) process.exitCode = 1;

function piecesOf(file: string): Piece[] {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  const begins = lines.flatMap((line, n) =>
    n === 0 || (lines[n - 1] === '' && /^[\w/@]/.test(line)) ? [n + 1] : [],
  );
  return begins.map((from, n) => ({ file, from, to: (begins[n + 1] ?? lines.length + 1) - 1 }));
}

function isAsked({ file }: Piece): boolean {
  return file.startsWith(values.only ?? 'core');
}

/** Stryker works on a copy of the folder; only what tests of core read is in it. */
async function run(pieces: readonly Piece[]): Promise<MutantResult[]> {
  return new Stryker({
    mutate: pieces.map(({ file, from, to }) => `${file}:${from}-${to}`),
    plugins: ['@stryker-mutator/vitest-runner', join(import.meta.dirname, 'mutation', 'ignored.ts')],
    ignorers: IGNORERS,
    // Code that runs as a module is loaded is there before any test: each of its mutants would need all of them. Counted apart.
    ignoreStatic: true,
    testRunner: 'vitest',
    vitest: { configFile: 'bench/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // On a machine that does other things as well: a loop that does not end is mostly known by how often it went round.
    timeoutMS: 20_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 20,
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
    tempDirName: '.generated/mutation',
    cleanTempDir: 'always',
    symlinkNodeModules: false,
    ignorePatterns: [
      '/.*',
      '!/.generated',
      '/.generated/*',
      '!/.generated/*.?s',
      '/cdk.out',
      '*.png',
      '*.pdf',
    ],
    // There is no JavaScript interface to TypeScript 7 that could rewrite it, and Node reads none.
    tsconfigFile: 'none.json',
    disableTypeChecks: false,
  }).runMutationTest();
}

function typed(mutants: MutantResult[]): MutantResult[] {
  const refused = refusedByTypes(
    ROOT,
    mutants.filter((mutant) => isNoticed(mutant) || isMissed(mutant)),
  );
  return mutants.map((mutant) => (refused.has(mutant.id) ? { ...mutant, status: 'CompileError' } : mutant));
}

function rooms(): [string, MutantResult[]][] {
  return Object.entries(Object.groupBy(results, ({ fileName }) => dirname(relative(ROOT, fileName)))).map(
    ([room, of]) => [room, of ?? []],
  );
}

function heading(): string[] {
  return [
    '',
    'mutants',
    'killed',
    'timed out',
    'survived',
    'no test',
    'score',
    'no types',
    'static',
    'left',
    'broken',
  ];
}

function row(name: string, of: readonly MutantResult[]): string[] {
  const count = (...statuses: MutantResult['status'][]) =>
    of.filter(({ status }) => statuses.includes(status)).length;
  const statics = of.filter((mutant) => mutant.status === 'Ignored' && mutant.static).length;
  return [
    name,
    String(count('Killed', 'Timeout', 'Survived', 'NoCoverage')),
    String(count('Killed')),
    String(count('Timeout')),
    String(count('Survived')),
    String(count('NoCoverage')),
    percent(scoreOf(of)),
    String(count('CompileError')),
    String(statics),
    String(count('Ignored') - statics),
    String(count('RuntimeError')),
  ];
}

/** Of no mutant there is no score, and one piece says nothing of others. */
function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(1)} %`;
}

function isNoticed({ status }: MutantResult): boolean {
  return status === 'Killed' || status === 'Timeout';
}

function isMissed({ status }: MutantResult): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

function scoreOf(of: readonly MutantResult[]): number {
  const noticed = of.filter(isNoticed).length;
  return (100 * noticed) / (noticed + of.filter(isMissed).length);
}

/** Of the score, at 95 %: a ratio over pieces, whose mutants are alike and are not reckoned as each by itself. */
function margin(): number {
  const share = score / 100;
  const pieces = chosen
    .map((piece) => results.filter((mutant) => isWithin(mutant, piece)))
    .map((of) => ({ noticed: of.filter(isNoticed).length, missed: of.filter(isMissed).length }))
    .filter(({ noticed, missed }) => noticed + missed > 0);
  const mean = pieces.reduce((sum, { noticed, missed }) => sum + noticed + missed, 0) / pieces.length;
  const squares = pieces.reduce(
    (sum, { noticed, missed }) => sum + (noticed - share * (noticed + missed)) ** 2,
    0,
  );
  return (196 * Math.sqrt(squares / (pieces.length * (pieces.length - 1)))) / mean;
}

function isWithin({ fileName, location }: MutantResult, { file, from, to }: Piece): boolean {
  return relative(ROOT, fileName) === file && location.start.line >= from && location.start.line <= to;
}

function tellSurvivors(): void {
  const missed = results.filter(isMissed);
  for (const [fileName, of] of Object.entries(Object.groupBy(missed, (mutant) => mutant.fileName))) {
    console.log(`\n${relative(ROOT, fileName)}`);
    const lines = readFileSync(fileName, 'utf8').split('\n');
    for (const { location, mutatorName, replacement, status } of of ?? []) {
      const { start, end } = location;
      const line = lines[start.line - 1] ?? '';
      const was = line.slice(start.column - 1, start.line === end.line ? end.column - 1 : undefined);
      console.log(
        `  ${start.line}:${start.column} ${status === 'NoCoverage' ? 'no test, ' : ''}${mutatorName}: ${shown(was)} → ${shown(replacement ?? '')}`,
      );
    }
  }
}

function shown(code: string): string {
  const line = code.replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}

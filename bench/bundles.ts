/**
 * What a cold start loads: the size of each function's bundle and the time to import it.
 *
 * The bundles are made anew from the sources. "At once" is index.mjs and all that it imports statically, "later" is what
 * is only loaded when it is first needed; source maps are not counted. The time is that of fresh processes, without Node's
 * own start: the median, and the least, which is what it takes when nobody else wants the machine. CPU is that of the thread
 * that imports. All take turns, so that a busy moment does not fall on one of them alone. What is loaded later is measured by
 * itself (not with `--handlers`): a first call waits for those that it needs, and two that share code take less than their sum.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describeProblems, loadDesk } from '../core/config/load.ts';
import { bundle } from '../infra/bundle.ts';
import { FUNCTIONS, type FunctionName } from '../infra/lambda.ts';
import { described, machine, percentile, rounded, table } from './figures.ts';
import { flag, optionsOf, whole } from './options.ts';

interface Measured {
  name: FunctionName;
  /** KB of 1000 octets. */
  atOnceKB: number;
  laterKB: number;
  importMs: number;
  leastMs: number;
  cpuMs: number;
}

/** Something that functions load when they first need it, with all that it imports. */
interface MeasuredLater {
  name: string;
  sizeKB: number;
  importMs: number;
}

interface Loaded {
  file: string;
  /** Octets, of the file and its static imports. */
  size: number;
}

const ROOT = join(import.meta.dirname, '..');

const { rounds, handlers, json } = optionsOf(
  'What a cold start loads: the size of each function’s bundle and the time to import it.',
  {
    rounds: whole('in which each is imported once, by a process of its own', 9),
    handlers: flag('without what is loaded later'),
    json: flag('print one JSON document'),
  },
);
const here = machine();
const loaded = loadDesk(readFileSync(join(ROOT, 'desk.yaml'), 'utf8'));
if (!loaded.ok) throw new Error(describeProblems('desk.yaml', loaded.problems));
const folder = mkdtempSync(join(tmpdir(), 'replydesk-bench-'));
try {
  const entries = Object.fromEntries(FUNCTIONS.map((name) => [name, join(ROOT, 'functions', `${name}.ts`)]));
  const made = await bundle(entries as Record<FunctionName, string>, {
    desk: JSON.stringify(loaded.desk),
    into: folder,
  });
  const bundles = await Promise.all(FUNCTIONS.map((name) => filesOf(made[name].folder)));
  const later = new Map(bundles.flatMap(({ dynamic }) => dynamic.map((each) => [basename(each.file), each])));
  if (handlers) later.clear();
  const files = [...bundles.map(({ entry }) => entry.file), ...[...later.values()].map(({ file }) => file)];
  const times = new Map(files.map((file): [string, Taken[]] => [file, []]));
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`round ${round} of ${rounds} …\n`);
    for (const file of files) times.get(file)?.push(await importTime(file));
  }
  const allOf = (file: string, what: keyof Taken) => (times.get(file) ?? []).map((taken) => taken[what]);
  const median = (file: string, what: keyof Taken = 'ms') => rounded(percentile(allOf(file, what), 0.5), 1);
  const measured = bundles.map(
    ({ entry, laterSize }, n): Measured => ({
      name: FUNCTIONS[n] as FunctionName,
      atOnceKB: rounded(entry.size / 1000, 1),
      laterKB: rounded(laterSize / 1000, 1),
      importMs: median(entry.file),
      leastMs: rounded(Math.min(...allOf(entry.file, 'ms')), 1),
      cpuMs: median(entry.file, 'cpuMs'),
    }),
  );
  const measuredLater = [...later].map(
    ([name, { file, size }]): MeasuredLater => ({
      name,
      sizeKB: rounded(size / 1000, 1),
      importMs: median(file),
    }),
  );
  const figures = { machine: here, rounds, bundles: measured, later: measuredLater };
  if (json) console.log(JSON.stringify(figures, null, 2));
  else show(measured, measuredLater);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Which of a bundle's files an import of the handler loads, and which wait: esbuild reads the imports of its own output. */
async function filesOf(
  bundleFolder: string,
): Promise<{ entry: Loaded; dynamic: Loaded[]; laterSize: number }> {
  const names = readdirSync(bundleFolder).filter((name) => name.endsWith('.mjs'));
  const { metafile } = await build({
    absWorkingDir: bundleFolder,
    entryPoints: names,
    outdir: 'unused',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  const importsOf = (name: string, wanted: string) =>
    (metafile.inputs[name]?.imports ?? []).flatMap(({ path, kind, external }) =>
      kind === wanted && !external ? [path] : [],
    );
  const withImports = (name: string, reached: Set<string>): Set<string> => {
    if (reached.has(name)) return reached;
    reached.add(name);
    for (const path of importsOf(name, 'import-statement')) withImports(path, reached);
    return reached;
  };
  const sizeOf = (files: Iterable<string>) =>
    [...files].reduce((sum, name) => sum + (metafile.inputs[name]?.bytes ?? 0), 0);
  const load = (name: string): Loaded => ({
    file: join(bundleFolder, name),
    size: sizeOf(withImports(name, new Set())),
  });
  const atOnce = withImports('index.mjs', new Set());
  // Of our own code only: what the SDK itself may load is for credentials that Lambda does not have.
  const dynamic = new Set([...atOnce].flatMap((name) => importsOf(name, 'dynamic-import')));
  return {
    entry: load('index.mjs'),
    dynamic: [...dynamic].filter((name) => !atOnce.has(name)).map(load),
    laterSize: sizeOf(names.filter((name) => !atOnce.has(name))),
  };
}

interface Taken {
  ms: number;
  cpuMs: number;
}

/** What a fresh process needs, beyond its own start, until the file is imported. */
async function importTime(file: string): Promise<Taken> {
  const script = `
    const began = performance.now();
    const before = process.threadCpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.threadCpuUsage(before);
    const taken = { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
    process.stdout.write(JSON.stringify(taken), () => process.exit(0));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    // Nothing of ours, and nothing compiled before.
    env: { NODE_DISABLE_COMPILE_CACHE: '1', AWS_REGION: 'us-east-1' },
  });
  return JSON.parse(stdout) as Taken;
}

function show(measured: Measured[], later: MeasuredLater[]): void {
  console.log(described(here));
  console.log(
    table([
      ['', 'at once, kB', 'later, kB', 'import, ms', 'least', 'CPU'],
      ...measured.map(({ name, atOnceKB, laterKB, importMs, leastMs, cpuMs }) => [
        name,
        ...[atOnceKB, laterKB, importMs, leastMs, cpuMs].map((value) => value.toFixed(1)),
      ]),
    ]),
  );
  if (later.length === 0) return;
  console.log('\nLoaded when it is first needed');
  console.log(
    table([
      ['', 'kB', 'import, ms'],
      ...later.map(({ name, sizeKB, importMs }) => [name, sizeKB.toFixed(1), importMs.toFixed(1)]),
    ]),
  );
}

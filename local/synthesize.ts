/**
 * Makes the cloud assembly that the laptop runs, by the same app that `cdk deploy` runs. It is made anew when anything
 * that goes into it has changed, and kept by the hash of all that.
 */
import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { DeskFault } from './fault.ts';

const ROOT = join(import.meta.dirname, '..');
const KEPT = join(ROOT, '.generated', 'assemblies');
const NAMED = join(ROOT, '.generated', 'named-by-desk');
const CODE = join(ROOT, '.generated', 'code');
/** Whoever changes his desk.yaml back and forth waits once for each. */
const MOST_KEPT = 4;
const MOST_NAMED = 50;
const MOST_CODE = 2;
/** No synthesis takes so long, ms: whoever made what is older and not finished was cut off. */
const UNFINISHED = 3_600_000;
const SOURCES = [
  'infra',
  'functions',
  'core',
  'aws',
  'templates',
  'workflows',
  'cdk.json',
  'package-lock.json',
];

/** Returns the assembly's folder. Throws DeskFault with the app's own words when there is something wrong with the desk.yaml. */
export async function synthesize(config: string, progress: (line: string) => void): Promise<string> {
  const sources = hashOfSources();
  const outdir = join(KEPT, await hashOfInputs(config, sources));
  if (existsSync(join(outdir, 'manifest.json'))) {
    const now = new Date();
    utimesSync(outdir, now, now);
    return outdir;
  }
  progress('making the template and the functions …');
  mkdirSync(KEPT, { recursive: true });
  // Two desks that start at once each make their own; the later one finds the place taken and uses what is there.
  const temporary = mkdtempSync(`${KEPT}/.`);
  try {
    await runApp(config, temporary, nameBy(sources));
    takePlace(temporary, outdir);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  forgetOld(outdir);
  return outdir;
}

/** The same inputs make the same assembly: whoever comes second leaves the first one's where it is. */
function takePlace(temporary: string, outdir: string): void {
  try {
    renameSync(temporary, outdir);
  } catch (error) {
    if (!existsSync(join(outdir, 'manifest.json'))) throw error;
  }
}

/** Of all that goes into the assembly. */
export async function hashOfInputs(config: string, sources = hashOfSources()): Promise<string> {
  const hash = sources.copy();
  if (existsSync(config)) {
    const desk = readFileSync(config, 'utf8');
    hash.update(desk);
    for (const file of await namedBeside(config, desk, nameBy(hash)))
      if (existsSync(file)) hash.update(readFileSync(file)).update('\0');
  }
  return nameBy(hash);
}

function nameBy(hash: Hash): string {
  return hash.copy().digest('hex').slice(0, 24);
}

function hashOfSources(): Hash {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesIn(join(ROOT, source))))
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash;
}

/**
 * The files that desk.yaml names beside itself. Their names are kept by the hash of the sources and the text, because
 * to read and check a desk.yaml takes a third of a start. A mistake in it is told by the app.
 */
async function namedBeside(config: string, desk: string, key: string): Promise<string[]> {
  const kept = join(NAMED, `${key}.json`);
  const named: string[] = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : [];
  const file = (path: string) => resolve(dirname(config), path);
  if (!existsSync(kept)) {
    const { loadDesk } = await import('../core/config/load.ts');
    loadDesk(desk, (path) => {
      named.push(path);
      return readFileSync(file(path));
    });
    mkdirSync(NAMED, { recursive: true });
    writeFileSync(kept, JSON.stringify(named));
  }
  return named.map(file);
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

async function runApp(config: string, outdir: string, sources: string): Promise<void> {
  // Rules and nag packs judge what is deployed, and take seconds; `npm run synth` and `npm run check` run them.
  const env = {
    ...process.env,
    ...{ CDK_OUTDIR: outdir, DESK_CONFIG: config, CDK_VALIDATION: 'false' },
    DESK_CODE: join(CODE, `${sources}.bin`),
  };
  const child = spawn(process.execPath, [join(ROOT, 'infra', 'app.ts')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => child.kill();
  process.once('exit', end);
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  process.off('exit', end);
  if (code !== 0)
    throw new DeskFault(
      said.trim() || `The template could not be made: node infra/app.ts ended with ${code}.`,
    );
}

function forgetOld(current: string): void {
  const made = newestFirst(KEPT).filter(({ path }) => path !== current);
  const old = [
    ...made.filter(({ name }) => !name.startsWith('.')).slice(MOST_KEPT - 1),
    ...made.filter(({ name, at }) => name.startsWith('.') && at < Date.now() - UNFINISHED),
    ...newestFirst(NAMED).slice(MOST_NAMED),
    ...newestFirst(CODE).slice(MOST_CODE),
  ];
  for (const { path } of old) rmSync(path, { recursive: true, force: true });
}

function newestFirst(folder: string): { name: string; path: string; at: number }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => ({ name, path: join(folder, name) }))
    .map((each) => ({ ...each, at: statSync(each.path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
}

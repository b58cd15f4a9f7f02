/**
 * Runs a script of this repository, or a tool that it depends on, under Node 24, after making sure that everything it
 * needs is there:
 *
 *   node setup.mjs infra/app.ts …      node setup.mjs vitest run …
 *
 * Plain JavaScript, because whatever Node is at hand has to be able to run it; 20 is enough. It installs what
 * package-lock.json names if it is not there, builds the generated files if their sources changed, and then is only a
 * pipe: standard input and output, signals and the exit code are those of what it runs. It writes to stderr alone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import process from 'node:process';

const ROOT = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);
const MODULES = join(ROOT, 'node_modules');
const GENERATED = join(ROOT, '.generated');
/** What Node compiles it keeps: the second start of anything takes half as long. */
const COMPILED = join(GENERATED, 'compiled');
/** Files. Of code that has gone Node removes nothing. */
const MOST_COMPILED = 10_000;
const NEEDED_NODE = 24;

/** Files that are made from others and not kept in the repository. Paths from the root; a folder means all in it. */
const RECIPES = [
  {
    script: 'templates/build.ts',
    from: ['templates', 'core/mail/update.ts', 'package-lock.json'],
    makes: ['.generated/templates.js', '.generated/report.js'],
  },
];

async function main([what, ...args]) {
  if (!what) fail('usage: node setup.mjs <script.ts | tool> [arguments]');
  await alone(install);
  const node = findNode();
  await alone(() => generate(node));
  run(node, what, args);
}

/** npm's own record of what it installed last is compared, so that an install by hand counts as well. */
function install() {
  if (isInstalled()) return;
  say('installing packages …');
  // Under `npm run`, the npm that is already running. Its stdout is ours to keep clean, and its warnings are that packages
  // ask for the newer Node that they are about to get.
  const [command, ...args] = process.env.npm_execpath
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const { status, error } = spawnSync(
    command,
    [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
    },
  );
  if (error) fail(`npm cannot be run: ${error.message}`);
  if (status !== 0) fail('npm ci failed; its own words are above.');
}

function isInstalled() {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const present = readPackages(join(MODULES, '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    // What is optional may rightly be absent: it is for other systems.
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** The Node that came with the packages, or the one that runs this. */
function findNode() {
  const bundled = join(MODULES, '.bin', 'node');
  if (existsSync(bundled)) {
    const { version } = JSON.parse(
      readFileSync(join(dirname(realpathSync(bundled)), '..', 'package.json'), 'utf8'),
    );
    if (major(version) >= NEEDED_NODE) return bundled;
  }
  if (major(process.versions.node) >= NEEDED_NODE) return process.execPath;
  return fail(
    `Replydesk needs Node ${NEEDED_NODE} or newer, and this is ${process.versions.node}. On Linux it comes with the packages ` +
      `(npm must not omit optional ones); for ${process.platform} ${process.arch}, install it from https://nodejs.org.`,
  );
}

function major(version) {
  return Number.parseInt(version, 10);
}

function generate(node) {
  for (const { script, from, makes } of RECIPES) {
    if (!existsSync(join(ROOT, script))) continue;
    const stamp = join(GENERATED, `${script.replaceAll('/', '-')}.sha256`);
    const hash = hashOf(from);
    const isFresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
    if (isFresh && makes.every((file) => existsSync(join(ROOT, file)))) continue;
    say(`building ${makes.join(', ')} …`);
    const { status } = spawnSync(node, [join(ROOT, script)], { cwd: ROOT, stdio: ['ignore', 2, 2] });
    if (status !== 0) fail(`${script} failed; its own words are above.`);
    mkdirSync(GENERATED, { recursive: true });
    writeFileSync(stamp, hash);
    forgetCompiled();
  }
}

function forgetCompiled() {
  if (!existsSync(COMPILED) || readdirSync(COMPILED, { recursive: true }).length < MOST_COMPILED) return;
  rmSync(COMPILED, { recursive: true, force: true });
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesIn(join(ROOT, path)))) {
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

/** Two commands begun at once in a fresh clone must not install into each other: the second waits for the first. */
async function alone(work) {
  const lock = join(ROOT, '.generated', 'setup.lock');
  mkdirSync(GENERATED, { recursive: true });
  for (let waited = false; !take(lock); waited = true) {
    if (!waited) say('waiting for another set-up of this folder …');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  // Whoever was cut off in the middle left its lock behind.
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (owner && !isAlive(owner)) rmSync(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run(node, what, args) {
  const path = [join(MODULES, '.bin'), dirname(node), process.env.PATH].join(delimiter);
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env, PATH: path };
  const child = spawn(node, [find(what), ...args], { stdio: 'inherit', env });
  child.on('error', (error) => fail(`${node} cannot be run: ${error.message}`));

  const isInTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C goes to everybody in the terminal: passing it on would look like a second, impatient one.
      if (signal !== 'SIGINT' || !isInTerminal) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1));
  });
}

/** A script of the repository by its path, or a tool by its name. */
function find(what) {
  if (/\.[cm]?[jt]s$/.test(what)) return what;
  const tool = join(MODULES, '.bin', what);
  return existsSync(tool) ? realpathSync(tool) : fail(`there is neither a script nor a tool "${what}".`);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

await main(process.argv.slice(2));

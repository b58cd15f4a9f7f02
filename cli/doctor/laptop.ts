/** The doctor on a laptop: what `npm start` needs, with no account and no network. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { type Fact, type Finding, look, of } from './finding.ts';

export interface LaptopFacts {
  node: string;
  platform: string;
  data: string;
  /** Of the desk that has its data in that folder; null when none runs. */
  running: Fact<number | null>;
  /** Null: the configuration is sound; else what is wrong with it. */
  config: Fact<string | null>;
  /** Where the DynamoDB engine is: a file that came with the packages, or the address that DESK_DYNAMODB_ENDPOINT names. */
  engine: Fact<{ kind: 'packaged' | 'named'; where: string } | null>;
  /** Of npm start's own two. */
  ports: { port: number; free: Fact<boolean> }[];
  writable: Fact<boolean>;
  browser: Fact<boolean>;
}

export const LAPTOP_CHECKS = [
  'node',
  'configuration',
  'engine',
  'data',
  'running',
  'port',
  'browser',
] as const;

const NEEDED_NODE = 24;
const PORTS = [2525, 8025];
/** Milliseconds. */
const LONGEST = 3_000;

export async function gatherLaptop(
  data: string,
  lookups: { running(): Promise<number | null>; problems(): Promise<string | null> },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LaptopFacts> {
  const named = environment.DESK_DYNAMODB_ENDPOINT;
  const { resolve: find } = createRequire(import.meta.url);
  const [running, config, engine, ports, writable, browser] = await Promise.all([
    look(lookups.running, LONGEST),
    look(lookups.problems, LONGEST),
    look(async () => (named ? await answering(named) : packaged(find)), LONGEST),
    Promise.all(PORTS.map(async (port) => ({ port, free: await look(() => isFree(port), LONGEST) }))),
    look(() => isWritable(data), LONGEST),
    look(async () => isThere('@sparticuz/chromium', find), LONGEST),
  ]);
  const { node } = process.versions;
  return {
    ...{ node, platform: `${process.platform}-${process.arch}`, data },
    ...{ running, config, engine, ports, writable, browser },
  };
}

export function findingsOfLaptop(facts: LaptopFacts): Finding[] {
  const { node, platform, data, running, config, engine, ports, writable, browser } = facts;
  const isRunning = running.known && running.value !== null;
  return [
    Number.parseInt(node, 10) >= NEEDED_NODE
      ? { check: 'node', state: 'fine', seen: node, wanted: nodeWanted, remedy: null }
      : {
          ...{ check: 'node', state: 'problem', seen: node, wanted: nodeWanted },
          remedy:
            'Begin commands with npm run -s desk --, which finds Node 24, or install it from https://nodejs.org.',
        },
    of('configuration', 'a desk.yaml without mistakes', config, (wrong) =>
      wrong === null
        ? { state: 'fine', seen: 'sound' }
        : { state: 'problem', seen: wrong, remedy: 'Mend it, or make one by `desk init`.' },
    ),
    of('engine', 'a DynamoDB engine', engine, (found) =>
      found
        ? {
            state: 'fine',
            seen: found.kind === 'named' ? `answers at ${found.where}` : 'came with the packages',
          }
        : {
            state: 'problem',
            seen: `none came with the packages for ${platform}`,
            remedy:
              'docker run --rm -p 8000:8000 amazon/dynamodb-local, then set DESK_DYNAMODB_ENDPOINT=http://127.0.0.1:8000',
          },
    ),
    of('data', `a folder ${data} that can be written`, writable, (can) =>
      can
        ? { state: 'fine', seen: 'it can' }
        : {
            state: 'problem',
            seen: 'it cannot',
            remedy: 'Name another folder with --data, or take it into your hands.',
          },
    ),
    of('running', 'a desk, for the commands that ask one', running, (pid) =>
      pid === null
        ? { state: 'waits', seen: 'none runs with this data folder', remedy: 'npm start -- --empty' }
        : { state: 'fine', seen: `process ${pid}` },
    ),
    ...ports.map(({ port, free }) =>
      of('port', `port ${port} free, or this desk's`, free, (isFree) =>
        isFree || isRunning
          ? { state: 'fine', seen: isFree ? `${port} is free` : `${port} is taken; a desk is running` }
          : {
              state: 'problem',
              seen: `somebody else has ${port}`,
              remedy: `npm start -- --${port === 2525 ? 'smtp' : 'web'}-port ${port + 1}`,
            },
      ),
    ),
    of('browser', 'Chromium, only for pictures of mails (npm run contact-sheet)', browser, (there) => ({
      state: 'fine',
      seen: there ? 'there' : 'not there, and nothing else needs it',
    })),
  ];
}

const nodeWanted = `Node ${NEEDED_NODE} or newer`;

/** Any answer will do: without a signature it is a refusal. */
async function answering(endpoint: string): Promise<{ kind: 'named'; where: string }> {
  await fetch(endpoint, { signal: AbortSignal.timeout(LONGEST) });
  return { kind: 'named', where: endpoint };
}

function packaged(find: NodeJS.RequireResolve): { kind: 'packaged'; where: string } | null {
  const name = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;
  return isThere(name, find) ? { kind: 'packaged', where: find(name) } : null;
}

function isThere(name: string, find: NodeJS.RequireResolve): boolean {
  try {
    return find(name) !== '';
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

/** The folder, or the one in which it would be made. */
async function isWritable(data: string): Promise<boolean> {
  const can = (folder: string) =>
    access(folder, constants.W_OK).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : false),
    );
  return (await can(data)) ?? (await can(dirname(resolve(data)))) ?? false;
}

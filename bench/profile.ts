/**
 * Where the time of the functions' threads goes: V8 looks a thousand times a second at what each of them does. Bundles are
 * minified, and their source maps tell whose code it is.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CPUProfileHandle } from 'node:v8';
import type { Worker } from 'node:worker_threads';

export type Part = 'own' | 'sdk' | 'node' | 'wrapper' | 'collecting';

export interface Looks {
  /** How often each part was met. */
  parts: Record<Part, number>;
  /** The same by thread. */
  threads: Record<string, Record<Part, number>>;
  /** The same by source or what Node does, and whose doing it is. */
  places: Record<string, number>;
}

/** Begins in all that are there now; the answer ends it. */
export async function look(threads: readonly Worker[]): Promise<() => Promise<Looks>> {
  const begun = await Promise.all(
    threads.map(async (thread) => {
      const handle = await thread.startCpuProfile().catch(() => null);
      return handle ? [{ name: thread.threadName ?? '', handle }] : [];
    }),
  );
  return () => end(begun.flat());
}

async function end(begun: { name: string; handle: CPUProfileHandle }[]): Promise<Looks> {
  const looks: Looks = { parts: none(), threads: {}, places: {} };
  for (const { name, handle } of begun) {
    // One that has ended meanwhile takes with it what was seen.
    const profile = await handle.stop().catch(() => null);
    if (profile !== null) count(read(profile), name, looks);
  }
  return looks;
}

/** Regular expressions stand there as they are, with their backslashes and quotes, which is no JSON. */
function read(profile: string): Profile {
  return JSON.parse(
    profile.replace(
      /"functionName":"(.*?)","lineNumber"/g,
      (_, name) => `"functionName":${JSON.stringify(name)},"lineNumber"`,
    ),
  );
}

function none(): Record<Part, number> {
  return { own: 0, sdk: 0, node: 0, wrapper: 0, collecting: 0 };
}

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface Profile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[];
  samples: number[];
}

interface Frame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

function count({ nodes, samples }: Profile, thread: string, looks: Looks): void {
  const met = new Map<number, number>();
  for (const id of samples) met.set(id, (met.get(id) ?? 0) + 1);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ofThread = looks.threads[thread] ?? none();
  looks.threads[thread] = ofThread;
  /** What Node does by itself is on account of whoever asked for it. */
  const visit = (id: number, asked: string | null): void => {
    const node = byId.get(id);
    if (!node) return;
    const { callFrame, children = [] } = node;
    const source = sourceOf(callFrame) ?? asked;
    const times = met.get(id) ?? 0;
    if (times > 0 && callFrame.functionName !== '(idle)') {
      const part = partOf(callFrame, source);
      looks.parts[part] += times;
      ofThread[part] += times;
      const place = `${part} | ${callFrame.functionName || '(anonymous)'} | ${sourceOf(callFrame) ?? `${callFrame.url} for ${asked}`}`;
      looks.places[place] = (looks.places[place] ?? 0) + times;
    }
    for (const child of children) visit(child, source);
  };
  if (nodes[0]) visit(nodes[0].id, null);
}

/** With what stands in for parts of it. */
const SDK =
  /^aws\/(clients|attributes)\.ts|node_modules\/(@aws-sdk|@smithy|@aws-crypto|@aws|fast-xml-parser|fast-xml-builder|strnum|tslib|uuid|bowser)\//;
const WRAPPER = /node_modules\/(@aws-lambda-powertools|@middy|lodash\.merge)\/|^local\//;

function partOf({ functionName }: Frame, source: string | null): Part {
  if (functionName === '(garbage collector)') return 'collecting';
  if (source === null) return 'node';
  if (SDK.test(source)) return 'sdk';
  return WRAPPER.test(source) ? 'wrapper' : 'own';
}

/** The SDK's clients and what they share are built together and without maps (infra/bundle.ts). */
const CLIENTS = /\/((?:client-[a-z0-9-]+|chunk-[A-Z0-9]+)\.mjs)$/;
const maps = new Map<string, SourceMap | null>();

/** From the root of the repository; null of what is Node's own. */
function sourceOf({ url, lineNumber, columnNumber }: Frame): string | null {
  if (!url.startsWith('file:')) return null;
  if (url.includes('/.generated/worker-')) return 'local/worker.ts';
  const map = maps.get(url) ?? mapOf(url);
  maps.set(url, map);
  const found = map?.findEntry(lineNumber, columnNumber);
  if (found && 'originalSource' in found) return found.originalSource.replace(/^(\.\.\/)+/, '');
  const [, client] = map ? [] : (CLIENTS.exec(url) ?? []);
  return client ? `node_modules/@aws-sdk/${client}` : url;
}

function mapOf(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Lambda: each function's bundle in threads of its own, with the environment, memory, time-out and handler that the
 * template gives it. A thread serves one invocation at a time, as an execution environment does; it is kept for the
 * next one, ended by a time-out, and given back when nothing has asked for it for a while.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { WriteStream } from 'node:fs';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type * as Esbuild from 'esbuild';
import type { FunctionFault, Renewal, Reply, WorkerData } from './worker.ts';

export interface FunctionSetting {
  /** Logical id: also the access key id with which the function calls AWS, and the name of its log. */
  id: string;
  arn: string;
  name: string;
  /** The asset's folder. */
  folder: string;
  /** `index.handler` */
  handler: string;
  environment: Record<string, string>;
  /** MB */
  memory: number;
  /** Seconds. */
  timeout: number;
  /** Is each call traced by X-Ray? */
  traced?: boolean;
}

/** Hears what AWS would bill. */
export interface Heard {
  /** Real ms from the call to its end. */
  ran(setting: FunctionSetting, ms: number): void;
  /** Real ms from nothing until it could be called. */
  loaded(setting: FunctionSetting, ms: number): void;
  logged(setting: FunctionSetting, text: string): void;
}

const UNHEARD: Heard = { ran() {}, loaded() {}, logged() {} };

export type Outcome = { ok: true; value: unknown } | { ok: false; fault: FunctionFault };

export interface Functions {
  /** Waits for its turn when all threads of the function are busy. Never throws for what the function does. */
  invoke(arn: string, event: unknown): Promise<Outcome>;
  /** How many invocations of the function can run at once. */
  most: number;
  isBusy(): boolean;
  /**
   * Gives every function another environment, as a change of its configuration does: what runs ends in the old one,
   * then `change` is called, and what comes next runs in the new one. In between nothing begins. One call at a time.
   * A thread that is there stays, where Lambda would begin another: to load them all anew costs seconds.
   */
  renew(change: () => (setting: FunctionSetting) => Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

/** More threads of one function than this only wait for each other. */
const MOST_THREADS = Math.min(4, Math.max(2, availableParallelism()));
/** Lambda gives each call that finds nobody free an environment at once. Here a thread takes about as long to load. */
const WORTH_A_THREAD_MS = 400;
/** In its first call a thread loads what it calls AWS with. Others would only do the same beside it, unless it takes longer than that. */
const FIRST_CALL_MS = 3_000;
/** The first thread of a function stays as long as an environment of Lambda does; those beside it were for a burst. */
const IDLE_MS = 5 * 60_000;
const SPARE_IDLE_MS = 30_000;
/** V8's own choice is 48 MB in each thread, which it fills before it cleans up. Less costs no time that can be measured. */
const YOUNG_MB = 12;
/**
 * What a thread loads stays. V8 begins with so little room for it that it looks through it seven times meanwhile, each time
 * with help from other threads, for which two processors have better work. In MB.
 */
const V8_FLAGS = ['--min-semi-space-size=4', '--initial-old-space-size=32', '--no-parallel-scavenge'];
/** Lambda gives a cold start ten seconds. A laptop that starts everything at once may need longer. */
const INIT_MS = 30_000;
/** Octets of a payload that Lambda takes and gives. */
const LARGEST_PAYLOAD = 6 * 1024 * 1024;

interface Thread {
  worker: Worker;
  ready: boolean;
  /** When its first call began, by `performance.now()`, until that has ended: then it is warm. */
  firstCall: number | 'to-come' | 'warm';
  busy: { requestId: string; finish: (outcome: Outcome) => void } | null;
  idle: NodeJS.Timeout | undefined;
}

interface Pool {
  setting: FunctionSetting;
  log: WriteStream;
  threads: Set<Thread>;
  /** `since` by `performance.now()`. */
  waiting: { event: unknown; since: number; resolve: (outcome: Outcome) => void }[];
  look: NodeJS.Timeout | undefined;
}

export function openFunctions(
  dataDir: string,
  environment: (id: string) => Record<string, string>,
  settings: FunctionSetting[],
  hear: Heard = UNHEARD,
): Functions {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const pools = new Map<string, Pool>(
    settings.map((setting) => [
      setting.arn,
      {
        setting,
        log: createWriteStream(join(logs, `${setting.id}.log`), { flags: 'a' }),
        threads: new Set(),
        waiting: [],
        look: undefined,
      },
    ]),
  );
  let stopping = false;
  let held = false;
  let oneEnded = () => {};

  const start = (pool: Pool): Thread => {
    const { setting } = pool;
    const [file, exported = 'handler'] = setting.handler.split('.');
    const data: WorkerData = {
      module: join(setting.folder, `${file}.mjs`),
      export: exported,
      context: {
        functionName: setting.name,
        functionVersion: '$LATEST',
        invokedFunctionArn: setting.arn,
        memoryLimitInMB: String(setting.memory),
        logGroupName: `/aws/lambda/${setting.name}`,
        logStreamName: 'laptop',
      },
      // Goes with the assembly that it was made of.
      compiled: join(setting.folder, '..', 'compiled'),
    };
    const worker = new Worker(withoutTypes(), {
      // The thread's name in profiles, and where the system lists threads.
      name: setting.id,
      workerData: data,
      env: { ...environment(setting.id), ...setting.environment, ...runtimeVariables(setting) },
      resourceLimits: { maxOldGenerationSizeMb: setting.memory, maxYoungGenerationSizeMb: YOUNG_MB },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdout: true,
      stderr: true,
    });
    for (const output of [worker.stdout, worker.stderr])
      output.on('data', (text) => {
        if (stopping) return;
        pool.log.write(text);
        hear.logged(setting, String(text));
      });

    const since = performance.now();
    const thread: Thread = { worker, ready: false, firstCall: 'to-come', busy: null, idle: undefined };
    const cold = setTimeout(() => {
      lose(pool, thread, {
        errorType: 'Sandbox.Timedout',
        errorMessage: `The function did not load within ${INIT_MS / 1000} seconds`,
        trace: [],
      });
    }, INIT_MS);
    worker.on('message', (reply: Reply) => {
      switch (reply.kind) {
        case 'ready':
          clearTimeout(cold);
          thread.ready = true;
          hear.loaded(setting, performance.now() - since);
          return next(pool);
        case 'broken':
          clearTimeout(cold);
          return lose(pool, thread, reply.fault);
        case 'done':
          return finish(pool, thread, reply.requestId, answered(reply.payload));
        case 'failed':
          pool.log.write(
            `${JSON.stringify({ level: 'ERROR', message: 'Invoke Error', requestId: reply.requestId, ...reply.fault })}\n`,
          );
          return finish(pool, thread, reply.requestId, { ok: false, fault: reply.fault });
      }
    });
    worker.on('error', (error) => {
      clearTimeout(cold);
      // Out of memory, or a rejection that nobody handled: Lambda sees that the process has ended.
      lose(pool, thread, {
        errorType: 'Runtime.ExitError',
        errorMessage: (error as Error).message,
        trace: [],
      });
    });
    worker.on('exit', () => {
      clearTimeout(cold);
      lose(pool, thread, {
        errorType: 'Runtime.ExitError',
        errorMessage: 'The function ended its process',
        trace: [],
      });
    });
    pool.threads.add(thread);
    return thread;
  };

  /** Ends a thread; whoever waited for its answer gets the fault. With no thread left to load, everybody who waits does. */
  const lose = (pool: Pool, thread: Thread, fault: FunctionFault) => {
    if (!pool.threads.delete(thread)) return;
    clearTimeout(thread.idle);
    thread.worker.terminate();
    if (stopping) return;
    pool.log.write(`${JSON.stringify({ level: 'ERROR', message: 'The thread ended', ...fault })}\n`);
    if (thread.busy) thread.busy.finish({ ok: false, fault });
    else if (!thread.ready) pool.waiting.shift()?.resolve({ ok: false, fault });
    next(pool);
  };

  const finish = (pool: Pool, thread: Thread, requestId: string, outcome: Outcome) => {
    if (thread.busy?.requestId !== requestId) return;
    thread.busy.finish(outcome);
    next(pool);
  };

  const next = (pool: Pool) => {
    if (stopping || held) return;
    for (const thread of pool.threads) {
      if (pool.waiting.length === 0) break;
      if (thread.ready && !thread.busy) serve(pool, thread);
    }
    const first = pool.waiting[0];
    const isLoading = [...pool.threads].some(({ ready }) => !ready);
    if (!first || isLoading || pool.threads.size >= MOST_THREADS) return;
    const firstCalls = [...pool.threads].flatMap(({ firstCall }) =>
      typeof firstCall === 'number' ? [firstCall + FIRST_CALL_MS] : [],
    );
    const worth = Math.max(first.since + WORTH_A_THREAD_MS, ...firstCalls);
    const left = pool.threads.size === 0 ? 0 : worth - performance.now();
    clearTimeout(pool.look);
    if (left <= 0) start(pool);
    else pool.look = setTimeout(next, left, pool);
  };

  const serve = (pool: Pool, thread: Thread) => {
    const call = pool.waiting.shift();
    if (!call) return;
    clearTimeout(thread.idle);
    const requestId = randomUUID();
    const { timeout } = pool.setting;
    const limit = setTimeout(() => {
      lose(pool, thread, {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`,
        trace: [],
      });
    }, timeout * 1000);
    // A desk that ends while a function runs does not wait for its time-out.
    limit.unref();
    const since = performance.now();
    if (thread.firstCall === 'to-come') thread.firstCall = since;
    thread.busy = {
      requestId,
      finish(outcome) {
        clearTimeout(limit);
        thread.firstCall = 'warm';
        hear.ran(pool.setting, performance.now() - since);
        thread.busy = null;
        const isFirst = pool.threads.values().next().value === thread;
        thread.idle = setTimeout(
          () => {
            pool.threads.delete(thread);
            thread.worker.terminate();
          },
          isFirst ? IDLE_MS : SPARE_IDLE_MS,
        );
        thread.idle.unref();
        call.resolve(outcome);
        oneEnded();
      },
    };
    thread.worker.postMessage({ requestId, event: call.event, deadline: Date.now() + timeout * 1000 });
  };

  return {
    most: MOST_THREADS,
    isBusy: () =>
      [...pools.values()].some(
        ({ threads, waiting }) => waiting.length > 0 || [...threads].some(({ busy }) => busy),
      ),
    invoke(arn, event) {
      const pool = pools.get(arn);
      if (!pool)
        return Promise.resolve({
          ok: false,
          fault: {
            errorType: 'ResourceNotFoundException',
            errorMessage: `Function not found: ${arn}`,
            trace: [],
          },
        });
      return new Promise((resolve) => {
        pool.waiting.push({ event, since: performance.now(), resolve });
        next(pool);
      });
    },
    async renew(change) {
      held = true;
      while (!stopping && [...pools.values()].some(({ threads }) => [...threads].some(({ busy }) => busy)))
        await new Promise<void>((resolve) => {
          oneEnded = resolve;
        });
      if (stopping) return;
      const environmentOf = change();
      for (const pool of pools.values()) {
        pool.setting = { ...pool.setting, environment: environmentOf(pool.setting) };
        const renewal: Renewal = { environment: pool.setting.environment };
        for (const { worker } of pool.threads) worker.postMessage(renewal);
      }
      held = false;
      for (const pool of pools.values()) next(pool);
    },
    async stop() {
      stopping = true;
      oneEnded();
      for (const { threads, log, look } of pools.values()) {
        clearTimeout(look);
        for (const { worker, idle } of threads) {
          clearTimeout(idle);
          await worker.terminate();
        }
        threads.clear();
        log.end();
      }
    },
  };
}

/**
 * Each thread that begins with TypeScript would first load the compiler that takes the types out, for longer than all the
 * rest of its start takes. So that is done once, and kept.
 */
function withoutTypes(): string {
  const source = readFileSync(new URL('worker.ts', import.meta.url), 'utf8');
  const name = `worker-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.mjs`;
  const folder = join(import.meta.dirname, '..', '.generated');
  const file = join(folder, name);
  if (existsSync(file)) return file;
  // Those of earlier sources: whoever still runs one makes it anew.
  for (const other of readdirSync(folder))
    if (/^worker-[0-9a-f]{16}\.mjs$/.test(other) && other !== name)
      rmSync(join(folder, other), { force: true });
  const { transformSync }: typeof Esbuild = createRequire(import.meta.url)('esbuild');
  // Another desk may make the same at this moment: each writes its own, and whichever is renamed last is as good.
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(mine, transformSync(source, { loader: 'ts' }).code);
  renameSync(mine, file);
  return file;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, Defined runtime environment variables. */
function runtimeVariables(setting: FunctionSetting): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: setting.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(setting.memory),
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: setting.folder,
    _HANDLER: setting.handler,
    TZ: ':UTC',
  };
}

function answered(payload: string): Outcome {
  if (Buffer.byteLength(payload) > LARGEST_PAYLOAD) {
    return {
      ok: false,
      fault: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
        trace: [],
      },
    };
  }
  return { ok: true, value: JSON.parse(payload) };
}

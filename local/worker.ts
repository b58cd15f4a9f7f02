/**
 * What runs in a function's thread: Lambda's Node runtime in small. It imports the bundle once and answers one
 * invocation after the other.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

export interface WorkerData {
  /** Absolute path of the module that Handler names. */
  module: string;
  export: string;
  context: Record<string, string>;
  /** Folder in which is kept what V8 made of the code: loading it anew then takes half the time. */
  compiled: string;
}

export interface Invocation {
  requestId: string;
  event: unknown;
  /** Epoch ms of real time at which Lambda would end it. */
  deadline: number;
}

/** Another environment for the invocations that come: a change of the function's configuration. */
export interface Renewal {
  environment: Record<string, string>;
}

export type Reply =
  | { kind: 'ready' }
  | { kind: 'broken'; fault: FunctionFault }
  | { kind: 'done'; requestId: string; payload: string }
  | { kind: 'failed'; requestId: string; fault: FunctionFault };

/** The payload that Lambda makes of an error. */
export interface FunctionFault {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

if (parentPort) run(parentPort, workerData as WorkerData);

function run(port: NonNullable<typeof parentPort>, data: WorkerData): void {
  const say = (reply: Reply) => port.postMessage(reply);
  enableCompileCache(data.compiled);
  const handler = import(pathToFileURL(data.module).href).then((module) => module[data.export]);
  handler.then(
    (work) =>
      say(
        typeof work === 'function'
          ? { kind: 'ready' }
          : {
              kind: 'broken',
              fault: {
                errorType: 'Runtime.HandlerNotFound',
                errorMessage: `${data.export} is not exported`,
                trace: [],
              },
            },
      ),
    (error) => say({ kind: 'broken', fault: faultOf(error) }),
  );
  let kept = false;
  // By now it has loaded what it calls AWS with. A thread does not live to its end, at which Node would do so by itself.
  const keep = () => {
    if (!kept) flushCompileCache();
    kept = true;
  };
  port.on('message', async (message: Invocation | Renewal) => {
    if ('environment' in message) return Object.assign(process.env, message.environment);
    const { requestId, event, deadline } = message;
    const context = {
      ...data.context,
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    try {
      const value = await (await handler)(event, context);
      // As Lambda does: what JSON cannot say is not answered, and undefined is null.
      say({ kind: 'done', requestId, payload: JSON.stringify(value ?? null) });
      keep();
    } catch (error) {
      say({ kind: 'failed', requestId, fault: faultOf(error) });
    }
  });
}

function faultOf(error: unknown): FunctionFault {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type FunctionSetting, openFunctions } from '../../local/functions.ts';
import { temporaryFolder } from './world.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:Desk-Work';

/** A function whose bundle has the text as its `index.mjs`. */
function open(text: string, more: Partial<FunctionSetting> = {}, environment: Record<string, string> = {}) {
  const dataDir = temporaryFolder();
  const folder = join(dataDir, 'asset');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.mjs'), text);
  const setting = {
    id: 'Work',
    arn,
    name: 'Desk-Work',
    folder,
    handler: 'index.handler',
    environment: {},
    memory: 128,
    timeout: 5,
    ...more,
  };
  const functions = openFunctions(dataDir, () => environment, [setting]);
  onTestFinished(() => functions.stop());
  return {
    invoke: (event: unknown = {}) => functions.invoke(arn, event),
    functions,
    log: () => readFileSync(join(dataDir, 'logs', 'Work.log'), 'utf8'),
  };
}

test('a function gets its event and answers as Lambda does: what JSON cannot say is not answered', async () => {
  const { invoke } = open(
    'export const handler = async ({ a }) => ({ a, not: undefined, when: new Date(0) });',
  );
  expect(await invoke({ a: 1 })).toEqual({ ok: true, value: { a: 1, when: '1970-01-01T00:00:00.000Z' } });
});

test('a function that returns nothing answers null', async () => {
  const { invoke } = open('export const handler = async () => {};');
  expect(await invoke()).toEqual({ ok: true, value: null });
});

test('a function sees its own environment and nothing of this process’s', async () => {
  process.env.OF_THIS_PROCESS = 'secret';
  const { invoke } = open(
    'export const handler = async () => process.env;',
    { environment: { DESK_TABLE: 'Desk-Table' } },
    { AWS_REGION: 'us-east-1' },
  );
  const { value } = (await invoke()) as { value: Record<string, string> };
  expect(value).toMatchObject({
    DESK_TABLE: 'Desk-Table',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'Desk-Work',
    _HANDLER: 'index.handler',
  });
  expect(value.OF_THIS_PROCESS).toBeUndefined();
});

test('a function knows who it is and how long it has left', async () => {
  const { invoke } = open(
    'export const handler = async (_, c) => ({ arn: c.invokedFunctionArn, left: c.getRemainingTimeInMillis(), id: c.awsRequestId.length });',
  );
  const { value } = (await invoke()) as { value: { left: number } };
  expect(value).toMatchObject({ arn, id: 36 });
  expect(value.left).toBeGreaterThan(3000);
  expect(value.left).toBeLessThanOrEqual(5000);
});

test('what a function throws comes back with its name', async () => {
  const { invoke } = open(
    "export const handler = async () => { class ConflictError extends Error { name = 'ConflictError'; } throw new ConflictError('again'); };",
  );
  expect(await invoke()).toMatchObject({
    ok: false,
    fault: {
      errorType: 'ConflictError',
      errorMessage: 'again',
      trace: expect.arrayContaining([expect.stringContaining('index.mjs')]),
    },
  });
});

test('a warm function keeps what it has in memory', async () => {
  const { invoke } = open('let calls = 0; export const handler = async () => ++calls;');
  await invoke();
  expect(await invoke()).toEqual({ ok: true, value: 2 });
});

test('a function that takes too long is ended, and the next call begins anew', async () => {
  const { invoke } = open(
    'let calls = 0; export const handler = ({ hang }) => hang ? new Promise(() => setInterval(() => {}, 1000)) : ++calls;',
    { timeout: 0.3 },
  );
  await invoke();
  expect(await invoke({ hang: true })).toMatchObject({
    ok: false,
    fault: {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('timed out after 0.30 seconds'),
    },
  });
  expect(await invoke()).toEqual({ ok: true, value: 1 });
});

test('a function that never yields is ended as well', async () => {
  const { invoke } = open('export const handler = () => { for (;;); };', { timeout: 0.3 });
  expect(await invoke()).toMatchObject({ ok: false, fault: { errorType: 'Sandbox.Timedout' } });
});

test('a function that takes more memory than it has is ended', async () => {
  const { invoke } = open(
    "export const handler = async ({ hog }) => { const all = []; while (hog) all.push(Array(100_000).fill({}).map(() => ({ a: 'x' }))); return 'small'; };",
    { memory: 64, timeout: 30 },
  );
  expect(await invoke({ hog: true })).toMatchObject({ ok: false, fault: { errorType: 'Runtime.ExitError' } });
  expect(await invoke()).toEqual({ ok: true, value: 'small' });
});

test('a rejection that nobody handles ends the thread, not the desk', async () => {
  const { invoke } = open(
    "export const handler = async ({ bad }) => { if (bad) { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 500)); } return 'fine'; };",
  );
  expect(await invoke({ bad: true })).toMatchObject({ ok: false, fault: { errorType: 'Runtime.ExitError' } });
  expect(await invoke()).toEqual({ ok: true, value: 'fine' });
});

test('a bundle that cannot be loaded, or has no such handler, says so for each call', async () => {
  const { invoke } = open("throw new TypeError('broken at the top'); export const handler = 1;");
  expect(await Promise.all([invoke(), invoke()])).toMatchObject([
    { ok: false, fault: { errorMessage: 'broken at the top' } },
    { ok: false, fault: { errorMessage: 'broken at the top' } },
  ]);
  const { invoke: other } = open('export const other = () => {};');
  expect(await other()).toMatchObject({ ok: false, fault: { errorType: 'Runtime.HandlerNotFound' } });
});

test('one thread serves one invocation at a time, and more wait for their turn', async () => {
  const { invoke, functions } = open(
    'let inside = 0; export const handler = async () => { const now = ++inside; await new Promise((r) => setTimeout(r, 20)); inside--; return now; };',
  );
  const outcomes = await Promise.all(Array.from({ length: functions.most * 3 }, () => invoke()));
  expect(outcomes).toEqual(outcomes.map(() => ({ ok: true, value: 1 })));
});

test('a second thread is begun only when a call has waited as long as a thread takes to load', async () => {
  const { invoke } = open(`
    import { threadId } from 'node:worker_threads';
    export const handler = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, threadId));
  `);
  const threadsFor = async (calls: number, ms: number) => {
    const outcomes = await Promise.all(Array.from({ length: calls }, () => invoke({ ms })));
    return new Set(outcomes.map((outcome) => outcome.ok && outcome.value)).size;
  };
  expect(await threadsFor(3, 20)).toBe(1);
  expect(await threadsFor(2, 2_000)).toBe(2);
});

test('an answer above 6 MB is a failure of its own', async () => {
  const { invoke } = open("export const handler = async () => 'x'.repeat(7 * 1024 * 1024);");
  expect(await invoke()).toMatchObject({ ok: false, fault: { errorType: 'Function.ResponseSizeTooLarge' } });
});

test('what a function writes is in its log', async () => {
  const { invoke, log } = open("export const handler = async () => console.log('was here');");
  await invoke();
  await vi.waitFor(() => expect(log()).toContain('was here'));
});

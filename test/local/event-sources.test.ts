import { expect, test, vi } from 'vitest';
import type { StreamRecord, Tables } from '../../local/dynamodb.ts';
import {
  matches,
  type QueueSourceSetting,
  type StreamSourceSetting,
  startQueueSource,
  startStreamSource,
} from '../../local/event-sources.ts';
import type { Outcome } from '../../local/functions.ts';
import { openQueues, type QueueSetting } from '../../local/queues.ts';
import { ARN, type Ground, noFaults, openGround } from './world.ts';

const queue = (name: string, more: Partial<QueueSetting> = {}): QueueSetting => ({
  name,
  arn: ARN.queue(name),
  visibilityTimeout: 60,
  delay: 0,
  retention: 1_209_600,
  largestMessage: 1_048_576,
  deadLetter: null,
  ...more,
});
const functionArn = 'arn:f';
const done = (value: unknown = null): Outcome => ({ ok: true, value });
const failed: Outcome = { ok: false, fault: { errorType: 'Error', errorMessage: 'why', trace: [] } };

interface Event {
  Records: {
    messageId: string;
    body: string;
    attributes: Record<string, string>;
    dynamodb: { SequenceNumber: string };
  }[];
}

function functionThat(answer: (event: Event) => Outcome | Promise<Outcome>) {
  const invoke = vi.fn(async (_: string, event: unknown) => answer(event as Event));
  return {
    functions: { invoke, most: 4 },
    invoke,
  };
}

function openQueueSource(
  answer: (event: Event) => Outcome | Promise<Outcome>,
  more: Partial<QueueSourceSetting> = {},
  visibilityTimeout = 60,
  speed = 1,
) {
  const { state, clock, whenClosing } = openGround();
  const queues = openQueues(state, clock, [
    queue('Work', { visibilityTimeout, deadLetter: { arn: ARN.queue('Dead'), maxReceiveCount: 2 } }),
    queue('Dead'),
  ]);
  whenClosing(() => queues.stop());
  const { functions, invoke } = functionThat(answer);
  const setting = {
    id: 'Source',
    functionArn,
    queueArn: ARN.queue('Work'),
    batchSize: 1,
    batchingWindow: 0,
    maxConcurrency: 2,
    reportBatchItemFailures: true,
    ...more,
  };
  const source = startQueueSource({ functions, queues, region: 'us-east-1', clock: { speed } }, setting);
  whenClosing(() => source.stop());
  return {
    queues,
    invoke,
    source,
    send: (body: string) => queues.send(ARN.queue('Work'), body),
    idle: () => vi.waitFor(() => expect(source.isBusy()).toBe(false), { timeout: 5000 }),
  };
}

test('a message calls the function soon, and is gone when it succeeded', async () => {
  const { send, invoke, idle, queues } = openQueueSource(() => done({ batchItemFailures: [] }));
  const messageId = send('{"a":1}');
  await vi.waitFor(() => expect(invoke).toHaveBeenCalled(), { timeout: 500 });
  expect(invoke.mock.calls[0]?.[1]).toMatchObject({
    Records: [
      {
        messageId,
        body: '{"a":1}',
        attributes: { ApproximateReceiveCount: '1' },
        eventSource: 'aws:sqs',
        eventSourceARN: ARN.queue('Work'),
        awsRegion: 'us-east-1',
      },
    ],
  });
  await idle();
  expect(queues.receive(ARN.queue('Work'), 10)).toEqual([]);
});

test('of a batch only the items that the function names come back', async () => {
  const bodies: string[] = [];
  const { send, idle } = openQueueSource(
    ({ Records }) => {
      bodies.push(...Records.map(({ body }) => body));
      const bad = Records.filter(
        ({ body }) => body === 'bad' && bodies.filter((each) => each === 'bad').length === 1,
      );
      return done({ batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) });
    },
    { batchSize: 10, maxConcurrency: 1 },
    0.2,
  );
  for (const body of ['good', 'bad', 'fine']) send(body);
  await vi.waitFor(() => expect(bodies).toHaveLength(4), { timeout: 3000 });
  expect(bodies.toSorted()).toEqual(['bad', 'bad', 'fine', 'good']);
  await idle();
});

test.each<[string, Outcome]>([
  ['throws', failed],
  ['names an item that was not in the batch', done({ batchItemFailures: [{ itemIdentifier: 'other' }] })],
  ['names an item without an identifier', done({ batchItemFailures: [{}] })],
])(
  'when the function %s, the whole batch comes back and at last lies in the dead-letter queue',
  async (_, outcome) => {
    const { send, queues, invoke } = openQueueSource(() => outcome, { batchSize: 10 }, 0.1);
    send('poison');
    const dead = await vi.waitFor(
      () => {
        const [message] = queues.receive(ARN.queue('Dead'), 1);
        if (!message) throw new Error('not yet');
        return message;
      },
      { timeout: 3000 },
    );
    expect(dead.body).toBe('poison');
    expect(invoke).toHaveBeenCalledTimes(2);
  },
);

test('no more invocations run at once than the mapping allows', async () => {
  let inside = 0;
  let most = 0;
  const { send, idle, invoke } = openQueueSource(
    async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      return done();
    },
    { maxConcurrency: 2 },
  );
  for (let n = 0; n < 10; n++) send(String(n));
  await idle();
  expect(invoke).toHaveBeenCalledTimes(10);
  expect(most).toBe(2);
});

test('a batching window gathers what comes within it', async () => {
  const { send, invoke } = openQueueSource(() => done(), { batchSize: 10, batchingWindow: 0.2 });
  for (const body of ['a', 'b', 'c']) send(body);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalled(), { timeout: 3000 });
  expect(invoke.mock.calls[0]?.[1]).toMatchObject({ Records: [{ body: 'a' }, { body: 'b' }, { body: 'c' }] });
});

test('a batch that is full does not wait for its window, and what comes after it does', async () => {
  const { send, invoke, source } = openQueueSource(() => done(), { batchSize: 2, batchingWindow: 300 });
  for (const body of ['a', 'b', 'c']) send(body);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalled(), { timeout: 3000 });
  expect(invoke.mock.calls.map(([, event]) => (event as Event).Records.length)).toEqual([2]);
  expect(source.isBusy()).toBe(true);
});

test('a window is of desk time: on a quick desk nothing is later than in AWS', async () => {
  const window = { batchSize: 10, batchingWindow: 300 };
  const { send, idle, invoke } = openQueueSource(() => done(), window, 60, 3600);
  for (const body of ['a', 'b']) send(body);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalled(), { timeout: 3000 });
  await idle();
  expect(invoke.mock.calls.map(([, event]) => (event as Event).Records.length)).toEqual([2]);
});

/** A table's stream in memory, in place of the engine, which has tests of its own. */
function streamOf(...subjects: string[]) {
  const records: StreamRecord[] = [];
  const wakes: (() => void)[] = [];
  const write = (sk: string, eventName = 'INSERT') => {
    const sequence = String(records.length + 1);
    records.push({
      sequence,
      record: { eventName, dynamodb: { SequenceNumber: sequence, Keys: { sk: { S: sk } } } },
    });
    for (const wake of wakes) wake();
  };
  for (const subject of subjects) write(subject);
  const tables = {
    onWrite: (wake: () => void) => void wakes.push(wake),
    readStream: async (_: string, after: string | null, most: number) =>
      records.filter(({ sequence }) => Number(sequence) > Number(after ?? 0)).slice(0, most),
    trimStream: vi.fn(),
  } as unknown as Tables;
  return { tables, write };
}

function openStreamSource(
  { state, clock, whenClosing }: Ground,
  { tables }: ReturnType<typeof streamOf>,
  answer: (event: Event) => Outcome | Promise<Outcome>,
  more: Partial<StreamSourceSetting> = {},
  readers = ['Source'],
) {
  const queues = openQueues(state, clock, [queue('Failures')]);
  const { functions, invoke } = functionThat(answer);
  const setting = {
    id: 'Source',
    functionArn,
    table: 'Desk-Table',
    streamArn: 'arn:stream',
    batchSize: 100,
    batchingWindow: 0,
    filters: [],
    maximumRetryAttempts: 1,
    bisect: true,
    reportBatchItemFailures: true,
    onFailureQueueArn: ARN.queue('Failures'),
    ...more,
  };
  const source = startStreamSource(
    { functions, queues, region: 'us-east-1', state, tables, clock, report: noFaults },
    setting,
    readers,
  );
  whenClosing(() => {
    source.stop();
    queues.stop();
  });
  const handed = () =>
    invoke.mock.calls.map(([, event]) =>
      (event as Event).Records.map(({ dynamodb }) => dynamodb.SequenceNumber),
    );
  return {
    invoke,
    handed,
    queues,
    idle: () => vi.waitFor(() => expect(source.isBusy()).toBe(false), { timeout: 8000 }),
  };
}

test('records come in their order, those from before the start too', async () => {
  const stream = streamOf('EVENT#1', 'EVENT#2');
  const { handed, idle, invoke } = openStreamSource(openGround(), stream, () => done());
  await idle();
  stream.write('EVENT#3');
  await idle();
  expect(handed()).toEqual([['1', '2'], ['3']]);
  expect(invoke.mock.calls[0]?.[1]).toMatchObject({
    Records: [{ eventSourceARN: 'arn:stream', awsRegion: 'us-east-1' }, {}],
  });
});

test('a full batch is followed by the next, without another write', async () => {
  const { handed, idle } = openStreamSource(openGround(), streamOf('a', 'b', 'c', 'd', 'e'), () => done(), {
    batchSize: 2,
  });
  await idle();
  expect(handed()).toEqual([['1', '2'], ['3', '4'], ['5']]);
});

test('only records that match the filter are handed over', async () => {
  const stream = streamOf();
  const filter = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }] } } } };
  const { handed, idle } = openStreamSource(openGround(), stream, () => done(), { filters: [filter] });
  stream.write('TICKET');
  stream.write('EVENT#1', 'MODIFY');
  stream.write('EVENT#2');
  await idle();
  expect(handed().flat()).toEqual(['3']);
});

test('from the first item that failed on, a batch is repeated; what came before it is done', async () => {
  let calls = 0;
  const { handed, idle } = openStreamSource(
    openGround(),
    streamOf('a', 'b', 'c'),
    () => done({ batchItemFailures: calls++ === 0 ? [{ itemIdentifier: '2' }] : [] }),
    { bisect: false },
  );
  await idle();
  expect(handed()).toEqual([
    ['1', '2', '3'],
    ['2', '3'],
  ]);
});

test('a poison record is found by halving, and the failure destination hears of it alone', async () => {
  const poison = ({ Records }: Event) =>
    Records.some(({ dynamodb }) => dynamodb.SequenceNumber === '3') ? failed : done();
  const { handed, idle, queues } = openStreamSource(openGround(), streamOf('a', 'b', 'c', 'd'), poison);
  await idle();
  const [message, ...others] = queues.receive(ARN.queue('Failures'), 10);
  expect(others).toEqual([]);
  expect(JSON.parse(message?.body ?? '')).toMatchObject({
    requestContext: { functionArn, condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    DDBStreamBatchInfo: {
      startSequenceNumber: '3',
      endSequenceNumber: '3',
      batchSize: 1,
      streamArn: 'arn:stream',
    },
  });
  expect(handed().filter((batch) => batch.length === 1)).toEqual([['3'], ['3'], ['4']]);
});

test('a restart goes on after the last batch that was done', async () => {
  const ground = openGround();
  const stream = streamOf('a', 'b');
  const first = openStreamSource(ground, stream, () => done());
  await first.idle();
  ground.close();
  stream.write('c');
  const later = openStreamSource(openGround({ dataDir: ground.dataDir }), stream, () => done());
  await later.idle();
  expect(later.handed()).toEqual([['3']]);
});

test('a window gathers what is written within it, and whoever waits for more is not busy', async () => {
  const stream = streamOf('a');
  const { handed, invoke, idle } = openStreamSource(openGround(), stream, () => done(), {
    batchingWindow: 0.2,
  });
  await idle();
  stream.write('b');
  expect(invoke).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(handed()).toEqual([['1', '2']]), { timeout: 3000 });
});

test('the stream forgets what its slowest reader has behind it, and nothing while one has read nothing', async () => {
  const subjects = Array.from({ length: 1000 }, () => 'a');
  const trimmedWith = async (other: string | null) => {
    const ground = openGround();
    const stream = streamOf(...subjects);
    if (other) ground.state.write('stream:Other', other);
    await openStreamSource(ground, stream, () => done(), {}, ['Source', 'Other']).idle();
    return vi.mocked(stream.tables.trimStream).mock.calls;
  };
  expect(await trimmedWith(null)).toEqual([]);
  expect(await trimmedWith('99')).toEqual([['Desk-Table', '99']]);
  expect(await trimmedWith('2000')).toEqual([['Desk-Table', '1000']]);
});

test.each<[object, object, boolean]>([
  [{ a: ['x'] }, { a: 'x' }, true],
  [{ a: ['x', 'y'] }, { a: 'z' }, false],
  [{ a: [null] }, { a: null }, true],
  [{ a: { b: [{ suffix: '.pdf' }] } }, { a: { b: 'x.pdf' } }, true],
  [{ a: [{ exists: false }] }, {}, true],
  [{ a: [{ exists: true }] }, {}, false],
  [{ a: [{ 'anything-but': ['x'] }] }, { a: 'x' }, false],
  [{ a: ['x'], b: ['y'] }, { a: 'x' }, false],
])('the pattern %j matches %j: %s', (pattern, record, expected) => {
  expect(matches(pattern as never, record)).toBe(expected);
});

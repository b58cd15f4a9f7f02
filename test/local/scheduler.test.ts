import { expect, test, vi } from 'vitest';
import type { Outcome } from '../../local/functions.ts';
import { nextOccurrence, type ScheduleSetting, startScheduler } from '../../local/scheduler.ts';
import { type Ground, openGround } from './world.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (epoch: number | null) => (epoch === null ? null : new Date(epoch).toISOString());

test.each<[string, string, string | null, string, string | null]>([
  // A rate begins when it is made, and keeps its beat.
  ['rate(1 hour)', 'UTC', null, '2026-03-02T12:10:00Z', '2026-03-02T12:10:00.000Z'],
  ['rate(1 hour)', 'UTC', '2026-03-02T12:10:00Z', '2026-03-02T12:10:00Z', '2026-03-02T13:10:00.000Z'],
  ['rate(5 minutes)', 'UTC', '2026-03-02T12:00:00Z', '2026-03-02T12:01:00Z', '2026-03-02T12:05:00.000Z'],
  // What was missed is made up for once.
  ['rate(1 hour)', 'UTC', '2026-03-02T12:10:00Z', '2026-03-02T17:30:00Z', '2026-03-02T17:10:00.000Z'],
  ['cron(0 8 ? * MON-FRI *)', 'UTC', null, '2026-03-06T08:00:01Z', '2026-03-09T08:00:00.000Z'],
  // Eight in Berlin is seven in UTC in winter and six in summer.
  ['cron(0 8 * * ? *)', 'Europe/Berlin', null, '2026-03-28T12:00:00Z', '2026-03-29T06:00:00.000Z'],
  ['cron(0 8 * * ? *)', 'Europe/Berlin', null, '2026-03-27T12:00:00Z', '2026-03-28T07:00:00.000Z'],
  ['cron(0 8 1 * ? *)', 'UTC', '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z', '2026-04-01T08:00:00.000Z'],
  ['at(2026-03-02T12:00:00)', 'America/New_York', null, '2026-03-02T00:00:00Z', '2026-03-02T17:00:00.000Z'],
  ['at(2026-03-02T12:00:00)', 'UTC', '2026-03-02T12:00:00Z', '2026-03-02T12:00:00Z', null],
])('%s in %s, last at %s: after %s it is due at %s', (expression, timezone, last, now, next) => {
  expect(iso(nextOccurrence({ expression, timezone }, last === null ? null : at(last), at(now)))).toBe(next);
});

test.each(['rate(0 hours)', 'rate(1 week)', 'every hour', 'cron(0 8 * *)'])(
  '%s is not a schedule',
  (expression) => {
    expect(() => nextOccurrence({ expression, timezone: 'UTC' }, null, 0)).toThrow();
  },
);

function open(
  { state, clock, whenClosing }: Ground,
  answer: () => Outcome | Promise<Outcome>,
  more: Partial<ScheduleSetting> = {},
) {
  const invoke = vi.fn(async () => answer());
  const send = vi.fn();
  const setting = {
    id: 'Sweep',
    expression: 'rate(1 hour)',
    timezone: 'UTC',
    functionArn: 'arn:f',
    input: { a: 1 },
    retries: 0,
    deadLetterArn: null,
    onFailureQueueArn: 'arn:dead',
    ...more,
  };
  const scheduler = startScheduler(state, clock, { invoke }, { send }, [setting], () => {});
  whenClosing(() => scheduler.stop());
  return { invoke, send };
}

const success: Outcome = { ok: true, value: null };

test('an hourly schedule calls once for each hour of desk time, with its input', async () => {
  const { invoke } = open(openGround({ speed: 3_600 }), () => success);
  await vi.waitFor(() => expect(invoke.mock.calls.length).toBeGreaterThanOrEqual(3), { timeout: 5000 });
  expect(invoke).toHaveBeenCalledWith('arn:f', { a: 1 });
});

test('the hours that pass within a second are one call', async () => {
  const { clock, ...ground } = openGround({ speed: 36_000 });
  const began = clock.now();
  const { invoke } = open({ clock, ...ground }, () => success);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledTimes(2), { timeout: 3000 });
  expect((clock.now() - began) / 3_600_000).toBeGreaterThan(9);
});

test('an occurrence that comes while the last one still runs is left out', async () => {
  const { invoke } = open(
    openGround({ speed: 36_000 }),
    () => new Promise((resolve) => setTimeout(() => resolve(success), 1000)),
  );
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(invoke).toHaveBeenCalledTimes(1);
});

test('a restart does not repeat what was called within the hour', async () => {
  const ground = openGround();
  const first = open(ground, () => success);
  await vi.waitFor(() => expect(first.invoke).toHaveBeenCalledTimes(1));
  ground.close();
  const later = open(openGround({ dataDir: ground.dataDir }), () => success);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(later.invoke).not.toHaveBeenCalled();
});

test('when the function fails for good, the failure destination hears of it', async () => {
  const { send } = open(openGround(), () => ({
    ok: false,
    fault: { errorType: 'Error', errorMessage: 'why', trace: [] },
  }));
  await vi.waitFor(() => expect(send).toHaveBeenCalled());
  const [queueArn, body] = send.mock.calls[0] as [string, string];
  expect(queueArn).toBe('arn:dead');
  expect(JSON.parse(body)).toMatchObject({
    requestContext: { condition: 'RetriesExhausted' },
    requestPayload: { a: 1 },
    responsePayload: { errorType: 'Error' },
  });
});

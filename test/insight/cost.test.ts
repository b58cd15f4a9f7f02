import { expect, test } from 'vitest';
import { alarmMetrics, costOf, POLLS_A_MONTH, type Reading, type Standing } from '../../core/insight/cost.ts';
import { billOf, PRICES, times, together, UNITS } from '../../core/insight/prices.ts';

const NOTHING: Standing = { polls: 0, scheduled: [], alarms: 0, metrics: 0, dashboards: 0 };
const reading = (by: Reading['by']): Reading => ({ since: '2026-11-01T00:00:00.000Z', by, calls: {} });
const VOLUME = { tickets: 10, mailsIn: 40, mailsOut: 60 };

test('four mails in and six out are a dollar for 1,000 tickets', () => {
  const { per1000Tickets, mailsPerTicket } = costOf(
    reading({ ses: { 'ses-received': 40 }, SendUpdate: { 'ses-sent': 60 } }),
    VOLUME,
    NOTHING,
  );
  expect(per1000Tickets.total).toBeCloseTo(1, 12);
  expect(mailsPerTicket).toEqual({ in: 4, out: 6 });
});

test('the total is the sum of the services, and each line is its amount at its price', () => {
  const amounts = Object.fromEntries(UNITS.map((unit, index) => [unit, 1.37 * (index + 1)]));
  const { total, byService, lines } = billOf(amounts);
  expect(Object.values(byService).reduce((sum, dollars) => sum + dollars, 0)).toBe(total);
  expect(new Set(Object.keys(byService))).toEqual(new Set(UNITS.map((unit) => PRICES[unit].service)));
  for (const { unit, amount, dollars } of lines) expect(dollars).toBe(amount * PRICES[unit].dollars);
});

test('what every account has for nothing is taken from a month, and never below nothing', () => {
  const month = { 'sqs-requests': 1_500_000, 'states-transitions': 3_000 };
  expect(billOf(month).total).toBeCloseTo(0.6 + 0.075, 12);
  expect(billOf(month, { free: true }).total).toBeCloseTo(0.2, 12);
});

test('what a schedule calls is no ticket’s: it is reckoned for each month, by the call', () => {
  const sweep = { 'lambda-requests': 4, 'dynamodb-reads': 400 };
  const standing = { ...NOTHING, scheduled: [{ function: 'Sweep', perMonth: 730, writesMail: false }] };
  const { per1000Tickets, idleMonth, lines } = costOf(reading({ Sweep: sweep }), VOLUME, standing);
  expect(per1000Tickets.total).toBe(0);
  expect(lines.find(({ unit }) => unit === 'dynamodb-reads')?.idle).toBeCloseTo(73_000);
  expect(idleMonth.total).toBeCloseTo(73_000 * 0.125e-6 + 730 * 0.2e-6 + 730e-6, 9);
});

test('a schedule whose function sends mail pays for an hourly mail there and back', () => {
  const standing = { ...NOTHING, scheduled: [{ function: 'SendCanary', perMonth: 730, writesMail: true }] };
  const { idleMonth } = costOf(reading({}), VOLUME, standing);
  expect(idleMonth.byService.SES).toBeCloseTo(730 * 0.0002, 12);
});

test('where it was seen how such a mail is written, sent and taken in, that is what it costs', () => {
  const standing = { ...NOTHING, scheduled: [{ function: 'SendCanary', perMonth: 1, writesMail: true }] };
  const written = (functions: readonly string[]) => {
    const used = { 'lambda-requests': 2, 'dynamodb-writes': 200 };
    const by = Object.fromEntries(functions.map((name) => [name, used]));
    const { lines } = costOf(reading(by), VOLUME, standing);
    return lines.find(({ unit }) => unit === 'dynamodb-writes')?.idle;
  };
  const all = ['SendCanary', 'RelayEvents', 'SendUpdate', 'ReceiveEmail', 'ReceiveFeedback'];
  expect(written(all)).toBe(500);
  for (const name of all) expect(written(all.filter((each) => each !== name))).toBe(410);
});

test('each queue that Lambda polls costs a quarter of a dollar a month, though nothing comes', () => {
  const { idleMonth } = costOf(reading({}), VOLUME, { ...NOTHING, polls: POLLS_A_MONTH });
  expect(idleMonth.total).toBeCloseTo(0.2628, 4);
});

test('a month is its tickets and what stands, and a clock that polls costs what its turns cost more', () => {
  const used = { 'states-transitions': 210 };
  const { months } = costOf(reading({ states: used }), VOLUME, { ...NOTHING, alarms: 20 });
  expect(months.map(({ tickets, total }) => [tickets, Number(total.toFixed(6))])).toEqual([
    [100, 2.0525],
    [1_000, 2.525],
    [10_000, 7.25],
  ]);
  expect(months[1]?.polling).toBeGreaterThan(20);
  // Servers that run all month, and the same mails.
  expect(months[1]?.alwaysOn).toBeCloseTo(730 * (0.0168 + 0.016 + 0.005) + 20 * 0.115 + 10_000 * 0.0001, 9);
});

test('amounts of the same unit add up, and scale', () => {
  expect(together({ 'ses-sent': 1 }, { 'ses-sent': 2, 'sqs-requests': 3 })).toEqual({
    ...{ 'ses-sent': 3, 'sqs-requests': 3 },
  });
  expect(times({ 'ses-sent': 3 }, 2)).toEqual({ 'ses-sent': 6 });
});

test('making a stack is no ticket’s, and what a service does by itself is', () => {
  const by = { Provision: { 'lambda-requests': 1_000_000 }, s3: { 's3-writes': 20 } };
  const { per1000Tickets, lines } = costOf(reading(by), VOLUME, { ...NOTHING, dashboards: 2 });
  expect(per1000Tickets.byService).toEqual({ S3: 2_000 * 5e-6 });
  expect(lines).toEqual([
    ...[{ service: 'S3', unit: 's3-writes', perTicket: 2, dollarsPer1000: 0.01, idle: 0, dollarsIdle: 0 }],
    {
      ...{ service: 'CloudWatch', unit: 'dashboard-months' },
      ...{ perTicket: 0, dollarsPer1000: 0, idle: 2, dollarsIdle: 6 },
    },
  ]);
});

test('a thousand tickets more use up what is free only as far as the idle desk has left of it', () => {
  const idle = { ...NOTHING, polls: 900_000 };
  const { per1000Tickets, idleMonth, months } = costOf(
    reading({ sqs: { 'sqs-requests': 5_000 } }),
    VOLUME,
    idle,
  );
  // 500,000 requests for 1,000 tickets, of which 100,000 are still free.
  expect([idleMonth.total, idleMonth.afterAllowances]).toEqual([expect.closeTo(0.36, 12), 0]);
  expect(per1000Tickets).toMatchObject({
    ...{ total: expect.closeTo(0.2, 12), afterAllowances: expect.closeTo(0.16, 12) },
  });
  expect(months[1]).toMatchObject({
    ...{ total: expect.closeTo(0.56, 12), afterAllowances: expect.closeTo(0.16, 12) },
  });
});

test('a day is a thousand tickets and a day of the clock, and what looks on stands apart', () => {
  const standing = { ...NOTHING, polls: 730_000, alarms: 73, metrics: 730, dashboards: 7.3 };
  const { day } = costOf(reading({ states: { 'states-transitions': 210 } }), VOLUME, standing);
  const [tickets, clock] = [21_000 * 25e-6, 24_000 * 0.4e-6];
  expect(day).toMatchObject({
    ...{ tickets: 1_000, total: expect.closeTo(tickets + clock, 12), ofTheClock: expect.closeTo(clock, 12) },
    observing: expect.closeTo(2.4 * 0.1 + 24 * 0.3 + 0.24 * 3, 12),
  });
});

test('a clock that polls takes no steps of ours, and turns 288 times for each ticket', () => {
  const { months } = costOf(reading({ states: { 'states-transitions': 210 } }), VOLUME, NOTHING);
  const turn = 3 * 25e-6 + 0.2e-6 + 0.025 * 13.3334e-6 + 0.125e-6 + (4_500 / 2 ** 30) * 0.5;
  expect(months[0]?.polling).toBeCloseTo(100 * (288 * turn + 4 * 25e-6), 9);
});

test('a schedule that was never seen to act is taken for a second of 512 MB with some reads and writes', () => {
  const standing = { ...NOTHING, scheduled: [{ function: 'Sweep', perMonth: 100, writesMail: false }] };
  const amounts = (by: Reading['by']) =>
    Object.fromEntries(costOf(reading(by), VOLUME, standing).lines.map(({ unit, idle }) => [unit, idle]));
  expect(amounts({})).toEqual({
    ...{ 'lambda-requests': 100, 'lambda-gb-seconds': 50, 'dynamodb-reads': 1_000, 'dynamodb-writes': 1_000 },
    ...{ 'log-gb': expect.closeTo(0.0002, 12), 'scheduler-calls': 100 },
  });
  expect(amounts({ Sweep: { 'lambda-requests': 2, 'dynamodb-reads': 1, 'scheduler-calls': 2 } })).toEqual({
    ...{ 'lambda-requests': 100, 'dynamodb-reads': 50, 'scheduler-calls': 100 },
  });
});

test('what is not known of Lambda is told as its bounds: half as long, twice as long, a start with each call', () => {
  const used = { 'lambda-requests': 30, 'lambda-gb-seconds': 60, 'lambda-init-gb-seconds': 4 };
  const { sensitivity } = costOf(reading({ ReceiveEmail: used }), VOLUME, NOTHING);
  const of = (seconds: number) => expect.closeTo(1_000 * (3 * 0.2e-6 + seconds * 13.3334e-6), 9);
  expect(sensitivity).toEqual({
    ...{ halfAsLong: of(3.2), twiceAsLong: of(12.8), everyCallStarts: of(6 + 3 * 0.175) },
  });
});

test('an alarm pays for each metric that it looks at, and for nothing that it reckons of others', () => {
  const metric = { MetricStat: {} };
  const [query, sum] = [{ Expression: 'SELECT MAX(Age) FROM Queues' }, { Expression: 'a + b' }];
  expect([{}, { Metrics: [metric, sum, metric] }, { Metrics: [query] }].map(alarmMetrics)).toEqual([1, 2, 1]);
});

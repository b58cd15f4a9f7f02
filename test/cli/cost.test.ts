import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  describeCost,
  priceRunning,
  priceSample,
  SAMPLE_FILE,
  SampleTicket,
  volumeOf,
} from '../../cli/cost.ts';
import { temporaryFolder } from '../local/world.ts';

test('the sample ticket has four mails in and six out, and 1,000 more of it cost at most two dollars after allowances', async () => {
  const { mailsPerTicket, per1000Tickets, calls, months, idleMonth } = await priceSample();
  expect(mailsPerTicket).toEqual({ in: 4, out: 6 });
  expect(per1000Tickets.byService.SES).toBeGreaterThanOrEqual(1);
  expect(per1000Tickets.afterAllowances).toBeLessThanOrEqual(2);
  // X-Ray and Step Functions have allowances; at the price of the list they are the rest.
  expect(per1000Tickets.total).toBeLessThanOrEqual(2.25);
  const services = Object.values(per1000Tickets.byService).reduce((sum, dollars) => sum + dollars, 0);
  expect(per1000Tickets.total).toBe(services);
  expect(calls['dynamodb:TransactWriteItems']).toBeGreaterThan(0);
  const thousand = months.find(({ tickets }) => tickets === 1_000);
  expect(thousand?.total).toBeCloseTo(per1000Tickets.total + idleMonth.total, 9);
});

test('its table names each service with its units, the idle month, and what else it could cost', async () => {
  const words = describeCost(await priceSample());
  for (const head of ['SES', 'SQS', 'Lambda', 'DynamoDB', 'Step Functions', 'CloudWatch', 'Idle month'])
    expect(words).toContain(head);
  expect(words).toMatch(/^Total +\d+\.\d\d/m);
  expect(words).toContain('Clock that polls');
  expect(words).not.toContain('NaN');
});

test('six deadlines are in it', async () => {
  const { by, volume } = SampleTicket.parse(JSON.parse(await readFile(SAMPLE_FILE, 'utf8')));
  expect((by.states?.['states-transitions'] ?? 0) / volume.tickets).toBeGreaterThanOrEqual(21);
});

test('without a desk it refuses, and says what to do instead', async () => {
  await expect(priceRunning({ data: temporaryFolder() })).rejects.toThrow(
    /npm start.*--stack.*desk cost --sample/s,
  );
});

test('mails in and out are those that were metered', () => {
  expect(volumeOf({ by: { ses: { 'ses-received': 8 }, SendUpdate: { 'ses-sent': 12 } } }, 2)).toEqual({
    ...{ tickets: 2, mailsIn: 8, mailsOut: 12 },
  });
});

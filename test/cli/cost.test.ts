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

test('the sample ticket has four mails in and six out, and 1,000 of it cost at most two dollars at the price of the list', async () => {
  const { mailsPerTicket, per1000Tickets, day, calls, months, idleMonth } = await priceSample();
  expect(mailsPerTicket).toEqual({ in: 4, out: 6 });
  expect(per1000Tickets.byService.SES).toBeGreaterThanOrEqual(1);
  expect(per1000Tickets.total).toBeLessThanOrEqual(2);
  // So does a day of as many, with all that comes by the clock.
  expect(day.tickets).toBe(1_000);
  expect(day.total).toBeLessThanOrEqual(2);
  expect(day.total).toBeCloseTo(per1000Tickets.total + day.ofTheClock, 9);
  expect((day.ofTheClock + day.observing) * (730 / 24)).toBeCloseTo(idleMonth.total, 9);
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
  expect((by.states?.['states-transitions'] ?? 0) / volume.tickets).toBeGreaterThanOrEqual(19);
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

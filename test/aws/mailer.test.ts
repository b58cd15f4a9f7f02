/** What SES answers, and what the desk makes of it: later, never, or nobody knows. */
import { GetSendQuotaCommand, SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openMailer } from '../../aws/mailer.ts';
import { QuotaError, UnavailableError } from '../../core/faults.ts';

const ses = mockClient(SESClient);
beforeEach(() => {
  ses.reset();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
});
afterEach(() => void vi.unstubAllEnvs());

const send = () =>
  openMailer('Desk').send({
    raw: Buffer.from('To: eve@example.net\r\n\r\nHello'),
    from: 'support@desk.example.test',
    to: 'ada@example.org',
    tags: { update: 'T-7K4M2Q-1-answer-0123abcd', ticket: 'T-7K4M2Q' },
  });
const fault = (name: string, message: string) => Object.assign(new Error(message), { name });

test('a mail goes to the one recipient it is for, whatever its header says, and carries its update’s id', async () => {
  ses.on(SendRawEmailCommand).resolves({ MessageId: '0100-1' });
  expect(await send()).toEqual({ sent: true, messageId: '0100-1@email.amazonses.com' });
  expect(ses.commandCalls(SendRawEmailCommand).map(({ args }) => args[0].input)).toMatchObject([
    {
      Destinations: ['ada@example.org'],
      ConfigurationSetName: 'Desk',
      Tags: [
        { Name: 'update', Value: 'T-7K4M2Q-1-answer-0123abcd' },
        { Name: 'ticket', Value: 'T-7K4M2Q' },
      ],
    },
  ]);
});

test.each([
  ['Throttling', 'Maximum sending rate exceeded.'],
  ['Throttling', 'Daily message quota exceeded.'],
  ['ThrottlingException', 'Rate exceeded'],
  ['TooManyRequestsException', 'Too many requests'],
  ['LimitExceededException', 'Limit'],
])('%s (%s): it is tried again later, by the queue and not by the SDK', async (name, message) => {
  ses.on(SendRawEmailCommand).rejects(fault(name, message));
  await expect(send()).rejects.toThrow(UnavailableError);
  await expect(send()).rejects.toThrow(message);
  expect(ses.commandCalls(SendRawEmailCommand)).toHaveLength(2);
});

test('a moment’s throttling is told from a day’s by its words', async () => {
  ses.on(SendRawEmailCommand).rejects(fault('Throttling', 'Daily message quota exceeded.'));
  await expect(send()).rejects.toThrow(QuotaError);
  ses.on(SendRawEmailCommand).rejects(fault('Throttling', 'Maximum sending rate exceeded.'));
  await expect(send()).rejects.not.toThrow(QuotaError);
});

test('what is not verified yet keeps mail waiting, and no address stands in the fault', async () => {
  const said =
    'Email address is not verified. The following identities failed the check in region EU-WEST-1: nora@example.org';
  ses.on(SendRawEmailCommand).rejects(fault('MessageRejected', said));
  await expect(send()).rejects.toThrow(QuotaError);
  await expect(send()).rejects.not.toThrow('nora');
});

test.each([
  ['MessageRejected', 'Local address contains control or whitespace'],
  ['InvalidParameterValue', 'Missing final "@domain"'],
])('%s: never', async (name, message) => {
  ses.on(SendRawEmailCommand).rejects(fault(name, message));
  expect(await send()).toEqual({ sent: false, refused: `${name}: ${message}` });
});

test.each(['ECONNRESET', 'TimeoutError', 'InternalFailure', 'ServiceUnavailable'])(
  '%s: nobody knows whether it was sent, and it is not said that it was not',
  async (name) => {
    ses.on(SendRawEmailCommand).rejects(fault(name, 'no word of SES'));
    await expect(send()).rejects.toThrow('no word of SES');
    await expect(send()).rejects.not.toThrow(UnavailableError);
  },
);

test.each([
  [200, 24, 12],
  [50_000, 0, 0],
  [-1, 900_000, 0],
])('of %d mails in 24 hours %d are %d percent', async (Max24HourSend, SentLast24Hours, used) => {
  ses.on(GetSendQuotaCommand).resolves({ Max24HourSend, SentLast24Hours });
  expect(await openMailer('').quotaUsed()).toBe(used);
});

/** What goes wrong between two steps: forgotten mail, a lost watch, an address that does not exist. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, expect, test } from 'vitest';
import { type Laptop, leaveUntold } from './laptop.ts';

export function repair(begin: () => Laptop): void {
  let laptop: Laptop;
  let outputs: Record<string, string>;
  beforeAll(async () => {
    laptop = begin();
    outputs = JSON.parse(readFileSync(join(laptop.dataDir, 'running.json'), 'utf8')).outputs;
  }, 120_000);

  const desk = async (...words: string[]) => {
    const run = promisify(execFile);
    return (await run(process.execPath, ['cli/desk.ts', '--data', laptop.dataDir, ...words])).stdout;
  };

  test('mail that lies in the bucket and was never announced is found by the sweep', async () => {
    await leaveUntold(laptop);
    const ticket = await laptop.ticketOf('ida@example.org');
    expect(ticket.subject).toBe('Forgotten');
    expect(await laptop.ledger.read('lost1')).toMatchObject({
      disposition: 'opened',
      receipt: { spam: 'PASS', dmarc: 'GRAY', recipients: ['support@desk.example.test'] },
    });
    await laptop.until('the move', async () => (await laptop.mailroom.read('in/lost1')) === null);
  });

  test('a mail whose record is gone is found when its day is counted, handed in again, and named', async () => {
    await laptop.write({
      from: 'max@example.org',
      subject: 'Out of office',
      text: 'I am back on Monday.',
      headers: { 'Auto-Submitted': 'auto-replied' },
    });
    const record = await laptop.until('its record', async () =>
      (await laptop.ledger.list(50, ({ from }) => from === 'max@example.org')).find(({ key }) => key),
    );
    const { mailId, receivedAt, disposition } = record;
    const day = receivedAt.slice(0, 10);
    await new DynamoDBClient({}).send(
      new DeleteItemCommand({
        TableName: outputs.TableName,
        Key: { pk: { S: `MAIL#${mailId}` }, sk: { S: 'MAIL' } },
      }),
    );
    const count = await laptop.until('the count of the day, and the repair', async () => {
      const kept = await laptop.ledger.count(day);
      return kept?.repaired.includes(mailId) && kept;
    });
    expect(count).toMatchObject({ missing: [], lost: [], received: count.disposed });
    expect(await laptop.ledger.read(mailId)).toMatchObject({ disposition, key: record.key, history: [] });
    const shown = await desk('--json', 'mail', '--count', day);
    expect(JSON.parse(shown)).toMatchObject({ count: { day, kept: true, repaired: [mailId] } });
  }, 60_000);

  test('a watch that died is started anew, and its ticket climbs all the same', async () => {
    await laptop.write({ from: 'ann@example.org', subject: 'Screen', text: 'My screen is a bit dark.' });
    const ticket = await laptop.ticketOf('ann@example.org');
    const executionArn = `${outputs.WatchMachineArn?.replace(':stateMachine:', ':execution:')}:${ticket.id}-g1`;
    const sfn = new SFNClient({});
    await laptop.until('its watch', () =>
      sfn.send(new StopExecutionCommand({ executionArn })).then(
        () => true,
        () => false,
      ),
    );
    await laptop.until(
      'a second generation',
      async () => ((await laptop.tickets.read(ticket.id))?.watch?.generation ?? 0) > 1,
    );
    await laptop.mail('escalated', 'ann@example.org');
  });

  test('mail that bounces is recorded, and the agent is told', async () => {
    await laptop.write({ from: 'bounce@example.test', subject: 'Headset', text: 'My headset is broken.' });
    const ticket = await laptop.ticketOf('bounce@example.test');
    await laptop.until('the bounce', async () =>
      (await laptop.tickets.events(ticket.id, 100)).some(({ kind }) => kind === 'delivery-failed'),
    );
    await laptop.until('a note about it', async () =>
      laptop.delivered.some(
        ({ kind, ticketId, text }) =>
          kind === 'note' && ticketId === ticket.id && text.includes('bounce@example.test'),
      ),
    );
  });
}

/** The counters of floods and of the desk's own mail, in the engine that stands for DynamoDB on a laptop. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { openRates } from '../../aws/rates.ts';
import { openTable, type Table } from '../../aws/table.ts';
import { FIRST_OF_ALL, FLOOD_WINDOW } from '../../core/mail/flood.ts';
import { tooMuch } from '../../core/ticket/pace.ts';
import { openTables } from '../../local/dynamodb.ts';
import { clientFor, EVERYTHING, openGround, openTestGateway } from './world.ts';

const NAME = 'Desk-Table';
const NOW = Date.parse('2026-11-23T09:02:00Z');
const NORA = { sender: 'nora@example.org', slot: 'l2a' };

async function openCounters() {
  const { dataDir, state } = await openGround();
  const gateway = await openTestGateway();
  const tables = await openTables(
    dataDir,
    state,
    EVERYTHING,
    [
      {
        name: NAME,
        arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${NAME}`,
        definition: {
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        },
        expiry: 'expiresAt',
      },
    ],
    () => {},
  );
  onTestFinished(() => tables.stop());
  gateway.add('dynamodb', tables.service);
  const { region, credentials } = clientFor(gateway.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.endpoint);
  vi.stubEnv('AWS_REGION', region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  return openTable(NAME);
}

test('what comes and what goes is counted, each in its window', async () => {
  const table = await openCounters();
  const rates = openRates(table);

  // A window begins with its first mail and keeps its id; many at once get a number each.
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => rates.arrived(NORA, `mail-${n}`, NOW)));
  expect(many.map(({ counts }) => counts.l2a).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  // What counts for longer than a flood says so itself.
  const code = { sender: 'code#kim@example.test', slot: 'codes', window: 3_600_000 };
  const codes: unknown[] = [];
  for (const after of [0, FLOOD_WINDOW + 1, 3_600_001])
    codes.push((await rates.arrived(code, `code-${after}`, NOW + after)).counts);
  expect(codes).toEqual([{ codes: 1 }, { codes: 2 }, { codes: 1 }]);
  const firsts = new Set(many.map((tally) => `${tally.firsts.l2a} ${tally.firsts[FIRST_OF_ALL]}`));
  expect(firsts.size).toBe(1);

  // One mail that is tried again is one mail, and another slot counts for itself.
  const again = await rates.arrived(NORA, 'mail-3', NOW + 1);
  expect(again).toEqual(many[3]);
  const other = await rates.arrived({ ...NORA, slot: 't07' }, 'mail-20', NOW + 2);
  expect(other.counts).toEqual({ l2a: 20, t07: 1 });

  // When the window has ended, the next mail begins another one.
  const later = await rates.arrived(NORA, 'mail-21', NOW + FLOOD_WINDOW);
  expect(later).toEqual({ counts: { l2a: 1 }, firsts: { l2a: 'mail-21', [FIRST_OF_ALL]: 'mail-21' } });

  // What goes out is counted per recipient, and taken back when it did not go.
  const paced = { recipient: 'nora@example.org', ticketId: 'T-7K4M2Q', likeness: 'printer' };
  for (let n = 0; n < 2; n++) expect(tooMuch(paced, await rates.sent(paced, NOW), NOW)).toBeNull();
  // What was counted when somebody died with it is not one more.
  expect(tooMuch(paced, await rates.sent(paced, NOW, true), NOW)).toBeNull();
  expect(tooMuch(paced, await rates.sent(paced, NOW), NOW)).toContain('acknowledgements');
  await rates.takeBack(paced, NOW);
  await rates.takeBack(paced, NOW);
  expect(tooMuch(paced, await rates.sent(paced, NOW), NOW)).toBeNull();
  expect(tooMuch(paced, await rates.sent({ ...paced, recipient: 'ole@example.org' }, NOW), NOW)).toBeNull();

  // Old counters are dropped when there are many, so that the item stays small.
  const busy = (n: number) => ({ recipient: 'robot@example.org', ticketId: `T-${n}`, likeness: null });
  let counts: Record<string, number> = {};
  for (let n = 0; n < 120; n++) counts = await rates.sent(busy(n), NOW + n * 600_000);
  expect(Object.keys(counts).length).toBeLessThan(210);

  // No more mails leave in a day than may, however many ask at once, and what did not leave makes room.
  const DAY = '2026-11-23';
  const asked = await Promise.all(Array.from({ length: 12 }, () => rates.leaves(DAY, 9, NOW)));
  expect(asked.filter((may) => may)).toHaveLength(9);
  // The last of them are kept for what is urgent.
  expect(rates.isSpent(DAY, 9)).toBe(true);
  expect(rates.isSpent(DAY, 10)).toBe(false);
  expect(await rates.leaves(DAY, 10, NOW)).toBe(true);
  expect(await rates.leaves(DAY, 10, NOW)).toBe(false);
  await rates.stays(DAY);
  expect(rates.isSpent(DAY, 10)).toBe(false);
  expect(await rates.leaves(DAY, 10, NOW)).toBe(true);
  // Another process counts on, and the next day begins with nothing.
  expect(await openRates(table).leaves(DAY, 10, NOW)).toBe(false);
  expect(await rates.leaves('2026-11-24', 9, NOW)).toBe(true);

  // Of a large bound each process counts a thousandth at once.
  const [most, LATER] = [2_000, '2026-11-25'];
  const counted: number[] = [];
  const watched: Table = {
    ...table,
    update(key, change) {
      counted.push(Number(change.values?.[':more']));
      return table.update(key, change);
    },
  };
  const processes = Array.from({ length: 3 }, () => openRates(watched));
  const round = async (day: string) =>
    (await Promise.all(processes.map((each) => each.leaves(day, most, NOW)))).filter((may) => may).length;
  expect([await round(LATER), await round(LATER)]).toEqual([3, 3]);
  expect(counted).toEqual([2, 2, 2]);
  // What was counted ahead is not for those that leave the last tenth to others, and what did not leave is for the next.
  const [first] = processes;
  await round(LATER);
  expect(await first?.leaves(LATER, most * 0.9, NOW)).toBe(true);
  expect(counted).toEqual([2, 2, 2, 2, 2, 2, 1]);
  await first?.stays(LATER);
  expect([await first?.leaves(LATER, most, NOW), await first?.leaves(LATER, most, NOW)]).toEqual([
    true,
    true,
  ]);
  expect(counted).toHaveLength(7);
  // All together they send as many as may leave, and not one more.
  let sent = 11;
  for (let more = -1; more !== 0; sent += more) more = await round(LATER);
  expect(sent).toBe(most);
}, 30_000);

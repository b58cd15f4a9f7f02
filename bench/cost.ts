/**
 * What a ticket costs: plays tickets with 4 mails in of 75 KB each and 6 mails out on this laptop's desk, takes what its meter
 * counted in between, and prices it.
 *
 * On the laptop a ticket's watch ends with the story. What six deadlines cost it is taken from the state machine itself on a
 * skipped clock (test/journeys/lives.ts), with a call of advance-watch for each turn.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { runningDesk } from '../cli/connect.ts';
import { describeCost, priceSample, SAMPLE_FILE, type SampleTicket } from '../cli/cost.ts';
import { askEngine } from '../cli/engine.ts';
import { type Amounts, times, together, type Unit } from '../core/insight/prices.ts';
import { type Delivered, startLaptop } from '../test/journeys/laptop.ts';
import { LIVES, liveThrough } from '../test/journeys/lives.ts';
import { described, machine } from './figures.ts';
import { flag, optionsOf, whole } from './options.ts';

const { tickets, write } = optionsOf(
  'What a ticket with 4 mails in, 6 mails out and six deadlines costs in AWS.',
  {
    tickets: whole('that are played', 10),
    write: flag('keep it for desk cost --sample'),
  },
);
const OCTETS = 75_000;
/** Of a mail with a picture in it, as most long ones are. */
const FILE = { filename: 'screen.png', contentType: 'image/png', content: Buffer.alloc(52_000, 'replydesk') };
/** Transitions of a turn: AdvanceWatch, Ended?, Wait. */
const A_TURN = 3;
/** GB-seconds of starting a function: a third of a second with 512 MB. Half of the calls of a desk with little to do start one. */
const A_START = 0.175;

const here = machine();
const folder = mkdtempSync(join(tmpdir(), 'replydesk-cost-'));
const config = join(folder, 'desk.yaml');
// Tickets that come by themselves are nobody's mail.
writeFileSync(config, readFileSync('desk.yaml', 'utf8').replace(/^recurring:\n(?:(?:[ #].*)?\n)*/m, ''));
const laptop = await startLaptop({ config, patience: 120_000 });
const read = async () =>
  (await askEngine(await runningDesk(laptop.dataDir), 'meter', 'ReadMeter', {})) as z.output<
    typeof SampleTicket
  >;

await laptop.write({ from: 'first@example.org', subject: 'Printer', text: 'The printer eats the paper.' });
const first = await laptop.mail('acknowledgement', 'first@example.org');
const firstTicket = await laptop.ticketOf('first@example.org');
const work = await laptop.mail('assignment', firstTicket.assignee ?? '', first.ticketId ?? '');
await laptop.reply(work, work.to, '#resolve\n\nA new one is on its way.', { proven: true });
await laptop.mail('resolved', 'first@example.org');
await laptop.mail('transcript', work.to);
await laptop.quiet();

const before = await read();
const keptBefore = await octetsKept();
const outBefore = laptop.delivered.length;
const requesters = Array.from({ length: tickets }, (_, n) => `ada${n}@example.org`);
const SUBJECTS = ['Laptop', 'Mouse', 'Screen', 'Badge', 'Phone', 'Desk', 'Chair', 'Cable', 'Lamp', 'Camera'];
const assigned: Delivered[] = [];
for (const [n, from] of requesters.entries()) {
  const subject = `${SUBJECTS[n % SUBJECTS.length]} ${n}`;
  await laptop.write({ from, subject, text: `My ${subject} does not start any more.`, attachments: [FILE] });
  const { ticketId } = await laptop.mail('acknowledgement', from);
  const { assignee } = await laptop.ticketOf(from);
  assigned.push(await laptop.mail('assignment', assignee ?? '', ticketId ?? ''));
}
for (const [n, mail] of assigned.entries()) {
  const requester = requesters[n] ?? '';
  const asAgent = (text: string) => laptop.reply(mail, mail.to, text, { proven: true, attachments: [FILE] });
  await asAgent('Please hold the button for ten seconds.');
  const answer = await laptop.mail('answer', requester, mail.ticketId ?? '');
  await laptop.reply(answer, requester, 'It makes a noise as well.', { attachments: [FILE] });
  await laptop.mail('requester-message', mail.to, mail.ticketId ?? '');
  await asAgent('#resolve\n\nA new one is on its way.');
  await laptop.mail('resolved', requester, mail.ticketId ?? '');
  // What became of the command.
  await laptop.mail('transcript', mail.to, mail.ticketId ?? '');
}
await laptop.quiet();
const after = await read();
const kept = await octetsKept();
const out = laptop.delivered.slice(outBefore);
// Two hours with nothing to do, for what comes by the clock.
await laptop.setSpeed(600);
await new Promise((resolve) => setTimeout(resolve, 12_000));
const idle = await read();
await laptop.stop();
rmSync(folder, { recursive: true, force: true });

const kinds = Map.groupBy(out, ({ kind }) => kind);
console.log(described(here));
console.log([...kinds].map(([kind, mails]) => `${kind} ${mails.length}`).join(', '));
if (out.length !== 6 * tickets) console.log(`${out.length} mails went out, not ${6 * tickets}`);

const lived = await liveThrough(LIVES['six deadlines that nobody kept']);
const by = Object.fromEntries(
  Object.entries(after.by).map(([who, amounts]) => [who, together(amounts, times(before.by[who] ?? {}, -1))]),
);
// What is left of all that was written is what is there: the meter cannot know what was written over.
for (const amounts of Object.values(by))
  for (const unit of ['dynamodb-gb-months', 'dynamodb-backup-gb-months'] as const) delete amounts[unit];
by.table = {
  'dynamodb-gb-months': (kept.all - keptBefore.all) / 2 ** 30,
  'dynamodb-backup-gb-months': (kept.items - keptBefore.items) / 2 ** 30,
};
for (const { function: id } of after.standing.scheduled)
  by[id] = together(idle.by[id] ?? {}, times(after.by[id] ?? {}, -1));
const turns = (who: string, unit: Unit) => (by[who] as Amounts | undefined)?.[unit] ?? 0;
const played = turns('states', 'states-transitions');
const missing = Math.max(0, lived.transitions * tickets - played);
const advance = by.AdvanceWatch ?? {};
const call = times(advance, 1 / Math.max(1, advance['lambda-requests'] ?? 0));
by.AdvanceWatch = together(advance, times(call, missing / A_TURN));
by.states = together(by.states ?? {}, { 'states-transitions': missing });
const calls = Object.values(by).reduce((sum, amounts) => sum + (amounts['lambda-requests'] ?? 0), 0);
by.starts = { 'lambda-init-gb-seconds': (calls / 2) * A_START };
console.log(
  `${(played / tickets).toFixed(1)} transitions a ticket as played, ${lived.transitions} for six deadlines; ${OCTETS} octets a mail`,
);

console.log(`${Math.round((kept.all - keptBefore.all) / tickets)} octets of table and indexes a ticket`);

const sample: z.output<typeof SampleTicket> = {
  ...{ machine: described(here), since: before.since, by },
  calls: Object.fromEntries(
    Object.entries(after.calls)
      .map(([name, count]) => [name, count - (before.calls[name] ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .sort(([a], [b]) => a.localeCompare(b)),
  ),
  standing: after.standing,
  volume: { tickets, mailsIn: 4 * tickets, mailsOut: out.length },
};
if (write) {
  writeFileSync(SAMPLE_FILE, `${JSON.stringify(sample, null, 2)}\n`);
  console.log(describeCost(await priceSample()));
} else {
  console.log(JSON.stringify(sample, null, 2));
}

/** As JSON, which is more than DynamoDB takes. An index of everything is one more copy, one of keys a few of them. */
async function octetsKept(): Promise<{ items: number; all: number }> {
  const { endpoint, region, accessKeyId, outputs } = await runningDesk(laptop.dataDir);
  const client = new DynamoDBClient({
    ...{ endpoint, region },
    credentials: { accessKeyId, secretAccessKey: accessKeyId },
  });
  const octets = { items: 0, all: 0 };
  for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.TableName }))
    for (const item of Items) {
      const size = Buffer.byteLength(JSON.stringify(item));
      octets.items += size;
      octets.all += size * (item.listPk ? 2 : 1) + (item.openPk ? 200 : 0) + (item.handsPk ? 200 : 0);
    }
  client.destroy();
  return octets;
}

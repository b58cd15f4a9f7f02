/**
 * What each step of a ticket's life costs on this laptop's desk: AWS calls of the functions, and mails that leave. They are
 * the same in AWS, where nothing else is called.
 */
import { runningDesk } from '../cli/connect.ts';
import { askEngine } from '../cli/engine.ts';
import type { Reading } from '../core/insight/cost.ts';
import { startLaptop } from '../test/journeys/laptop.ts';
import { MARTHA } from '../test/sample.ts';
import { described, machine, table } from './figures.ts';
import { optionsOf } from './options.ts';

optionsOf('What each step of a ticket’s life costs on this laptop’s desk: calls of AWS, and mails.', {});
const laptop = await startLaptop();
const readMeter = async () =>
  ((await askEngine(await runningDesk(laptop.dataDir), 'meter', 'ReadMeter', {})) as Reading).calls;
/** What the functions call; what Lambda, SES and Step Functions do by themselves is no call of theirs. */
const OWN = /^(dynamodb|s3|ses|ssm):(?!Receive)|^sqs:Send|^states:Start/;
const rows: string[][] = [['', 'calls', 'of these DynamoDB', 'mails', '']];

/** Counts until the desk is quiet again. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  await laptop.quiet();
  const counted = await readMeter();
  const before = laptop.delivered.length;
  const result = await work();
  await laptop.quiet();
  const made = Object.entries(await readMeter())
    .filter(([name]) => OWN.test(name))
    .map(([name, count]) => [name, count - (counted[name] ?? 0)] as const);
  const sum = (of: typeof made) => String(of.reduce((all, [, count]) => all + count, 0));
  const mails = laptop.delivered.slice(before);
  rows.push([
    name,
    sum(made),
    sum(made.filter(([name]) => name.startsWith('dynamodb:'))),
    String(mails.length),
    mails.map(({ kind }) => kind).join(', '),
  ]);
  return result;
}

const ADA = 'ada@example.org';
// What is loaded at first, and the desk's first sweep, are no step of a ticket.
await laptop.write({ from: 'first@example.org', subject: 'Printer', text: 'The printer eats the paper.' });
await laptop.mail('acknowledgement', 'first@example.org');

const acknowledged = await step('new mail', async () => {
  await laptop.write({ from: ADA, subject: 'Laptop', text: 'My laptop does not start.' });
  return laptop.mail('acknowledgement', ADA);
});
const { id, assignee } = await laptop.ticketOf(ADA);
const agent = assignee ?? '';
const assignment = await laptop.mail('assignment', agent, id);
const asAgent = (text: string) => laptop.reply(assignment, agent, text, { proven: true });

await step("requester's reply", () => laptop.reply(acknowledged, ADA, 'It makes a noise as well.'));
await step("agent's answer", () => asAgent('Please hold the button for ten seconds.'));
await step('command alone', () => asAgent('#priority P2'));
await step('note', () => asAgent('#note\n\nThird one this week.'));
await step('out-of-office of the requester', () =>
  laptop.reply(acknowledged, ADA, 'I am away.', { headers: { 'Auto-Submitted': 'auto-replied' } }),
);
await step('unknown command', () => asAgent('#reslove'));
await step('#assign', () => asAgent(`#assign ${MARTHA}`));
await step('#visit', () => asAgent('#visit tomorrow 14:00 1h'));
await step('#approval', () => asAgent(`#approval ${MARTHA} a new laptop`));
const asked = await laptop.mail('approval', MARTHA, id);
await step('approve', () => laptop.reply(asked, MARTHA, 'approve', { proven: true }));
await step('#mine in a new mail', () =>
  laptop.write({ from: agent, proven: true, subject: 'Mine', text: '#mine' }),
);
await step('#resolve with words', () => asAgent('#resolve\n\nA new one is on its way.'));
const resolved = await laptop.mail('resolved', ADA, id);
await step('reply that reopens', () => laptop.reply(resolved, ADA, 'It still does not start.'));
await step("#close by its requester, and the desk's question", () => laptop.reply(resolved, ADA, '#close'));
const rated = await laptop.mail('satisfaction', ADA, id);
await step('one digit', () => laptop.reply(rated, ADA, '5'));
const twice = { from: ADA, subject: 'Mouse', text: 'My mouse is gone.', messageId: '<mouse@example.org>' };
await laptop.write(twice);
await laptop.mail('acknowledgement', ADA);
await step('the same mail a second time', () => laptop.write(twice));

await laptop.stop();
console.log(described(machine()));
console.log(table(rows));

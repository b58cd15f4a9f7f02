/** What a macro attaches, from the agent's mail to the requester's. */
import { expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { replyAddress } from '../../core/mail/token.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { sendUpdate } from '../../functions/send-update.ts';
import { ID, keys, LUIS, later, MONDAY, NORA, opened, PROVEN, desk as sample } from '../sample.ts';
import { leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const GUIDE = { name: 'guide.pdf', contentType: 'application/pdf', size: 9, beside: 'macro-1' };
const MAP = { name: 'map.png', contentType: 'image/png', size: 5, beside: 'macro-2' };
const macros: Desk['macros'] = [
  { name: 'guide', title: 'The guide', words: { en: 'See the guide.' }, do: [], files: [GUIDE, MAP] },
  { name: 'map', title: 'The map', words: {}, do: [], files: [MAP] },
];

/** A desk of these macros with Nora's ticket in Luis's hands. */
async function begun(hold = 0) {
  const world = Object.assign(leavingWorld(), {
    desk: { ...sample, macros, answers: { ...sample.answers, hold } },
    beside: async (name: string) => Buffer.from(name === 'macro-1' ? 'the guide' : 'a map'),
  });
  await world.tickets.commit(opened(), []);
  await world.relay();
  const expires = Date.parse(MONDAY) + 30 * 86_400_000;
  const to = replyAddress(
    'support@desk.example.test',
    { purpose: 'ticket', id: ID, participant: LUIS, expires },
    keys,
  );
  const answer = (text: string, mailId = 'answer') => {
    const raw = `From: ${LUIS}\r\nTo: ${to}\r\nMessage-ID: <${mailId}@example.test>\r\n\r\n${text}\r\n`;
    return receiveEmail(
      deliver(world, raw, { mailId, recipients: [to], returnPath: LUIS, ...PROVEN }),
      world,
    );
  };
  return { world, answer };
}

test('the files of each macro in a mail go to the requester once, and stay with the message', async () => {
  const { world, answer } = await begun();
  await answer('#macro guide\n#macro map\n\nPage two.');
  const [sent] = (await world.relay()).filter(({ to }) => to === NORA);
  expect(sent?.said).toMatch(
    /See the guide\.[\s\S]*Page two\.[\s\S]*\nguide\.pdf the guide\nmap\.png a map$/,
  );
  expect((await world.tickets.message(ID, 1 + 1))?.attachments).toEqual([
    { ...without(GUIDE), inline: false, contentId: null, key: 'files/answer/1-guide.pdf' },
    { ...without(MAP), inline: false, contentId: null, key: 'files/answer/2-map.png' },
  ]);
  await answer('#files', 'again');
  const [asked] = (await world.relay()).filter(({ to }) => to === LUIS);
  expect(asked?.said).toContain('guide.pdf the guide');
});

test('a macro of files alone answers without a word', async () => {
  const { world, answer } = await begun();
  await answer('#macro map');
  const [sent] = (await world.relay()).filter(({ to }) => to === NORA);
  expect(sent?.said).toContain('map.png a map');
});

test('a held answer leaves with the files that it was given with, whatever desk.yaml attaches by then', async () => {
  const { world, answer } = await begun(60_000);
  await answer('#macro guide');
  world.desk = { ...sample, macros: [] };
  world.beside = async (name) => {
    throw new Error(`there is no ${name}`);
  };
  world.time = later(MONDAY, 1);
  const [sent] = (await world.relay()).filter(({ to }) => to === NORA);
  expect(sent?.said).toContain('guide.pdf the guide');
  const events = await world.tickets.events(ID, 100);
  for (const { number } of events)
    await sendUpdate({ pk: `T#${ID}`, sk: `EVENT#${String(number).padStart(8, '0')}` }, world);
  expect(await world.relay()).toEqual([]);
});

test('a mail that is tried again stores the same files under the same names', async () => {
  const { world, answer } = await begun();
  let faults = 1;
  world.before = (call) => {
    if (call === 'table:transact' && faults-- > 0) throw new Error('the table is gone');
  };
  await expect(answer('#macro guide')).rejects.toThrow('the table is gone');
  const first = [...world.objects.keys()].filter((key) => key.startsWith('files/'));
  await answer('#macro guide');
  expect([...world.objects.keys()].filter((key) => key.startsWith('files/'))).toEqual(first);
  expect(first).toHaveLength(2);
});

test('a macro that is refused attaches nothing', async () => {
  const { world, answer } = await begun();
  await answer('#macro guide\n#priority P9');
  expect((await world.relay()).filter(({ to }) => to === NORA)).toEqual([]);
  expect([...world.objects.keys()].filter((key) => key.startsWith('files/'))).toEqual([]);
});

function without({ name, contentType, size }: typeof GUIDE) {
  return { name, contentType, size };
}

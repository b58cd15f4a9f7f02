/** Erasing a person over the table and bucket that the laptop runs: nothing of him is left, and nothing of others is touched. */
import { expect, test } from 'vitest';
import { replyAddress } from '../../core/mail/token.ts';
import { desk, KIM, keys, LUIS, MONDAY, NORA, PROVEN } from '../sample.ts';
import { differing, type GroundedDesk, groundedDesk, mail, mailWithFile } from './ground.ts';

const OTTO = 'otto@example.com';
const LONG = 'the paper is thin and gray, and so is the toner. '.repeat(1_400);

function tokenOf(ticketId: string, participant: string): string {
  const expires = Date.parse(MONDAY) + 30 * 86_400_000;
  return replyAddress(
    'support@desk.example.test',
    { purpose: 'ticket', id: ticketId, participant, expires },
    keys,
  );
}

/** Nora has a ticket of her own, and wrote in Otto's; others name her. */
async function lived(): Promise<GroundedDesk & { hers: string; his: string; apart: string }> {
  const grounded = await groundedDesk();
  const { comes } = grounded;
  const hers = await comes(
    'nora-1',
    mailWithFile(`Nora Quist <${NORA}>`, 'The printer is jammed', 'It eats the paper.', 'PLAN'),
  );
  await comes(
    'luis-1',
    mail(
      LUIS,
      'Re: The printer is jammed',
      [`Dear Nora, is ${NORA} right?`, '', LONG],
      [`To: ${tokenOf(hers ?? '', LUIS)}`],
    ),
    {
      ...PROVEN,
      recipients: [tokenOf(hers ?? '', LUIS)],
      returnPath: LUIS,
    },
  );
  const otto = { ...PROVEN, returnPath: OTTO };
  const his = await comes(
    'otto-1',
    mail(
      `Otto <${OTTO}>`,
      'A new monitor',
      [`Please ask ${NORA}, not joa${NORA}.`],
      ['To: support@desk.example.test', `Cc: Nora <${NORA}>`],
    ),
    otto,
  );
  await comes(
    'nora-2',
    mail(
      `Nora Quist <${NORA}>`,
      'Re: A new monitor',
      ['I know nothing of it.'],
      [`To: ${tokenOf(his ?? '', NORA)}`],
    ),
    {
      recipients: [tokenOf(his ?? '', NORA)],
    },
  );
  await comes(
    'kim-1',
    mail(
      KIM,
      'Re: A new monitor',
      [`#note ask ${NORA.toUpperCase()} again`, LONG, NORA],
      [`To: ${tokenOf(his ?? '', KIM)}`],
    ),
    {
      ...PROVEN,
      recipients: [tokenOf(his ?? '', KIM)],
      returnPath: KIM,
    },
  );
  const apart = await comes('otto-2', mail(`Otto <${OTTO}>`, 'The door', ['It does not close.']), otto);
  const { world } = grounded;
  await world.updates.claim(
    { id: 'u-1', kind: 'answer', to: NORA, ticketId: hers, at: MONDAY },
    Date.parse(MONDAY),
  );
  await world.rates.arrived({ sender: NORA, slot: 'open' } as never, 'nora-1', Date.parse(MONDAY));
  return Object.assign(grounded, { hers: hers ?? '', his: his ?? '', apart: apart ?? '' });
}

async function erase({ place }: GroundedDesk, address = NORA) {
  const { erasePerson } = await import('../../aws/erasure.ts');
  return erasePerson(address, MONDAY, null, place, () => {});
}

async function find({ place }: GroundedDesk, address = NORA) {
  const { findTraces } = await import('../../aws/erasure.ts');
  return findTraces(address, place, () => {});
}

const naming = (stored: Map<string, string>, address: string) =>
  [...stored]
    .filter(([key, value]) => mentions(key, address) || mentions(value, address))
    .map(([key]) => key);
const mentions = (text: string, address: string) =>
  text.toLowerCase().replaceAll(`joa${address}`, '').includes(address);

test('the preview says what would go, and changes nothing', async () => {
  const lives = await lived();
  const before = await lives.stored();
  const traces = await find(lives);
  expect(traces.tickets).toEqual([
    {
      id: lives.hers,
      subject: 'The printer is jammed',
      status: 'open',
      messages: 2,
      byOthers: 1,
      files: 1,
      mails: 2,
    },
  ]);
  expect(traces.named).toEqual([lives.his]);
  expect(traces.messages).toEqual([
    { id: `${lives.his}-m1`, his: false },
    { id: `${lives.his}-m2`, his: true },
    { id: `${lives.his}-m3`, his: false },
  ]);
  expect(
    traces.mails
      .filter(({ his }) => his)
      .map(({ mailId }) => mailId)
      .sort(),
  ).toEqual(['nora-1', 'nora-2']);
  expect(traces.updates).toBe(1);
  expect(differing(await lives.stored(), before)).toEqual([]);
});

test('an erased address is nowhere in the table and nowhere in the bucket, and one that contains it is', async () => {
  const lives = await lived();
  expect(naming(await lives.stored(), NORA).length).toBeGreaterThan(15);
  const { left, list, pseudonym } = await erase(lives);
  expect(left).toEqual([]);
  const after = await lives.stored();
  expect(naming(after, NORA)).toEqual([]);
  const words = [...after.values()].join('\n');
  expect(['Nora Quist', 'It eats the paper'].filter((each) => words.includes(each))).toEqual([]);
  expect((await lives.world.tickets.message(lives.his, 1))?.text).toBe(`Please ask […], not joa${NORA}.`);
  expect(list.join('\n')).not.toContain(NORA);
  expect(pseudonym).toMatch(/^person-[0-9a-f]{24}@erased\.invalid$/);
});

test('what others have, and what does not name her, is as it was, octet by octet', async () => {
  const lives = await lived();
  const before = await lives.stored();
  await erase(lives);
  const after = await lives.stored();
  const isHers = (key: string, value: string) =>
    mentions(`${key} ${value}`, NORA) || key.startsWith(`T#${lives.hers}`);
  const mailsOfHers = ['nora-', 'luis-1', 'otto-1', 'kim-1'];
  const changed = differing(before, after).filter(
    (key) =>
      !isHers(key, before.get(key) ?? '') &&
      !mailsOfHers.some((id) => key.includes(id)) &&
      !/^(LOAD|PERSON)#/.test(key),
  );
  expect(changed).toEqual([]);
  expect((await lives.world.tickets.read(lives.apart))?.subject).toBe('The door');
});

test('an erased id stays taken, its agent has one ticket less, and a reply to it opens a new one', async () => {
  const lives = await lived();
  const { world } = lives;
  const agent = (await world.tickets.read(lives.hers))?.assignee ?? '';
  const loadOf = async () => (await world.tickets.loads([agent])).get(agent)?.open;
  const before = (await loadOf()) ?? 0;
  await erase(lives);
  expect(await loadOf()).toBe(before - 1);
  expect(await world.tickets.read(lives.hers)).toBeNull();
  expect(await world.tickets.readAll([lives.hers, lives.his])).toHaveLength(1);
  const reply = mail(
    'Nora <nora@example.org>',
    `Re: [${lives.hers}] The printer`,
    ['And now?'],
    [`To: ${tokenOf(lives.hers, NORA)}`],
  );
  const ticketId = await lives.comes('nora-3', reply, { recipients: [tokenOf(lives.hers, NORA)] });
  expect(ticketId).not.toBe(lives.hers);
  expect((await world.ledger.read('nora-3'))?.disposition).toBe('opened');
});

test('in others’ tickets she takes part no more, and what she wrote is gone with its raw mail', async () => {
  const lives = await lived();
  const { world } = lives;
  const raw = (await world.ledger.read('nora-2'))?.key ?? '';
  expect(await world.mailroom.size(raw)).not.toBeNull();
  await erase(lives);
  const ticket = await world.tickets.read(lives.his);
  expect(ticket?.participants.map(({ address }) => address)).toEqual([OTTO]);
  expect(await world.tickets.message(lives.his, 2)).toMatchObject({
    ...{ text: '[…]', attachments: [] },
    from: { name: '', address: expect.stringMatching(/^person-/) },
  });
  expect(await world.mailroom.size(raw)).toBeNull();
  expect(await world.ledger.read('nora-2')).toMatchObject({
    from: null,
    subject: '',
    disposition: 'appended',
  });
});

test('erasing twice does nothing the second time, and an interrupted erasure is carried on', async () => {
  const lives = await lived();
  const { place } = lives;
  let removals = 0;
  const remove = place.mailroom.remove;
  place.mailroom.remove = async (key) => {
    if (++removals === 2) throw new Error('the cable is out');
    await remove(key);
  };
  await expect(erase(lives)).rejects.toThrow('the cable');
  expect(naming(await lives.stored(), NORA)).not.toEqual([]);
  // Its id is taken; what is left of it is hers, whether it names her or not.
  expect((await find(lives)).tickets.map(({ id }) => id)).toEqual([lives.hers]);
  expect((await erase(lives)).left).toEqual([]);
  const after = await lives.stored();
  expect(naming(after, NORA)).toEqual([]);
  expect([...after.keys()].filter((key) => key.startsWith(`T#${lives.hers} MESSAGE`))).toEqual([]);
  expect((await erase(lives)).list).toEqual([]);
  expect(differing(await lives.stored(), after)).toEqual([]);
});

test('the audit trail holds before and after, of her own ticket and of others’, and names nobody', async () => {
  const lives = await lived();
  const { verifyTicket } = await import('../../cli/audit.ts');
  const verify = (id: string) => verifyTicket(id, lives.table);
  const before = [await verify(lives.hers), await verify(lives.his)];
  expect(before.map(({ broken }) => broken)).toEqual([null, null]);
  expect(before[0]?.chained).toBeGreaterThan(2);
  await erase(lives);
  expect([await verify(lives.hers), await verify(lives.his)]).toEqual(before);
  const lines = [...(await lives.stored())].filter(([key]) => key.startsWith(`T#${lives.hers} EVENT#`));
  expect(lines.join('\n')).not.toMatch(/@(?!erased\.invalid|desk\.example\.test)/);
});

test.each<[string, (item: Record<string, unknown>) => Record<string, unknown> | null, string]>([
  [
    'a changed word',
    (item) => ({ ...item, event: { ...(item.event as object), team: 'hr' } }),
    'is not what was written',
  ],
  ['an event that is gone', () => null, 'the event is missing'],
])('the trail says where it is broken: %s', async (_, spoil, why) => {
  const lives = await lived();
  const { verifyTicket } = await import('../../cli/audit.ts');
  const key = { pk: `T#${lives.hers}`, sk: 'EVENT#00000002' };
  const item = await lives.table.get(key);
  const spoilt = spoil(item ?? {});
  if (spoilt) await lives.table.put({ ...spoilt, ...key });
  else await lives.table.remove(key);
  const { broken } = await verifyTicket(lives.hers, lives.table);
  expect(broken).toMatchObject({ number: 2, why: expect.stringContaining(why) });
});

test('the same person has one pseudonym in all tickets, and after an erasure another one', async () => {
  const lives = await lived();
  const { makeKey, readPersons } = await import('../../aws/audit.ts');
  const make = (person: string) => makeKey(lives.table, person);
  const nora = async () => (await readPersons(lives.table, [NORA], [], make)).pseudonyms.get(NORA);
  const before = await nora();
  expect((await erase(lives)).pseudonym).toBe(before);
  expect(await nora()).not.toBe(before);
});

test('people of the desk are refused, with the way out', async () => {
  const { addressOf, refuseStaff } = await import('../../cli/erase.ts');
  expect(() => refuseStaff(LUIS, desk)).toThrow(/Luis Ortega.*desk\.yaml.*Then erase him/);
  expect(() => refuseStaff('support@desk.example.test', desk)).toThrow(/the desk's own addresses/);
  expect(() => addressOf('nora at example')).toThrow(/is no address/);
  expect(addressOf(' Nora@Example.org ')).toBe(NORA);
});

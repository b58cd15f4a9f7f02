/** Erasing a person over the table and bucket that the laptop runs: nothing of him is left, and nothing of others is touched. */
import { beforeAll, describe, expect, test } from 'vitest';
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

/** One erasure, looked at from all sides: what was there before it, what was seen of it, and what is there after it. */
async function told() {
  const lives = await lived();
  const { world, table } = lives;
  const [{ verifyTicket }, { makeKey, readPersons }] = await Promise.all([
    import('../../cli/audit.ts'),
    import('../../aws/audit.ts'),
  ]);
  const agent = (await world.tickets.read(lives.hers))?.assignee ?? '';
  const raw = (await world.ledger.read('nora-2'))?.key ?? '';
  const seen = async () => ({
    open: (await world.tickets.loads([agent])).get(agent)?.open ?? 0,
    trails: [await verifyTicket(lives.hers, table), await verifyTicket(lives.his, table)],
    rawMail: await world.mailroom.size(raw),
    stored: await lives.stored(),
  });
  const pseudonym = async () => {
    const make = (person: string) => makeKey(table, person);
    return (await readPersons(table, { persons: [NORA] }, make)).pseudonyms.get(NORA);
  };
  const known = await pseudonym();
  const before = await seen();
  const traces = await find(lives);
  const previewed = await lives.stored();
  const erasure = await erase(lives);
  return { lives, before, traces, previewed, erasure, after: await seen(), known, pseudonym };
}

describe('an erasure', () => {
  let story: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    story = await told();
  });

  test('is previewed: what would go is said, and nothing changes', () => {
    const { lives, traces, before, previewed } = story;
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
    expect(differing(previewed, before.stored)).toEqual([]);
  });

  test('leaves its address nowhere in the table and nowhere in the bucket, and one that contains it where it is', async () => {
    const { lives, before, after } = story;
    const { left, list, pseudonym } = story.erasure;
    expect(naming(before.stored, NORA).length).toBeGreaterThan(15);
    expect(left).toEqual([]);
    expect(naming(after.stored, NORA)).toEqual([]);
    const words = [...after.stored.values()].join('\n');
    expect(['Nora Quist', 'It eats the paper'].filter((each) => words.includes(each))).toEqual([]);
    expect((await lives.world.tickets.message(lives.his, 1))?.text).toBe(`Please ask […], not joa${NORA}.`);
    expect(list.join('\n')).not.toContain(NORA);
    expect(pseudonym).toMatch(/^person-[0-9a-f]{24}@erased\.invalid$/);
  });

  test('leaves what others have, and what does not name her, as it was, octet by octet', async () => {
    const { lives } = story;
    const { stored: before } = story.before;
    const { stored: after } = story.after;
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

  test('takes its tickets from their agents', async () => {
    const { world, hers, his } = story.lives;
    expect(story.after.open).toBe(story.before.open - 1);
    expect(await world.tickets.read(hers)).toBeNull();
    expect(await world.tickets.readAll([hers, his])).toHaveLength(1);
  });

  test('ends her part in others’ tickets, and what she wrote there is gone with its raw mail', async () => {
    const { lives } = story;
    const { world } = lives;
    expect(story.before.rawMail).not.toBeNull();
    const ticket = await world.tickets.read(lives.his);
    expect(ticket?.participants.map(({ address }) => address)).toEqual([OTTO]);
    expect(await world.tickets.message(lives.his, 2)).toMatchObject({
      ...{ text: '[…]', attachments: [] },
      from: { name: '', address: expect.stringMatching(/^person-/) },
    });
    expect(story.after.rawMail).toBeNull();
    expect(await world.ledger.read('nora-2')).toMatchObject({
      from: null,
      subject: '',
      disposition: 'appended',
    });
  });

  test('leaves the audit trail whole, of her own ticket and of others’, and it names nobody', () => {
    const { trails } = story.before;
    expect(trails.map(({ broken }) => broken)).toEqual([null, null]);
    expect(trails[0]?.chained).toBeGreaterThan(2);
    expect(story.after.trails).toEqual(trails);
    const lines = [...story.after.stored].filter(([key]) => key.startsWith(`T#${story.lives.hers} EVENT#`));
    expect(lines.join('\n')).not.toMatch(/@(?!erased\.invalid|desk\.example\.test)/);
  });

  test('goes by the one pseudonym that she had in all tickets, and after it she has another one', async () => {
    expect(story.erasure.pseudonym).toBe(story.known);
    expect(await story.pseudonym()).not.toBe(story.known);
  });

  test('leaves the id taken: a reply to it opens a new ticket', async () => {
    const { lives } = story;
    const reply = mail(
      'Nora <nora@example.org>',
      `Re: [${lives.hers}] The printer`,
      ['And now?'],
      [`To: ${tokenOf(lives.hers, NORA)}`],
    );
    const ticketId = await lives.comes('nora-3', reply, { recipients: [tokenOf(lives.hers, NORA)] });
    expect(ticketId).not.toBe(lives.hers);
    expect((await lives.world.ledger.read('nora-3'))?.disposition).toBe('opened');
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

test('the trail says where it is broken: at a changed word, and at an event that is gone', async () => {
  const { table, hers } = await lived();
  const { verifyTicket } = await import('../../cli/audit.ts');
  const broken = async () => (await verifyTicket(hers, table)).broken;
  const key = { pk: `T#${hers}`, sk: 'EVENT#00000002' };
  const item = await table.get(key);
  await table.put({ ...item, event: { ...(item?.event as object), team: 'hr' }, ...key });
  expect(await broken()).toMatchObject({
    number: 2,
    why: expect.stringContaining('is not what was written'),
  });
  await table.remove(key);
  expect(await broken()).toMatchObject({
    number: 2,
    why: expect.stringContaining('the event is missing'),
  });
});

test('people of the desk are refused, with the way out', async () => {
  const { addressOf, refuseStaff } = await import('../../cli/erase.ts');
  expect(() => refuseStaff(LUIS, desk)).toThrow(/Luis Ortega.*desk\.yaml.*Then erase him/);
  expect(() => refuseStaff('support@desk.example.test', desk)).toThrow(/the desk's own addresses/);
  expect(() => addressOf('nora at example')).toThrow(/is no address/);
  expect(addressOf(' Nora@Example.org ')).toBe(NORA);
});

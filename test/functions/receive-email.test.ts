/** What receive-email does with mail at which something fails: the desk itself, the process, or the world around it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConflictError, LoadMovedError, UnavailableError } from '../../core/faults.ts';
import type { Receipt } from '../../core/mail/email.ts';
import type { MailEvent } from '../../core/mail/record.ts';
import { codeId, oneTimeCode, replyAddress } from '../../core/mail/token.ts';
import { change } from '../../core/ticket/change.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, ID, keys, LUIS, NORA, opened } from '../sample.ts';
import { deliver, type SmallWorld, smallWorld } from './world.ts';

/** A desk that does something when it is asked, in a pure step, whether this address belongs to it. */
function deskThat(asked: (address: string) => void): typeof desk {
  const [first, ...others] = desk.people;
  if (!first) throw new Error('the sample desk has people');
  const includes = (address: string) => {
    asked(address);
    return false;
  };
  const alternates = Object.assign([...first.alternates], { includes });
  return { ...desk, people: [{ ...first, alternates }, ...others] };
}

const faultyDesk = () =>
  deskThat((address) => {
    if (address === 'poison@example.org') throw new TypeError('no such person,\nand no such answer');
  });

const disposed = (world: SmallWorld, mailId = 'mail-1') => world.ledger.read(mailId);
const told = (world: SmallWorld) =>
  [...world.items.values()].flatMap(({ pk, sk, event }) =>
    pk.startsWith('MAIL#') && sk.startsWith('EVENT#') ? [event as MailEvent] : [],
  );

/** What ends the process leaves no exception: from then on nothing of it is ever written. */
async function killed(world: SmallWorld, asked: Parameters<typeof receiveEmail>[0], delivery: number) {
  const die = () => {
    world.before = die;
    throw new Error('this process is dead');
  };
  await receiveEmail(asked, { ...world, desk: deskThat(die) }, delivery).catch(() => {});
  world.before = () => {};
}

describe('poison', () => {
  test('a mail at which the desk fails is poison, with its cause, and its neighbours go by', async () => {
    const world = smallWorld({ desk: faultyDesk() });
    await receiveEmail(deliver(world, 'new-ticket.eml', { mailId: 'before' }), world);
    await receiveEmail(deliver(world, 'poison.eml', { mailId: 'poison' }), world);
    await receiveEmail(deliver(world, 'monitoring.eml', { mailId: 'after' }), world);
    expect((await disposed(world, 'before'))?.disposition).toBe('opened');
    expect((await disposed(world, 'after'))?.disposition).toBe('opened');
    expect(await disposed(world, 'poison')).toMatchObject({
      disposition: 'quarantined',
      reason: 'poison',
      detail: 'TypeError: no such person, and no such answer',
      key: 'mail/2026/11/23/poison',
      ticketId: null,
    });
    expect(world.logged).toContainEqual({
      message: 'disposed',
      ids: expect.objectContaining({ mailId: 'poison', disposition: 'quarantined', reason: 'poison' }),
    });
    expect(world.objects.has('in/poison')).toBe(false);
    expect(world.told).toEqual([{ name: 'Poison', value: 1 }]);
    expect(told(world)).toEqual([]);
  });

  test('a cause is one line and no longer than a record needs', async () => {
    const world = smallWorld({ desk: faultyDesk() });
    const long = 'x'.repeat(5_000);
    const recall = () => Promise.reject(new Error('not reached'));
    Object.defineProperty(world.desk, 'domain', {
      get: () => {
        throw new RangeError(`${long}\r\nBcc: eve@example.org`);
      },
    });
    await receiveEmail(deliver(world, 'new-ticket.eml'), { ...world, recall });
    expect((await disposed(world))?.detail).toMatch(/^RangeError: x{300,400}$/);
  });

  test('replayed after the fault is mended, a mail becomes what it would have become', async () => {
    const broken = smallWorld({ desk: faultyDesk() });
    await receiveEmail(deliver(broken, 'poison.eml'), broken);
    const mended = Object.assign(broken, { desk });
    await receiveEmail({ replay: 'mail-1' }, mended);
    const fresh = smallWorld();
    await receiveEmail(deliver(fresh, 'poison.eml'), fresh);
    const [replayed, first] = [await disposed(mended), await disposed(fresh)];
    const { history, version, ticketId, ...rest } = replayed ?? {};
    expect(first).toMatchObject({ ...rest, disposition: 'opened' });
    expect(history).toEqual([
      {
        disposition: 'quarantined',
        reason: 'poison',
        at: replayed?.disposedAt,
        detail: expect.stringContaining('TypeError'),
      },
    ]);
    const [ticket, other] = [
      await mended.tickets.read(ticketId ?? ''),
      await fresh.tickets.read(first?.ticketId ?? ''),
    ];
    // Its salts are drawn.
    const drawn = { id: '', trail: null };
    expect({ ...ticket, ...drawn }).toEqual({ ...other, ...drawn });
  });

  test('a mail that ends the process twice is poison, and is not read a third time', async () => {
    const world = smallWorld();
    const asked = deliver(world, 'new-ticket.eml');
    await killed(world, asked, 1);
    await killed(world, asked, 2);
    await killed(world, asked, 3);
    let reads = 0;
    world.before = (call) => {
      if (call === 'bucket:read') reads++;
    };
    await receiveEmail(asked, world, 4);
    expect(reads).toBe(0);
    expect(await disposed(world)).toMatchObject({
      disposition: 'quarantined',
      reason: 'poison',
      detail: expect.stringMatching(/^2 times the process that read it ended without a word/),
    });
  });

  test('a first delivery that ends the process counts for nothing: most such ends are not the mail’s', async () => {
    const world = smallWorld();
    const asked = deliver(world, 'new-ticket.eml');
    await killed(world, asked, 1);
    await killed(world, asked, 2);
    await receiveEmail(asked, world, 3);
    expect((await disposed(world))?.disposition).toBe('opened');
  });

  test('after such an end a replay has its own tries', async () => {
    const world = smallWorld();
    const asked = deliver(world, 'new-ticket.eml');
    for (const delivery of [1, 2, 3]) await killed(world, asked, delivery);
    await receiveEmail(asked, world, 4);
    world.before = (call) => {
      if (call === 'table:transact') throw new UnavailableError('busy');
    };
    await expect(receiveEmail({ replay: 'mail-1' }, world, 1)).rejects.toThrow('busy');
    world.before = () => {};
    await receiveEmail({ replay: 'mail-1' }, world, 2);
    expect((await disposed(world))?.disposition).toBe('opened');
  });

  test('the first, normal delivery writes nothing beside what the mail does', async () => {
    const world = smallWorld();
    const calls: string[] = [];
    world.before = (call) => void calls.push(call);
    await receiveEmail(deliver(world, 'new-ticket.eml'), world, 1);
    expect(calls).not.toContain('table:put');
    expect([...world.items.keys()].filter((key) => key.includes('BEGUN'))).toEqual([]);
  });
});

describe('faults of the world are tried again and make no poison', () => {
  test.each([
    ['the table does not answer', 'table', new UnavailableError('DynamoDB is down')],
    ['the table’s writes fail', 'table:transact', new UnavailableError('throttled')],
    ['somebody else writes at the same moment', 'table:transact', new ConflictError('taken')],
    ['the bucket does not answer', 'bucket', new UnavailableError('SlowDown')],
    ['files cannot be stored', 'bucket:write', new Error('AccessDenied')],
    ['the SDK itself fails', 'bucket:read', new TypeError('terminated')],
  ])('%s, four deliveries long', async (_, failing, fault) => {
    const world = smallWorld();
    const asked = deliver(world, 'too-large.eml');
    world.before = (call) => {
      if (call.startsWith(failing)) throw fault;
    };
    for (const delivery of [1, 2, 3, 4])
      await expect(receiveEmail(asked, world, delivery)).rejects.toBe(fault);
    world.before = () => {};
    await receiveEmail(asked, world, 5);
    expect((await disposed(world))?.disposition).toBe('opened');
  });

  test('a table or bucket that hangs until the time is up is not the mail’s doing', async () => {
    const world = smallWorld();
    const asked = deliver(world, 'new-ticket.eml');
    for (const [delivery, hanging] of [
      [1, 'bucket:read'],
      [2, 'bucket:read'],
      [3, 'table:transact'],
      [4, 'table:transact'],
    ] as const) {
      let over = false;
      world.before = (call) => {
        over ||= call === hanging;
        if (over) throw new Error('the time is up');
      };
      await receiveEmail(asked, world, delivery).catch(() => {});
    }
    world.before = () => {};
    await receiveEmail(asked, world, 5);
    expect((await disposed(world))?.disposition).toBe('opened');
  });
});

describe('too-large', () => {
  const small = { ...desk, mail: { ...desk.mail, largest: 2_000 } };

  test('too-large mail is refused before anything but its head is read, and its sender is told', async () => {
    const world = smallWorld({ desk: small });
    const read: unknown[] = [];
    const { mailroom } = world;
    world.mailroom = {
      ...mailroom,
      read(key, part) {
        read.push(part);
        return mailroom.read(key, part);
      },
    };
    await receiveEmail(deliver(world, 'too-large.eml'), world);
    expect(await disposed(world)).toMatchObject({
      disposition: 'refused',
      reason: 'too-large',
      from: NORA,
      subject: 'All the photos',
      detail: expect.stringMatching(/^\d{4} octets, and 2000 are allowed$/),
    });
    expect(read).toEqual([{ start: 0, end: 262_144 }]);
    expect(told(world)).toMatchObject([{ kind: 'refused', reason: 'too-large', to: { address: NORA } }]);
  });

  test('once more is allowed, a replay takes it in', async () => {
    const world = smallWorld({ desk: small });
    await receiveEmail(deliver(world, 'too-large.eml'), world);
    await receiveEmail({ replay: 'mail-1' }, Object.assign(world, { desk }));
    expect(await disposed(world)).toMatchObject({
      disposition: 'opened',
      history: [{ disposition: 'refused', reason: 'too-large' }],
    });
  });

  test('where the desk takes what SES takes, nobody asks for the size', async () => {
    const world = smallWorld();
    world.before = (call) => {
      if (call === 'bucket:size') throw new Error('asked');
    };
    await receiveEmail(deliver(world, 'too-large.eml'), world);
    expect((await disposed(world))?.disposition).toBe('opened');
  });
});

describe('unreadable mail', () => {
  const refused = async (name: string, verdicts: Partial<Receipt> = {}, edit = (text: string) => text) => {
    const world = smallWorld();
    const { objects } = world;
    const asked = deliver(world, name, verdicts);
    const raw = Buffer.from(objects.get('in/mail-1')?.content ?? []).toString('latin1');
    objects.set('in/mail-1', { content: Buffer.from(edit(raw), 'latin1'), at: world.time });
    await receiveEmail(asked, world);
    return { record: await disposed(world), told: told(world) };
  };

  test('is quarantined, and its sender hears what to do', async () => {
    const { record, told } = await refused('unreadable.eml');
    expect(record).toMatchObject({ disposition: 'quarantined', reason: 'unreadable', from: NORA });
    expect(told).toMatchObject([{ kind: 'refused', reason: 'unreadable', to: { address: NORA } }]);
  });

  test.each([
    ['failed authentication', { dmarc: 'FAIL', dmarcPolicy: 'none' }, (text: string) => text],
    ['is spam', { spam: 'FAIL' }, (text: string) => text],
    ['has a virus', { virus: 'FAIL' }, (text: string) => text],
    ['was written by a machine', {}, (text: string) => `Auto-Submitted: auto-replied\r\n${text}`],
    ['wants no automatic answer', {}, (text: string) => `X-Auto-Response-Suppress: All\r\n${text}`],
    ['names no sender', {}, (text: string) => text.replace(/^From:.*\r?\n/m, '')],
    [
      'names several senders',
      {},
      (text: string) => text.replace(/^From: .*$/m, 'From: a@example.org, b@example.org'),
    ],
    [
      'comes from the desk itself',
      {},
      (text: string) => text.replace(/^From: .*$/m, 'From: support@desk.example.test'),
    ],
  ] as const)('is not answered when it %s', async (_, verdicts, edit) => {
    expect((await refused('unreadable.eml', verdicts, edit)).told).toEqual([]);
  });

  test('with a virus or as spam is called that', async () => {
    for (const reason of ['virus', 'spam'])
      expect((await refused('unreadable.eml', { [reason]: 'FAIL' })).record).toMatchObject({
        ...{ disposition: 'quarantined', reason, detail: expect.stringMatching(`SES .*${reason}`) },
      });
  });
});

test('a flood is joined to the ticket as which its first one goes on, when that was merged meanwhile', async () => {
  let over = false;
  const arrived: SmallWorld['rates']['arrived'] = async ({ slot }) =>
    over ? { counts: { [slot]: 6 }, firsts: { [slot]: 'mail-1' } } : { counts: {}, firsts: {} };
  const world = smallWorld({ rates: { arrived } as SmallWorld['rates'] });
  const ticketOf = async (mailId: string) =>
    (await world.tickets.read((await disposed(world, mailId))?.ticketId ?? '')) as Ticket;
  const raw = readFileSync('test/emails/new-ticket.eml', 'utf8');
  await receiveEmail(deliver(world, raw), world);
  await receiveEmail(deliver(world, 'monitoring.eml', { mailId: 'mail-2' }), world);
  const [first, other] = [await ticketOf('mail-1'), await ticketOf('mail-2')];
  const merged = change(first, [{ kind: 'merged', into: other.id, by: LUIS }], world.time, world.desk);
  await world.tickets.commit(merged, []);
  over = true;
  await receiveEmail(deliver(world, raw.replace(/^Message-ID: </im, '$&6.'), { mailId: 'mail-6' }), world);
  expect(await disposed(world, 'mail-6')).toMatchObject({ reason: 'flood', ticketId: other.id });
});

test('the mail with which a flood began opens its ticket, however often it was tried and counted', async () => {
  const arrived: SmallWorld['rates']['arrived'] = async ({ slot }) => ({
    counts: { [slot]: 6 },
    firsts: { [slot]: 'mail-1' },
  });
  const world = smallWorld({ rates: { arrived } as SmallWorld['rates'] });
  await receiveEmail(deliver(world, 'new-ticket.eml'), world);
  expect(await disposed(world, 'mail-1')).toMatchObject({ disposition: 'opened', reason: 'new-ticket' });
});

describe('when others get a ticket at the same moment', () => {
  /** So often whoever was chosen has as many by then as he may have. */
  function contended(times: number) {
    const world = smallWorld();
    const { commit } = world.tickets;
    const calls: string[] = [];
    const tried: { assignee: string | null; chosenBy: number }[] = [];
    world.before = (call) => void calls.push(call);
    world.tickets.commit = async (change, messages, also, elsewhere, seen) => {
      const { assignee } = change.after;
      tried.push({ assignee, chosenBy: seen?.loads?.size ?? 0 });
      if (tried.length > times) return commit(change, messages, also, elsewhere, seen);
      const pk = `LOAD#${assignee}`;
      world.items.set(`${pk} LOAD`, { pk, sk: 'LOAD', openTickets: 99 });
      throw new LoadMovedError('the condition does not hold', { at: [pk] });
    };
    return { world, calls, tried };
  }

  test('another is chosen by the loads as they are then, and nothing else is read or asked again', async () => {
    const { world, calls, tried } = contended(1);
    await receiveEmail(deliver(world, 'new-ticket.eml'), world);
    const asked = calls.length;
    const [first, second] = tried;
    expect(second?.assignee).not.toBe(first?.assignee);
    const { ticketId } = (await disposed(world)) ?? {};
    expect((await world.tickets.read(ticketId ?? ''))?.assignee).toBe(second?.assignee);
    const undisturbed = contended(0);
    await receiveEmail(deliver(undisturbed.world, 'new-ticket.eml'), undisturbed.world);
    // The loads.
    expect(asked - undisturbed.calls.length).toBe(1);
  });

  test('after four choices whoever was chosen last has the ticket, whatever others get meanwhile', async () => {
    const { world, tried } = contended(4);
    await receiveEmail(deliver(world, 'new-ticket.eml'), world);
    expect(tried.map(({ chosenBy }) => chosenBy > 0)).toEqual([true, true, true, true, false]);
    expect(await disposed(world)).toMatchObject({ disposition: 'opened' });
  });

  test('when even that is in another’s way, the mail begins anew after a pause', async () => {
    const { world, tried } = contended(5);
    const received = receiveEmail(deliver(world, 'new-ticket.eml'), world);
    await expect(received).rejects.toThrow(ConflictError);
    expect(tried).toHaveLength(5);
  });
});

describe('too-many-codes', () => {
  const claimed = (mailId: string) => ({ mailId, returnPath: 'kim.brandt@example.test' });

  test('from too-many-codes on, mail in an agent’s name waits without a code, and the ledger says why', async () => {
    let counted = 0;
    const rates = { arrived: async () => ({ counts: { codes: ++counted }, firsts: {} }) };
    const world = smallWorld({ rates } as unknown as Parameters<typeof smallWorld>[0]);
    for (let n = 1; n <= 12; n++)
      await receiveEmail(deliver(world, 'too-many-codes.eml', claimed(`mail-${n}`)), world);
    expect(told(world)).toHaveLength(10);
    expect(told(world).every(({ kind }) => kind === 'held')).toBe(true);
    expect(await disposed(world, 'mail-10')).toMatchObject({ disposition: 'held', reason: 'without-proof' });
    expect(await disposed(world, 'mail-11')).toMatchObject({
      ...{ disposition: 'held', reason: 'too-many-codes', ticketId: null },
      detail: expect.stringMatching(
        /nothing proves .*; kim\.brandt@example\.test was sent 10 codes within the hour/,
      ),
    });
    expect([...world.items.keys()].filter((key) => key.startsWith('CODE#'))).toHaveLength(10);
    counted = 0;
    await receiveEmail({ replay: 'mail-11' }, world);
    expect(await disposed(world, 'mail-11')).toMatchObject({ disposition: 'held', reason: 'without-proof' });
    expect(told(world)).toHaveLength(11);
  });

  test('they are counted by the person, for an hour, and mail that asks for none is not', async () => {
    const asked: unknown[] = [];
    const rates = {
      arrived: async (counted: unknown) => {
        asked.push(counted);
        return { counts: {}, firsts: {} };
      },
    };
    const world = smallWorld({ rates } as unknown as Parameters<typeof smallWorld>[0]);
    await receiveEmail(deliver(world, 'too-many-codes.eml', claimed('mail-1')), world);
    await receiveEmail(deliver(world, 'private-note.eml', { mailId: 'mail-2', returnPath: LUIS }), world);
    expect(asked).toContainEqual({
      sender: 'code#kim.brandt@example.test',
      slot: 'codes',
      window: 3_600_000,
    });
    expect(asked.filter((each) => JSON.stringify(each).includes('code#kim'))).toHaveLength(1);
  });
});

test('a replay of a suppressed mail adds nothing to the ticket that told of it', async () => {
  const world = smallWorld();
  await receiveEmail(deliver(world, 'new-ticket.eml'), world);
  const { messageId, ticketId, from } = (await disposed(world)) ?? expect.unreachable();
  const raw = [
    ...[`From: ${from}`, 'To: support@desk.example.test', 'Subject: Automatic reply'],
    ...[`In-Reply-To: <${messageId}>`, 'Auto-Submitted: auto-replied', 'Message-ID: <away@example.org>'],
    ...['', 'I have gone fishing.'],
  ].join('\r\n');
  await receiveEmail(deliver(world, raw, { mailId: 'away' }), world);
  const before = await world.tickets.events(ticketId ?? '', 100);
  expect(before.filter(({ kind }) => kind === 'automatic-mail-received')).toHaveLength(1);
  await receiveEmail({ replay: 'away' }, world);
  expect(await disposed(world, 'away')).toMatchObject({ disposition: 'suppressed', ticketId });
  expect(await world.tickets.events(ticketId ?? '', 100)).toEqual(before);
});

test('an answer with its code that comes as two mails is one answer: the second is no code that was used already', async () => {
  const world = smallWorld();
  const claimed = { mailId: 'mail-1', returnPath: 'kim.brandt@example.test' };
  await receiveEmail(deliver(world, 'too-many-codes.eml', claimed), world);
  const owner = { purpose: 'code', id: codeId('mail-1'), participant: claimed.returnPath } as const;
  const to = replyAddress(
    'support@desk.example.test',
    { ...owner, expires: Date.parse(world.time) + 86_400_000 },
    keys,
  );
  const raw = [
    ...[`From: ${claimed.returnPath}`, `To: ${to}`, 'Subject: Re: Is this yours?'],
    ...['Message-ID: <the-code@example.test>', '', oneTimeCode('mail-1', 0, keys)],
  ].join('\r\n');
  for (const mailId of ['code-1', 'code-2'])
    await receiveEmail(deliver(world, raw, { ...claimed, mailId, recipients: [to] }), world);
  expect(await disposed(world, 'code-1')).toMatchObject({
    disposition: 'commanded',
    reason: 'code-accepted',
  });
  expect(await disposed(world, 'code-2')).toMatchObject({ disposition: 'duplicate', reason: 'same-message' });
});

describe('what it asks of the world', () => {
  const asksFor = async (world: SmallWorld, work: () => Promise<void>) => {
    const calls: string[] = [];
    world.before = (call) => void calls.push(call);
    await work();
    return calls;
  };

  test('an answer with its token is decided on and kept after one read of the table', async () => {
    const world = smallWorld();
    await world.tickets.commit(opened(), []);
    const expires = Date.parse(world.time) + 86_400_000;
    const proof = { purpose: 'ticket' as const, id: ID, participant: NORA, expires };
    const to = replyAddress('support@desk.example.test', proof, keys);
    const raw = `From: ${NORA}\r\nTo: ${to}\r\nMessage-ID: <a@example.org>\r\n\r\nIt is gone again.`;
    const asked = deliver(world, raw, { recipients: [to], returnPath: NORA });
    const calls = await asksFor(world, () => receiveEmail(asked, world));
    expect(calls).toEqual(['bucket:read', 'table:get', 'table:transact', 'bucket:move']);
    expect(await disposed(world)).toMatchObject({ disposition: 'appended', ticketId: ID });
  });

  test.each([
    ['before its raw form was moved', true],
    ['and after', false],
  ])('told of a mail once more when it is done, %s, it changes nothing', async (_, isThere) => {
    const world = smallWorld();
    const asked = deliver(world, 'new-ticket.eml');
    const object = world.objects.get('in/mail-1');
    await receiveEmail(asked, world);
    const items = new Map(world.items);
    if (isThere && object) world.objects.set('in/mail-1', object);
    const calls = await asksFor(world, () => receiveEmail(asked, world));
    expect(calls).not.toContain('table:transact');
    expect(world.items).toEqual(items);
    expect(world.objects.has('in/mail-1')).toBe(false);
  });

  test('a replay of a mail whose raw form is gone fails aloud, although its record is there', async () => {
    const world = smallWorld({ desk: faultyDesk() });
    await receiveEmail(deliver(world, 'poison.eml'), world);
    world.objects.clear();
    await expect(receiveEmail({ replay: 'mail-1' }, world)).rejects.toThrow('there is no object');
  });

  test('a mail of which nothing is anywhere is no mail that is done', async () => {
    const world = smallWorld();
    const asked = deliver(world, 'new-ticket.eml');
    world.objects.clear();
    await expect(receiveEmail(asked, world)).rejects.toThrow('there is no object in/mail-1');
  });
});

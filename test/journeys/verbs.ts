/** The commands that no other story tells, each over real mail, on one desk. docs/verbs.md says which story has which. */
import { beforeAll, expect, test } from 'vitest';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { KIM, LUIS, MARTHA, PRIYA } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export function verbs(begin: () => Laptop): void {
  const [ROSA, IDA, OTTO, SPAMMER, PEST] = [
    'rosa@example.org',
    'ida@example.com',
    'otto@example.org',
    'offers@example.net',
    'pest@example.net',
  ];

  let laptop: Laptop;
  let printer: Ticket;
  let agent: string;
  let assignment: Delivered;

  beforeAll(async () => {
    laptop = begin();
    await laptop.write({
      from: ROSA,
      subject: 'The printer is jammed',
      text: 'It eats the paper on floor 3.',
    });
    printer = await laptop.ticketOf(ROSA);
    agent = printer.assignee ?? '';
    assignment = await laptop.mail('assignment', agent, printer.id);
  }, 120_000);

  const now = async () => (await laptop.tickets.read(printer.id)) as Ticket;
  /** What a command did, as its transcript says it to whoever gave it. */
  async function command(to: Delivered, text: string, by = to.to): Promise<string> {
    await laptop.reply(to, by, text, { proven: true });
    const transcript = await laptop.mail('transcript', by, to.ticketId ?? undefined);
    return transcript.text.replace(/\s+/g, ' ');
  }
  /** How a colleague who has nothing of it yet comes to write to it. */
  async function into(by: string, id: string): Promise<Delivered> {
    await laptop.write({ from: by, subject: 'That one', text: `#show ${id}`, proven: true });
    const shown = await laptop.mail('transcript', by);
    return { ...shown, ticketId: id, replyTo: /write to\s+(\S+@\S+)/.exec(shown.text)?.[1] ?? '' };
  }

  test('#type #tag #impact #urgency #priority #field file a ticket, all in one mail', async () => {
    const said = await command(
      assignment,
      '#type request\n#tag +vip -spare\n#impact team\n#urgency outage\n#priority P2\n#field asset 4711',
    );
    expect(said.match(/Done:/g)).toHaveLength(6);
    expect(await now()).toMatchObject({
      ...{ type: 'request', tags: ['vip'], impact: 'team', priority: 'P2', fields: { asset: '4711' } },
      status: 'open',
    });
  });

  test('#cc lets somebody take part, and #stop lets him be', async () => {
    await command(assignment, `#cc +${IDA}`);
    await laptop.reply(assignment, agent, 'Somebody comes at noon.', { proven: true });
    const answer = await laptop.mail('answer', IDA, printer.id);
    await laptop.mail('answer', ROSA, printer.id);
    await laptop.reply(answer, IDA, '#stop');
    await laptop.mail('transcript', IDA, printer.id);
    await laptop.reply(assignment, agent, 'He is on his way.', { proven: true });
    expect((await laptop.mail('answer', ROSA, printer.id)).text).toContain('on his way');
    await laptop.quiet();
    expect(laptop.delivered.filter(({ kind, to }) => kind === 'answer' && to === IDA)).toHaveLength(1);
  });

  test('#watch lets a colleague read along, until #unwatch', async () => {
    const hers = await into(PRIYA, printer.id);
    await command(hers, '#watch', PRIYA);
    const acknowledgement = await laptop.mail('acknowledgement', ROSA, printer.id);
    await laptop.reply(acknowledgement, ROSA, 'It smells of smoke now.');
    await laptop.mail('requester-message', agent, printer.id);
    expect((await laptop.mail('requester-message', PRIYA, printer.id)).text).toContain('smells of smoke');
    await command(hers, '#unwatch', PRIYA);
    expect(await now()).toMatchObject({ watchers: [] });
  });

  test('#assign gives it to somebody else, #unassign to nobody, and #take takes it back', async () => {
    await command(assignment, '#assign priya');
    const given = await laptop.mail('assignment', PRIYA, printer.id);
    expect(given.text).toContain('smells of smoke');
    await command(given, '#unassign');
    expect((await laptop.mail('note', MARTHA, printer.id)).text).toContain(printer.id);
    expect(await now()).toMatchObject({ assignee: null });
    await command(assignment, '#take');
    expect(await now()).toMatchObject({ assignee: agent });
  });

  test('#escalate lifts it a tier and tells the requester, and #deescalate brings it back', async () => {
    await command(assignment, '#escalate needs somebody who knows the motor');
    await laptop.mail('escalated', ROSA, printer.id);
    const { tier, assignee } = await now();
    expect(tier).toBe(2);
    const theirs = laptop.delivered.findLast(({ kind, to }) => kind === 'assignment' && to === assignee);
    await command(theirs as Delivered, '#deescalate a new belt will do');
    expect(await now()).toMatchObject({ tier: 1 });
  });

  test('#waiting lets its clock stand, and #open lets it run', async () => {
    await command(assignment, '#waiting 3d for the belt');
    expect(await now()).toMatchObject({ status: 'waiting', waiting: { reason: 'for the belt' } });
    await command(assignment, '#open');
    expect(await now()).toMatchObject({ status: 'open', waiting: null });
  });

  test('#requester makes it somebody else’s request', async () => {
    await command(assignment, `#requester ${OTTO}`);
    expect((await laptop.mail('acknowledgement', OTTO, printer.id)).text).not.toContain(ROSA);
    expect(await now()).toMatchObject({ requester: { address: OTTO } });
  });

  test('#team gives it to other people; a confidential team’s is closed to whoever had it', async () => {
    await laptop.write({
      from: 'pat@example.org',
      subject: 'The scanner is slow',
      text: 'And my payslip is wrong.',
    });
    const { id, assignee } = await laptop.ticketOf('pat@example.org');
    const first = await laptop.mail('assignment', assignee ?? '', id);
    await command(first, '#team hr\n#note it is about her pay');
    const after = (await laptop.tickets.read(id)) as Ticket;
    expect(after.team).toBe('hr');
    await laptop.mail('assignment', after.assignee ?? '', id);
    await laptop.reply(first, first.to, '#history', { proven: true });
    await laptop.mail('refusal', first.to);
  });

  test('#spam closes without a word to whoever sent it', async () => {
    await laptop.write({ from: SPAMMER, subject: 'The best offer', text: 'Buy a printer.' });
    const { id, assignee } = await laptop.ticketOf(SPAMMER);
    const his = await laptop.mail('assignment', assignee ?? '', id);
    await laptop.mail('acknowledgement', SPAMMER, id);
    await command(his, '#spam');
    expect(await laptop.tickets.read(id)).toMatchObject({ status: 'closed', tags: ['spam'] });
    await laptop.quiet();
    expect(laptop.delivered.filter(({ to }) => to === SPAMMER)).toHaveLength(1);
  });

  test('#block refuses whoever asked from then on, until a lead says #block off', async () => {
    const again = (n: number) =>
      laptop.write({ from: PEST, proven: true, subject: `Offer ${n}`, text: `Buy printer ${n}.` });
    await again(1);
    const { id, assignee } = await laptop.ticketOf(PEST);
    await command(await laptop.mail('assignment', assignee ?? '', id), '#block');
    expect(await laptop.tickets.read(id)).toMatchObject({ status: 'closed', tags: ['spam'] });
    expect(await laptop.addresses.blocked(9)).toMatchObject([{ address: PEST, by: assignee, ticketId: id }]);
    await again(2);
    await laptop.mail('refusal', PEST);
    const his = await into(MARTHA, id);
    await command(his, '#block off', MARTHA);
    expect(await laptop.addresses.blocked(9)).toEqual([]);
    await again(3);
    expect((await laptop.mail('acknowledgement', PEST, (await latestOf(PEST, id)).id)).subject).toContain(
      'Offer 3',
    );
  });

  const latestOf = (address: string, but: string): Promise<Ticket> =>
    laptop.until(
      `another ticket of ${address}`,
      async () =>
        (await laptop.tickets.list(1, ({ id, requester }) => requester.address === address && id !== but))[0],
    );

  test('nobody outside has read an address of the desk’s people, and nothing failed', () => {
    const outside = [ROSA, IDA, OTTO, SPAMMER, PEST, 'pat@example.org'];
    for (const { to, kind, raw } of laptop.delivered.filter(({ to }) => outside.includes(to)))
      for (const address of [KIM, LUIS, PRIYA, MARTHA])
        expect(raw, `${kind} to ${to}`).not.toContain(address);
    expect(laptop.faults).toEqual([]);
  });
}

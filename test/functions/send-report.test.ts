import { parse as parseCsv } from 'csv-parse/sync';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { numberAsked } from '../../core/insight/report.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { sendReports } from '../../functions/send-report.ts';
import { sendUpdate } from '../../functions/send-update.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, opened, PRIYA } from '../sample.ts';
import { type SmallWorld, smallWorld } from './world.ts';

const GRACE = 'grace.okafor@example.test';
const HELENE = 'helene.roth@example.test';
/** The Tuesday after, at half past seven in Berlin. */
const TUESDAY = '2026-11-24T06:30:00.000Z';
const NEXT_MONDAY = '2026-11-30T06:30:00.000Z';
const DAY = 20_780;
const [DAILY, WEEKLY] = [1_000_000, 2_000_000];

function worldOf(more: Partial<SmallWorld> = {}): SmallWorld & { mails: string[] } {
  const mails: string[] = [];
  const mailer = {
    async send({ raw }: { raw: Uint8Array }) {
      mails.push(Buffer.from(raw).toString('utf8'));
      return { sent: true, messageId: `${mails.length}@email.amazonses.com` };
    },
    quotaUsed: async () => 0,
  };
  return Object.assign(smallWorld({ desk, mailer, ...more } as never), { mails }) as never;
}

/** With its history, and counted. */
async function opens(
  world: SmallWorld,
  id: string,
  given: Parameters<typeof opened>[1] = {},
  { assignee = LUIS as string | null, next = [] as Happening[], at = MONDAY } = {},
): Promise<void> {
  const first = opened(at, given, assignee);
  await world.tickets.commit({ ...first, after: { ...first.after, id } }, []);
  const before = await world.tickets.read(id);
  if (!before) throw new Error('it was opened');
  if (next.length > 0) await world.tickets.commit(change(before, next, later(at, 1), desk), []);
  await (await world.rollups()).count([`T#${id}`], Date.parse(at));
}

const SECRET = { team: 'hr', category: 'payroll', subject: 'My salary', mailbox: 'hr@desk.example.test' };
const eventOf = (person: string, number: number) => ({
  pk: `DIGEST#${person}`,
  sk: `EVENT#${String(number).padStart(8, '0')}`,
});

describe('an empty desk', () => {
  test('writes to nobody, is asked once for each person and time, and reads nothing when nobody’s is due', async () => {
    const world = worldOf();
    // Two leads by the day, and a manager by the week.
    expect(await sendReports(world)).toEqual({ sent: 0, empty: 3, failed: 0 });
    expect(await sendReports(world)).toEqual({ sent: 0, empty: 0, failed: 0 });
    await sendUpdate(eventOf(GRACE, WEEKLY + DAY), world);
    expect(world.mails).toEqual([]);
    world.time = '2026-11-23T03:00:00.000Z';
    world.before = (call) => {
      throw new Error(`${call} was called`);
    };
    expect(await sendReports(world)).toEqual({ sent: 0, empty: 0, failed: 0 });
  });

  test('that begins today has nothing to tell of yesterday', async () => {
    const world = worldOf();
    await opens(world, 'T-AAAAAA', {}, { assignee: null });
    expect(await sendReports(world)).toMatchObject({ sent: 0 });
  });
});

describe('the daily report', () => {
  test('comes to the lead of what was counted, once, however often it is asked for and told', async () => {
    const world = worldOf();
    await opens(world, 'T-AAAAAA', {}, { assignee: null });
    world.time = TUESDAY;
    expect(await sendReports(world)).toMatchObject({ sent: 1, failed: 0 });
    expect(await sendReports(world)).toMatchObject({ sent: 0, empty: 0 });
    await sendUpdate(eventOf(MARTHA, DAILY + DAY + 1), world);
    await sendUpdate(eventOf(MARTHA, DAILY + DAY + 1), world);
    expect(world.mails).toHaveLength(1);
    const [raw = ''] = world.mails;
    expect(raw).toMatch(/^X-Replydesk-Update: report\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toMatch(/^Reply-To: support\+6[0-9a-z]{38}@desk\.example\.test\r$/m);
    const { text = '', subject } = await simpleParser(raw);
    expect(subject).toBe('Mon, 23 Nov 2026: 1 opened, 0 resolved, 1 open');
    expect(text).toContain('1  The printer is jammed\n    Nobody has it\n');
    expect(text).toMatch(/^Printers and scanners +1 {2}\+1 ↑ {2}#+ {2}1 open/m);
  });

  test('tells a lead nothing of another team, and of a confidential one its own lead alone', async () => {
    const world = worldOf();
    await opens(world, 'T-AAAAAA', {}, { assignee: null });
    await opens(world, 'T-SECRET', SECRET, { assignee: 'ada.osei@example.test' });
    world.time = TUESDAY;
    expect(await sendReports(world)).toMatchObject({ sent: 2 });
    await sendUpdate(eventOf(MARTHA, DAILY + DAY + 1), world);
    await sendUpdate(eventOf(HELENE, DAILY + DAY + 1), world);
    const [hers = '', theirs = ''] = await Promise.all(
      world.mails.map(async (raw) => {
        const { text, attachments, html } = await simpleParser(raw);
        return [text, html, attachments[0]?.content.toString()].join('\n');
      }),
    );
    for (const word of [
      'T-SECRET',
      'My salary',
      'Payroll',
      'payroll',
      'Human Resources',
      'Ada Osei',
      'ada.osei',
    ])
      expect(hers).not.toContain(word);
    expect(hers).toContain('1 opened, 0 resolved, 1 open');
    expect(theirs).toContain('1 opened, 0 resolved, 1 open');
    expect(theirs).toContain('payroll');
    expect(theirs).not.toContain('T-AAAAAA');
    expect(theirs).not.toContain('luis.ortega');
  });

  test('goes to nobody who is away; the weekly one waits for him', async () => {
    const people = desk.people.map((each) =>
      [MARTHA, GRACE].includes(each.address)
        ? { ...each, absences: [{ from: '2026-11-30', to: '2026-11-30' }] }
        : each,
    );
    const world = worldOf({ desk: { ...desk, people } });
    await opens(world, 'T-AAAAAA', {}, { assignee: null });
    world.time = NEXT_MONDAY;
    await sendReports(world);
    expect(await world.digests.read(MARTHA, DAILY + DAY + 7)).toBeNull();
    world.time = later(NEXT_MONDAY, 24);
    await sendReports(world);
    expect(await world.digests.read(GRACE, WEEKLY + DAY + 7)).toMatchObject({
      ...{ kind: 'report', from: '2026-11-23', to: '2026-11-29' },
    });
  });
});

describe('the weekly report', () => {
  test('tells a manager the figures with their bars and a table, and a quiet week after it in a sentence', async () => {
    const world = worldOf();
    const solved: Happening[] = [
      { kind: 'started', by: LUIS },
      { kind: 'answered', message: 2, by: LUIS, messageId: null, with: 'resolved' },
      { kind: 'resolved', reason: '', by: LUIS, message: 2 },
    ];
    await opens(world, 'T-AAAAAA', {}, { next: solved });
    await opens(world, 'T-BBBBBB', { category: 'network' }, { assignee: PRIYA, next: solved });
    await opens(world, 'T-SECRET', SECRET, { assignee: 'ada.osei@example.test', next: solved });
    world.time = NEXT_MONDAY;
    await sendReports(world);
    await sendUpdate(eventOf(GRACE, WEEKLY + DAY + 7), world);
    const { text = '', html, attachments } = await simpleParser(world.mails[0] ?? '');
    expect(text).toMatch(/^23\s*–\s*29 Nov 2026: 2 opened, 2 resolved, 0 open$/m);
    expect(text).toMatch(/^Mon,? 23 Nov +2 {2}#{16}$/m);
    expect(text).toMatch(/^First response +100% {2}#{16} {2}2 of 2$/m);
    expect(text).toMatch(/^Luis Ortega +1 /m);
    expect(String(html)).toMatch(/bgcolor="#1a5cc8"/);
    expect(text + String(html)).not.toContain('payroll');
    const [table] = attachments;
    expect(table).toMatchObject({ filename: 'report-2026-11-23-2026-11-29.csv', contentType: 'text/csv' });
    const rows = parseCsv(table?.content ?? '', { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.find(({ by }) => by === 'total')).toMatchObject({
      opened: '2',
      resolved: '2',
      promises_breached: '0',
    });
    expect(
      rows.filter(({ by }) => by === 'day').map(({ value, opened: count }) => `${value} ${count}`),
    ).toContain('2026-11-23 2');
    expect(rows.some(({ value }) => value === 'payroll' || value === 'hr')).toBe(false);

    world.time = later(NEXT_MONDAY, 168);
    await sendReports(world);
    await sendUpdate(eventOf(GRACE, WEEKLY + DAY + 14), world);
    const quiet = (await simpleParser(world.mails[1] ?? '')).text ?? '';
    expect(quiet).toContain('A quiet time: nothing came and nothing was resolved.');
    expect(quiet.split('\n').length).toBeLessThan(40);

    // Nothing in two weeks, and nothing that waits.
    world.time = later(NEXT_MONDAY, 2 * 168);
    await sendReports(world);
    expect((await world.digests.read(GRACE, WEEKLY + DAY + 21))?.kind).toBe('nothing-to-tell');
  });

  test('leaves out what is closed to its reader by then, and its number stays empty', async () => {
    const world = worldOf();
    await opens(world, 'T-AAAAAA', {}, { assignee: null });
    await opens(world, 'T-BBBBBB', {}, { assignee: null });
    world.time = NEXT_MONDAY;
    await sendReports(world);
    const before = await world.tickets.read('T-AAAAAA');
    if (!before) throw new Error('it was opened');
    const after = { ...before, team: 'hr', version: before.version + 1 };
    await world.tickets.commit({ before, after, events: [] }, []);
    await sendUpdate(eventOf(GRACE, WEEKLY + DAY + 7), world);
    const { text = '' } = await simpleParser(world.mails[0] ?? '');
    expect(text).not.toContain('T-AAAAAA');
    expect(text).toContain('2  The printer is jammed');
  });

  test('one person’s fault keeps it from nobody else, and makes the call fail', async () => {
    const world = worldOf();
    const { read } = world.digests;
    world.digests.read = async (person, number) => {
      if (person === MARTHA) throw new Error('the table is gone');
      return read(person, number);
    };
    await expect(sendReports(world)).rejects.toThrow('the table is gone');
    expect(await read(GRACE, WEEKLY + DAY)).not.toBeNull();
  });
});

test('what #report asks for comes in a mail of its own, once, with what is asked and nothing else', async () => {
  const world = worldOf();
  await opens(world, 'T-AAAAAA');
  const ticket = await world.tickets.read('T-AAAAAA');
  if (!ticket) throw new Error('it was opened');
  const commanded: Happening = {
    ...{ kind: 'commanded', by: MARTHA, lines: [], refused: false, shows: [], words: 'none' },
    looks: [{ what: 'report', from: '2026-11-23', to: '2026-11-23', by: 'agent' }],
  };
  const changed = change(ticket, [commanded], MONDAY, desk);
  await world.tickets.commit(changed, []);
  const number = changed.events[0]?.number ?? 0;
  const event = { pk: 'T#T-AAAAAA', sk: `EVENT#${String(number).padStart(8, '0')}` };
  await sendUpdate(event, world);
  await sendUpdate(event, world);
  expect(world.mails.filter((raw) => raw.includes('X-Replydesk-Update: report'))).toHaveLength(0);
  const asked = numberAsked(`${event.pk} ${event.sk}`, 0);
  await sendUpdate(eventOf(MARTHA, asked), world);
  await sendUpdate(eventOf(MARTHA, asked), world);
  const reports = world.mails.filter((raw) => raw.includes('X-Replydesk-Update: report'));
  expect(reports).toHaveLength(1);
  const { text = '' } = await simpleParser(reports[0] ?? '');
  expect(text).toContain('By agent');
  expect(text).not.toContain('By category');
  expect(text).not.toContain(KIM);
});

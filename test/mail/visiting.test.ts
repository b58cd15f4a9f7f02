import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dispose } from '../../core/mail/dispose.ts';
import type { Address, Receipt } from '../../core/mail/email.ts';
import { readCalendarAnswer, writeInvitation } from '../../core/mail/invitation.ts';
import type { Memory } from '../../core/mail/outcome.ts';
import { parseEmail } from '../../core/mail/parse.ts';
import { readArrival } from '../../core/mail/read.ts';
import { cluesOf, threadOf } from '../../core/mail/thread.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { visitUid } from '../../core/ticket/visit.ts';
import {
  desk,
  ID,
  KIM,
  keys,
  LUIS,
  later,
  MONDAY,
  memory,
  moment,
  NORA,
  PROVEN,
  receipt,
  ticket,
  tokenOf,
} from '../sample.ts';

const planned = (given: object = {}): Happening => ({
  ...{ kind: 'visit-planned', nth: 1, sequence: 0, start: '2026-11-24T13:00:00.000Z', by: LUIS },
  ...{ end: '2026-11-24T14:00:00.000Z', zone: 'Europe/Berlin', words: 'at your desk' },
  ...given,
});
const visited = ticket([planned()]);

interface Case {
  on?: Ticket;
  from?: Address;
  verdicts?: Partial<Receipt>;
  known?: Partial<Memory>;
  change?: (raw: string) => string;
}

async function become(
  name: string,
  { on = visited, from, verdicts, known, change = (raw) => raw }: Case = {},
) {
  const read = await parseEmail(
    Buffer.from(change(readFileSync(`test/emails/calendar/${name}.eml`, 'utf8'))),
  );
  const email = from ? { ...read, from, fromAll: [from] } : read;
  const given = { ...receipt, recipients: email.to.map(({ address }) => address), ...verdicts };
  const clues = cluesOf(email, given, desk, keys, moment.realNow);
  const { candidate, suspicion } = threadOf(clues, new Map());
  const token = clues.token.found === 'token' ? clues.token.token : null;
  const found = memory({ candidate, suspicion, token, ticket: on, ...known });
  return dispose(readArrival(email, given, desk), found, moment, desk, keys);
}
const happened = async (name: string, given?: Case) => {
  const { ticket: change } = await become(name, given);
  return change?.kind === 'change' ? change.happenings : [];
};

describe('what calendars answer', () => {
  test('visit-answer: Google’s acceptance is the person’s although it is marked as a machine’s', async () => {
    expect(await become('google-accepted')).toMatchObject({
      ...{ disposition: 'commanded', reason: 'visit-answer', clue: 'token', notice: null, message: null },
      ticket: {
        happenings: [{ kind: 'visit-answered', answer: 'accepted', by: NORA, message: null, proposed: null }],
      },
    });
  });

  test('its note is a message of the requester’s, and its own words are not', async () => {
    const declined = await become('google-declined');
    expect(declined).toMatchObject({
      disposition: 'appended',
      message: { text: 'I am at the dentist then.' },
    });
    expect(await happened('google-declined')).toMatchObject([
      { kind: 'message-received', quiet: true, from: { address: NORA } },
      { kind: 'visit-answered', answer: 'declined', message: 2 },
    ]);
  });

  test('Exchange puts the words into the text', async () => {
    expect((await become('outlook-declined')).message?.text).toBe(
      'Da habe ich Urlaub, bitte eine Woche später.',
    );
    expect(await happened('outlook-declined')).toMatchObject([
      {},
      { kind: 'visit-answered', answer: 'declined' },
    ]);
  });

  test('Exchange proposes another time in a zone of its own', async () => {
    expect(await happened('outlook-proposes')).toMatchObject([
      {
        ...{ kind: 'visit-answered', answer: 'countered', message: null, start: '2026-11-24T13:00:00.000Z' },
        proposed: { start: '2026-12-03T08:30:00.000Z', end: '2026-12-03T09:45:00.000Z' },
      },
    ]);
  });

  test('Apple’s “perhaps” has no words but the program’s', async () => {
    const tentative = await become('apple-tentative');
    expect(tentative).toMatchObject({ disposition: 'commanded', reason: 'visit-answer', message: null });
    expect(await happened('apple-tentative')).toMatchObject([{ answer: 'tentative' }]);
  });
});

describe('what an answer does not do', () => {
  const waiting = ticket([planned(), { kind: 'paused', until: null, reason: 'a serial number', by: LUIS }]);

  test('a button resumes nothing that waits, unless it asks something of the desk', async () => {
    const kinds = async (name: string) => (await happened(name, { on: waiting })).map(({ kind }) => kind);
    expect(await kinds('google-accepted')).toEqual(['visit-answered']);
    expect(await kinds('apple-tentative')).toEqual(['visit-answered']);
    expect(await kinds('outlook-proposes')).toEqual(['resumed', 'visit-answered']);
    expect(await kinds('google-declined')).toEqual(['resumed', 'message-received', 'visit-answered']);
  });

  test('said again it is nothing new', async () => {
    const accepted = ticket([planned(), ...(await happened('google-accepted'))]);
    expect(await become('google-accepted', { on: accepted })).toMatchObject({ ticket: null, concerns: ID });
  });

  test('an answer to another time, or to what was called off, is kept and changes nothing; its words are a message', async () => {
    const moved = ticket([planned(), planned({ kind: 'visit-moved', sequence: 1, previous: MONDAY })]);
    expect(await become('google-accepted', { on: moved })).toMatchObject({
      reason: 'visit-answer',
      ticket: null,
    });
    expect(await become('google-declined', { on: moved })).toMatchObject({
      ...{
        disposition: 'appended',
        reason: 'requester-reply',
        message: { text: 'I am at the dentist then.' },
      },
    });
    const resolved = ticket([planned(), { kind: 'resolved', reason: '', by: LUIS, message: null }]);
    expect(resolved.visit?.isCancelled).toBe(true);
    expect(await become('google-accepted', { on: resolved })).toMatchObject({ ticket: null, concerns: ID });
    const closed = ticket([planned(), { kind: 'closed', reason: '', by: LUIS }]);
    expect(await become('outlook-proposes', { on: closed })).toMatchObject({ ticket: null, concerns: ID });
    expect(await become('google-declined', { on: closed })).toMatchObject({ reason: 'closed-ticket' });
  });

  test('only whoever was invited answers: everybody else leaves a private note', async () => {
    const third = { disposition: 'noted', reason: 'third-party', message: { visibility: 'private' } };
    const mallory = { address: 'mallory@example.net', name: 'Nora Quist' };
    expect(await become('google-accepted', { from: mallory })).toMatchObject(third);
    expect(await become('google-accepted', { verdicts: { spf: 'FAIL', dkim: 'FAIL' } })).toMatchObject(third);
    const forwarded = (raw: string) => raw.replaceAll('mailto:nora@example.org', 'mailto:ida@example.org');
    expect(await become('google-accepted', { change: forwarded })).toMatchObject(third);
  });

  test('without the token of the invitation, or for another ticket’s, it is the mail that it looks like', async () => {
    const bare = (raw: string) => raw.replaceAll(/support\+\w+@/g, 'support@');
    expect(await become('google-accepted', { change: bare })).toMatchObject({ reason: 'monitoring' });
    const other = (raw: string) => raw.replaceAll('visit-1.t-7k4m2q@', 'visit-1.t-000000@');
    expect(await happened('google-accepted', { change: other })).not.toContainEqual(
      expect.objectContaining({ kind: 'visit-answered' }),
    );
  });
});

describe('an agent’s own calendar', () => {
  const uid = visitUid(1, ID, LUIS, desk.domain);
  const his = (raw: string) =>
    raw.replaceAll('visit-1.t-7k4m2q@desk.example.test', uid).replaceAll('nora@example.org', LUIS);
  const known = { token: tokenOf(LUIS) };
  const given = { change: his, known, verdicts: PROVEN, from: { address: LUIS, name: 'Luis Ortega' } };

  test('says yes to nobody, and no to his lead', async () => {
    expect(await become('google-accepted', given)).toMatchObject({ reason: 'visit-answer', ticket: null });
    const declined = await become('google-declined', given);
    expect(declined).toMatchObject({ reason: 'private-note', message: { visibility: 'private' } });
    expect(await happened('google-declined', given)).toMatchObject([
      { kind: 'noted', by: LUIS },
      { kind: 'visit-answered', answer: 'declined', by: LUIS, message: null },
    ]);
  });

  test('of somebody who does not have the ticket any more says nothing', async () => {
    const given2 = { ...given, from: { address: KIM, name: 'Kim Brandt' }, known: { token: tokenOf(KIM) } };
    expect(await become('google-accepted', given2)).toMatchObject({ ticket: null });
  });
});

describe('what we write', () => {
  const invitation = {
    ...({ method: 'REQUEST', uid: 'visit-1@desk.example.test', sequence: 3, stamp: MONDAY } as const),
    ...{ start: later(MONDAY, 28), end: later(MONDAY, 29), isAsked: true },
    summary:
      'Drucker; “Papierstau”, 3. Stock \\ Ost\r\nATTENDEE:mailto:eve@example.net 🖨️ – und noch einmal ganz von vorn',
    description: 'Erste Zeile, mit Komma\nEND:VEVENT',
    organizer: { address: 'support+abc@desk.example.test', name: 'Service "Desk"' },
    attendee: { address: NORA, name: 'Nora; Quist\r\nX:Y' },
  };

  test('is escaped, folded and complete', async () => {
    const text = await writeInvitation(invitation);
    const lines = text.split('\r\n');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    const unfolded = text.replaceAll('\r\n ', '').split('\r\n');
    expect(unfolded).toEqual(
      expect.arrayContaining([
        ...[
          'METHOD:REQUEST',
          'VERSION:2.0',
          'SEQUENCE:3',
          'DTSTART:20261124T130000Z',
          'DTEND:20261124T140000Z',
        ],
        'DESCRIPTION:Erste Zeile\\, mit Komma\\nEND:VEVENT',
        'ORGANIZER;CN=Service ’Desk’:mailto:support+abc@desk.example.test',
        'ATTENDEE;CN="Nora; Quist X:Y";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:nora@example.org',
      ]),
    );
    expect(unfolded.filter((line) => /^(?:ATTENDEE|END:VEVENT)/.test(line))).toHaveLength(2);
  });

  test('calls off with the same id', async () => {
    const text = await writeInvitation({ ...invitation, method: 'CANCEL', isAsked: false });
    for (const line of ['METHOD:CANCEL', 'STATUS:CANCELLED', 'UID:visit-1@desk.example.test'])
      expect(text).toContain(`${line}\r\n`);
  });
});

test('a zone that changes every second is not reckoned with', async () => {
  const raw = readFileSync('test/emails/calendar/outlook-proposes.eml', 'utf8');
  const calendar = raw.slice(raw.indexOf('BEGIN:VCALENDAR'), raw.indexOf('--_000_outlook_--'));
  expect(await readCalendarAnswer(calendar)).toMatchObject({ answer: 'countered' });
  const hostile = calendar.replace('FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10', 'FREQ=SECONDLY');
  expect(await readCalendarAnswer(hostile)).toBeNull();
  const email = await parseEmail(
    Buffer.from(raw.replace('FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10', 'FREQ=MINUTELY')),
  );
  expect(email.labels).toEqual([]);
});

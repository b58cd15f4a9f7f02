import { describe, expect, test } from 'vitest';
import { personOf } from '../../core/mail/standing.ts';
import type { Plan } from '../../core/ticket/audience.ts';
import type { Digest, Entry } from '../../core/ticket/digest.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { digestView } from '../../templates/digest/view.ts';
import { renderUpdate } from '../../templates/render.ts';
import { desk, KIM, LUIS, later, MONDAY, ticket } from '../sample.ts';

const entry = (ticketId: string, more: Partial<Entry> = {}): Entry => ({
  ...{ ticketId, section: 'own', news: {} },
  ...more,
});

function viewOf(tickets: Ticket[], entries: Entry[], { now = MONDAY, address = LUIS, of = desk } = {}) {
  const person = personOf(address, of);
  if (!person) throw new Error(`nobody is ${address}`);
  const digest: Digest = {
    ...{ kind: 'digest', number: 20_780, at: MONDAY, person: address, entries, more: {}, answerableUntil: 0 },
  };
  const plan: Plan = {
    ...{
      id: 'D-1',
      kind: 'digest',
      to: person,
      audience: 'agent',
      message: null,
      history: false,
      speaker: null,
    },
  };
  const known = new Map(tickets.map((each) => [each.id, each]));
  return digestView({ plan, digest, tickets: known, person, desk: of, now });
}

const named = (id: string, happenings: Happening[] = []) => ({ ...ticket(happenings), id });
const shown = (view: ReturnType<typeof viewOf>) => (view.sections ?? []).flatMap(({ entries }) => entries);

describe('an entry of the digest', () => {
  test('says who asks, whom it waits for, and what is due next, by the clock of its reader', () => {
    const abroad = {
      ...desk,
      calendars: desk.calendars.map((each) =>
        each.name === 'office' ? { ...each, timezone: 'America/New_York' } : each,
      ),
    };
    const [mine] = shown(viewOf([named('T-AAAAAA')], [entry('T-AAAAAA')], { address: KIM, of: abroad }));
    expect(mine).toMatchObject({
      number: '1',
      id: 'T-AAAAAA',
      subject: 'The printer is jammed',
      tone: 'quiet',
    });
    expect(mine?.about).toBe('P3 Medium · Nora Quist · The requester waits for an answer');
    expect(mine?.due).toMatch(/^First response: .*(GMT-5|EST).* left\)$/);
  });

  test('is late when its time has passed', () => {
    const view = viewOf([named('T-AAAAAA')], [entry('T-AAAAAA')], { now: later(MONDAY, 200) });
    expect(shown(view)[0]).toMatchObject({ tone: 'late' });
    expect(shown(view)[0]?.due).toContain('overdue');
    expect(view.facts.subject).toBe('1 open ticket, 1 overdue');
  });

  test('waits for whoever it is handed to', () => {
    const waiting = named('T-AAAAAA', [
      { kind: 'started', by: LUIS },
      { kind: 'paused', until: null, reason: 'the requester', by: LUIS, awaited: 'requester' },
    ]);
    expect(shown(viewOf([waiting], [entry('T-AAAAAA')]))[0]?.about).toContain('Waiting for the requester');
  });

  test('says what is new, and how much', () => {
    const news = { note: 1, 'requester-message': 3, assignment: 1 };
    expect(shown(viewOf([named('T-AAAAAA')], [entry('T-AAAAAA', { news })]))[0]?.news).toBe(
      'New: it came to you, a note, 3 messages from outside',
    );
  });

  test('keeps its number when one before it is done with, or is not to be read any more', () => {
    const closed = named('T-AAAAAA', [{ kind: 'closed', reason: '', by: KIM }]);
    const entries = [entry('T-AAAAAA'), entry('T-SECRET'), entry('T-CCCCCC')];
    expect(shown(viewOf([closed, named('T-CCCCCC')], entries)).map(({ number }) => number)).toEqual(['3']);
    const told = [entry('T-AAAAAA', { news: { note: 1 } }), ...entries.slice(1)];
    expect(shown(viewOf([closed, named('T-CCCCCC')], told)).map(({ number }) => number)).toEqual(['1', '3']);
  });
});

test('what people wrote stays one line, and no markup', () => {
  const hostile = { ...named('T-AAAAAA'), subject: '<b>urgent</b>\n2  Another ticket' };
  const { text, html } = renderUpdate(viewOf([hostile], [entry('T-AAAAAA')]));
  expect(text).toContain('1  <b>urgent</b> 2 Another ticket');
  expect(html).not.toContain('<b>urgent');
});

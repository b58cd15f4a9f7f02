import { describe, expect, test } from 'vitest';
import type { Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { seenIn } from '../../templates/listed.ts';
import { statusIn } from '../../templates/view.ts';
import { whyIn } from '../../templates/why.ts';
import { desk, later, MONDAY, opened, ticket } from '../sample.ts';

const reader = (language: 'en' | 'de') => ({ language, desk, now: later(MONDAY, 1) });
const mine = (tickets: Ticket[], of = tickets.length) => ({ look: { what: 'mine' as const }, tickets, of });

describe('a list', () => {
  test('says of each ticket which it is, whose, and what is due next', () => {
    expect(seenIn(mine([ticket()]), reader('en'))).toBe(
      [
        'Your open tickets, the most urgent first (1):',
        'T-7K4M2Q · P3 Medium · The printer is jammed\n    Nora Quist · Luis Ortega\n    First response: Mon 23 Nov, 14:00 CET (3 h left)',
        '#show with the number of one of them shows it, and where to write about it.',
      ].join('\n\n'),
    );
  });

  test('says how many more there are, and when there is none', () => {
    expect(seenIn(mine([ticket()], 61), reader('de'))).toMatch(/^Die ersten 1 Ihrer 61 offenen Tickets/);
    expect(seenIn(mine([]), reader('de'))).toBe('Sie haben keine offenen Tickets.');
    const look = { what: 'find' as const, words: ['fax', 'machine'] };
    expect(seenIn({ look, tickets: [], of: 0 }, reader('en'))).toBe(
      '“fax machine” stands in subject, requester or first text of no ticket that was found.',
    );
  });

  test('of what was looked for says how far back that went', () => {
    const look = { what: 'find' as const, words: ['printer'], requester: 'nora@example.org' };
    const said = seenIn({ look, tickets: [ticket()], of: 50, newest: 50 }, reader('en'));
    expect(said).toContain(
      '“nora@example.org printer” stands in subject, requester or first text of 50 tickets',
    );
    expect(said).toContain('the newest 50 of each team are looked at');
  });

  test('a subject of several lines stays in its line', () => {
    const [, entry] = seenIn(mine([{ ...ticket(), subject: 'One\nT-000000 · P1' }]), reader('en')).split(
      '\n\n',
    );
    expect(entry?.split('\n')).toHaveLength(3);
  });

  test('for a requester tells nothing of the inside', () => {
    const said = seenIn({ look: { what: 'own' }, tickets: [ticket()], of: 1 }, reader('en'));
    expect(said).toContain('T-7K4M2Q: The printer is jammed');
    expect(said).not.toMatch(/example\.test|Priority|Tier|Time at this/);
  });
});

describe('#show', () => {
  test('of what is not there says no more than that', () => {
    const look = { what: 'show' as const, id: 'T-999999' };
    expect(seenIn({ look, ticket: null, messages: [] }, reader('en'))).toBe('There is no ticket T-999999.');
  });
});

describe('#why', () => {
  const { after, events } = opened(MONDAY, { reasons: [{ what: 'category', why: 'the word “printer”' }] });
  const breached: TicketEvent = {
    ...{ kind: 'deadline-breached', measure: 'firstResponse', due: MONDAY, startedAt: MONDAY },
    ...{ assignee: null, number: 9, at: later(MONDAY, 5) },
  };

  test.each(['en', 'de'] as const)(
    'says how it came there, the sum of its hours, what was told and what comes (%s)',
    (language) => {
      const said = whyIn(after, [...events, breached], reader(language));
      expect(said).toMatch(/(Category|Kategorie): the word “printer”/);
      expect(said).toContain('Luis Ortega: the fewest tickets');
      expect(said).toMatch(/ \+ 4 (h|Std\.) /);
      expect(said).toMatch(/(due|fällig) \S+ 23\.? Nov/);
      expect(said).toMatch(/(passed|verstrichen)/);
      expect(said).toMatch(/(First response falls|Erste Antwort verstreicht)/);
      expect(said).not.toContain('undefined');
    },
  );

  test('and #status say how each step stands, outside without the tickets in which it is done', () => {
    const step = { text: '', team: 'hr', tier: 1, skills: [], after: [] };
    const steps: Ticket['steps'] = [
      { ...step, key: 'printing/one', title: 'The contract', state: 'open', id: 'T-5TEP0N' },
      { ...step, key: 'printing/two', title: 'The laptop', state: 'waits' },
    ];
    const leading = { ...after, steps, links: [{ relation: 'step' as const, id: 'T-5TEP0N' }] };
    const said = ['The contract (T-5TEP0N): being worked on', 'The laptop: to come'];
    expect(whyIn(leading, events, reader('en'))).toContain(
      ['What is to be done for it', ...said.map((line) => `  ${line}`)].join('\n'),
    );
    const status = (outside: boolean) =>
      statusIn({ language: 'en', desk, ticket: leading, outside }, MONDAY).split('\n');
    expect(status(false).filter((line) => line.includes('T-5TEP0N'))).toEqual([`Step: ${said[0]}`]);
    expect(status(true)).toContain('Step: The contract: being worked on');
    expect(status(true).join()).not.toMatch(/T-5TEP0N|hr/);
  });

  test.each([
    ['desk-changed', /settings were changed.*the policy standard: it is for all/],
    ['ticket-changed', /reckoned anew by the policy standard: it is for all/],
  ] as const)('says from what to what deadlines went, by which policy and why (%s)', (cause, words) => {
    const reckoned: TicketEvent = {
      ...{ kind: 'reckoned-anew', cause, policy: 'standard', reason: 'it is for all', number: 9 },
      before: { firstResponse: later(MONDAY, 4), resolution: later(MONDAY, 20), tier: later(MONDAY, 9) },
      ...{ after: { firstResponse: later(MONDAY, 2), tier: later(MONDAY, 9) }, at: later(MONDAY, 1) },
    };
    const said = whyIn(after, [...events, reckoned], reader('en'));
    expect(said).toMatch(words);
    expect(said).toMatch(/First response: Mon 23 Nov, 14:00 CET before, Mon 23 Nov, 12:00 CET now/);
    expect(said).toMatch(/Resolution: Tue 24 Nov, 06:00 CET before, – now/);
    expect(said).not.toMatch(/at a tier.* before,/i);
  });
});

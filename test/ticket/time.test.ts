/** What time alone does to a ticket, hour by hour: every step that falls due, with its particulars. */
import { expect, test } from 'vitest';
import type { Action, Desk } from '../../core/config/desk.ts';
import { change } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, NORA, PRIYA, ticket } from '../sample.ts';

const HOUR = 3_600_000;
const strict: Desk = { ...desk, tiers: desk.tiers.map((tier) => ({ ...tier, acceptWithin: HOUR })) };
const returning: Desk = {
  ...strict,
  tiers: strict.tiers.map((tier) => ({ ...tier, ifNotAccepted: 'return' })),
};
const overrun = (actions: Action[]): Desk => ({
  ...desk,
  sla: desk.sla.map((policy) => ({
    ...policy,
    warnings: [],
    targets: { P1: {}, P2: {}, P3: { firstResponse: { ms: HOUR } }, P4: {} },
    escalation: [{ after: HOUR, do: actions }],
  })),
});
const breached = (on: Ticket): Ticket => ({
  ...on,
  told: [`firstResponse:${MONDAY}:breached`],
  deskHash: '',
});
const TOMAS = 'tomas.novak@example.test';
const climbed = (assignee: string, tier: number, climbedFrom?: string): Ticket => ({
  ...ticket([{ kind: 'assigned', assignee, previous: null, reason: '', by: 'desk', climbs: true }]),
  ...{ tier, ...(climbedFrom ? { climbedFrom } : {}) },
});
const WAITS = ticket([{ kind: 'paused', until: null, reason: 'the number', by: LUIS }]);
const REMINDED = change(WAITS, [{ kind: 'requester-reminded' }], MONDAY, desk).after;
const OTHERS = ticket([
  { kind: 'paused', until: null, reason: 'the supplier', by: LUIS, awaited: 'third-party' },
]);
const BOUNCED = ticket([
  { kind: 'paused', until: later(MONDAY, 72), reason: 'it bounced', by: 'desk', undeliverable: NORA },
]);
const CASTING = ticket([
  {
    ...{ kind: 'approval-asked', quorum: 'all', question: 'a printer', by: LUIS },
    approvers: [
      { address: 'ida@example.org', name: '' },
      { address: 'max@example.org', name: '' },
    ],
  },
  { kind: 'approval-voted', address: 'max@example.org', vote: 'approve' },
]);
const DATED = ticket([
  { kind: 'due-set', due: later(MONDAY, 2), reason: 'the audit', by: LUIS },
  { kind: 'snoozed', until: later(MONDAY, 1), reason: 'the part', by: PRIYA },
]);
const SNOOZED: Ticket = {
  ...ticket(),
  snoozes: Array.from({ length: 40 }, (_, n) => ({ by: `p${n}@example.test`, until: MONDAY, reason: '' })),
};
const STEPPED: Ticket = {
  ...REMINDED,
  steps: [
    {
      ...{
        key: 'printing/paper',
        title: 'Paper',
        text: '',
        team: 'service-desk',
        tier: 1,
        skills: [],
        after: [],
      },
      ...{ state: 'open', id: 'T-2AB3CD' },
    },
  ],
};
const SOLVED = ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]);
const FREE = ticket([{ kind: 'unassigned', previous: LUIS, by: LUIS }]);
const READ = ticket([{ kind: 'watched', by: MARTHA }]);
const LEADS = ticket([{ kind: 'assigned', assignee: MARTHA, previous: LUIS, reason: '', by: LUIS }]);

function particulars({ kind, ...facts }: Happening): string {
  const known = Object.values(facts).filter((value) => value !== null && value !== '');
  return [kind, ...known.map((value) => (typeof value === 'object' ? JSON.stringify(value) : value))].join(
    ' | ',
  );
}

test.each<[what: string, on: Ticket, hours: number, by: Desk, events: string, isUnreachable?: boolean]>([
  [
    'who said nothing at tier 2',
    climbed(PRIYA, 2, LUIS),
    1,
    strict,
    'not-accepted | priya.nair@example.test | 2 | 2026-11-23T09:00:00.000Z → escalated | 2 | 3 | Priya Nair said nothing on it in time | desk → assigned | tomas.novak@example.test | priya.nair@example.test | Tomáš Novák: on duty; nobody there knows printing; the only one of service-desk at tier 3 | desk | true',
  ],
  [
    'who said nothing at the top',
    climbed(TOMAS, 3),
    1,
    strict,
    'not-accepted | tomas.novak@example.test | 3 | 2026-11-23T09:00:00.000Z → assigned | martha.lind@example.test | tomas.novak@example.test | Tomáš Novák said nothing on it in time | desk',
  ],
  [
    'who said nothing at the top, and leads',
    climbed(MARTHA, 3),
    1,
    strict,
    'not-accepted | martha.lind@example.test | 3 | 2026-11-23T09:00:00.000Z',
  ],
  [
    'who said nothing, and gives back',
    climbed(PRIYA, 2, LUIS),
    1,
    returning,
    'not-accepted | priya.nair@example.test | 2 | 2026-11-23T09:00:00.000Z → deescalated | 2 | 1 | Priya Nair said nothing on it in time | desk → assigned | luis.ortega@example.test | priya.nair@example.test | Priya Nair said nothing on it in time; it came from Luis Ortega | desk',
  ],
  [
    'who said nothing, and gives back to nobody that is known',
    climbed(PRIYA, 2),
    1,
    returning,
    'not-accepted | priya.nair@example.test | 2 | 2026-11-23T09:00:00.000Z → deescalated | 2 | 1 | Priya Nair said nothing on it in time | desk → assigned | kim.brandt@example.test | priya.nair@example.test | Priya Nair said nothing on it in time; Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk',
  ],
  [
    'who said nothing, and had given it to himself',
    climbed(PRIYA, 2, PRIYA),
    1,
    returning,
    'not-accepted | priya.nair@example.test | 2 | 2026-11-23T09:00:00.000Z → deescalated | 2 | 1 | Priya Nair said nothing on it in time | desk → assigned | kim.brandt@example.test | priya.nair@example.test | Priya Nair said nothing on it in time; Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk',
  ],
  [
    'who said nothing at tier 1',
    climbed(LUIS, 1, KIM),
    1,
    returning,
    'not-accepted | luis.ortega@example.test | 1 | 2026-11-23T09:00:00.000Z',
  ],
  ['who said nothing yet', climbed(PRIYA, 2, LUIS), 0.9, strict, 'nothing'],
  ['a deadline that passed, before its step', breached(ticket()), 1.9, overrun(['reassign']), 'nothing'],
  [
    'a deadline that passed: other hands',
    breached(ticket()),
    2,
    overrun(['reassign']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | luis.ortega@example.test | 3600000 | ["reassign"] → assigned | kim.brandt@example.test | luis.ortega@example.test | the firstResponse deadline has long passed; Kim Brandt: on duty; knows printing; the only one of service-desk at tier 1 | desk',
  ],
  [
    'a deadline that passed, and nobody’s',
    breached(FREE),
    2,
    overrun(['reassign']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | 3600000 | ["reassign"] → assigned | kim.brandt@example.test | the firstResponse deadline has long passed; Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it | desk',
  ],
  [
    'a deadline that passed: the lead reads along',
    breached(ticket()),
    2,
    overrun(['lead-watches']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | luis.ortega@example.test | 3600000 | ["lead-watches"] → watched | martha.lind@example.test',
  ],
  [
    'a deadline that passed, and the lead reads along',
    breached(READ),
    2,
    overrun(['lead-watches']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | luis.ortega@example.test | 3600000 | ["lead-watches"]',
  ],
  [
    'a deadline that passed, and the lead has it',
    breached(LEADS),
    2,
    overrun(['lead-watches']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | martha.lind@example.test | 3600000 | ["lead-watches"]',
  ],
  [
    'a deadline that passed: more urgent',
    breached(ticket()),
    2,
    overrun(['raise-priority']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | luis.ortega@example.test | 3600000 | ["raise-priority"] → prioritised | one | degraded | P2 | P3 | the firstResponse deadline has long passed | desk',
  ],
  [
    'a deadline that passed: up, and others are told',
    breached(ticket()),
    2,
    overrun(['tell-lead', 'tell-manager', 'climb']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | luis.ortega@example.test | 3600000 | ["tell-lead","tell-manager","climb"] → escalated | 1 | 2 | the firstResponse deadline has long passed | desk → assigned | priya.nair@example.test | luis.ortega@example.test | Priya Nair: on duty; knows printing; the only one of service-desk at tier 2 | desk | true',
  ],
  [
    'a deadline that passed: each on what the last one left',
    breached(ticket()),
    2,
    overrun(['reassign', 'reassign']),
    'deadline-overrun | firstResponse | 2026-11-23T10:00:00.000Z | 2026-11-23T09:00:00.000Z | luis.ortega@example.test | 3600000 | ["reassign","reassign"] → assigned | kim.brandt@example.test | luis.ortega@example.test | the firstResponse deadline has long passed; Kim Brandt: on duty; knows printing; the only one of service-desk at tier 1 | desk → assigned | luis.ortega@example.test | kim.brandt@example.test | the firstResponse deadline has long passed; Luis Ortega: on duty; nobody there knows printing; the only one of service-desk at tier 1 | desk',
  ],
  ['a requester who says nothing', WAITS, 24, desk, 'requester-reminded'],
  ['a requester who says nothing yet', WAITS, 23.9, desk, 'nothing'],
  [
    'a requester who says nothing after that',
    REMINDED,
    72,
    desk,
    'resolved | the requester did not answer | desk',
  ],
  [
    'a requester who says nothing while steps are open',
    STEPPED,
    72,
    desk,
    'resumed | it has waited long enough: the number | desk',
  ],
  [
    'a requester whom nothing reaches',
    WAITS,
    24,
    desk,
    'paused | 2026-11-27T09:00:00.000Z | mail to nora@example.org cannot be delivered | desk | nora@example.org',
    true,
  ],
  [
    'a requester whom nothing reaches any more',
    REMINDED,
    72,
    desk,
    'paused | 2026-11-29T09:00:00.000Z | mail to nora@example.org cannot be delivered | desk | nora@example.org',
    true,
  ],
  ['others who say nothing', OTHERS, 72, desk, 'resumed | it has waited long enough: the supplier | desk'],
  [
    'others who say nothing, and a requester whom nothing reaches',
    OTHERS,
    72,
    desk,
    'resumed | it has waited long enough: the supplier | desk',
    true,
  ],
  [
    'a date that it waited for',
    BOUNCED,
    72,
    desk,
    'resumed | the date that it waited for has come | desk | nora@example.org',
  ],
  ['approvers who say nothing', CASTING, 24, desk, 'approval-reminded | ["ida@example.org"]'],
  [
    'approvers who never answer',
    CASTING,
    400,
    desk,
    'approval-reminded | ["ida@example.org"] → approval-decided | expired | desk',
  ],
  [
    'a date a little before',
    DATED,
    1.5,
    desk,
    'snooze-ended | priya.nair@example.test | the part → due-warned | 2026-11-23T11:00:00.000Z | the audit | luis.ortega@example.test',
  ],
  [
    'a date that has come',
    DATED,
    2,
    desk,
    'snooze-ended | priya.nair@example.test | the part → due-warned | 2026-11-23T11:00:00.000Z | the audit | luis.ortega@example.test → due-passed | 2026-11-23T11:00:00.000Z | the audit | luis.ortega@example.test',
  ],
  ['a solution that stays quiet', SOLVED, 24, desk, 'closed | it stayed quiet after it was resolved | desk'],
  ['a solution, earlier', SOLVED, 23.9, desk, 'nothing'],
])('%s', (_, on, hours, by, events, isUnreachable) => {
  const happened = nextStep(on, later(MONDAY, hours), by, new Map(), isUnreachable);
  expect(happened.map(particulars).join(' → ') || 'nothing').toBe(events);
});

test('so much is done at one waking, and what is left wakes it again at once', () => {
  const first = nextStep(SNOOZED, MONDAY, desk, new Map());
  expect(first).toHaveLength(32);
  const left = change(SNOOZED, first, MONDAY, desk).after;
  expect(nextStep(left, MONDAY, desk, new Map())).toHaveLength(8);
});

/** What each event leaves in the ticket, fact by fact, and who hears of it, as whom and with which message. */
import { expect, test } from 'vitest';
import type { Draft } from '../../core/knowledge/article.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { DESK, evolve, type Happening, type PlannedStep, type Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, NORA, PRIYA, ticket } from '../sample.ts';

const SOON = later(MONDAY, 1);
const LATER = later(MONDAY, 8);
const OTHER = 'T-2AB3CD';
const IDA = { address: 'ida@example.org', name: 'Ida Moll' };
const MAX = { address: 'max@example.org', name: '' };
const STEP: PlannedStep = {
  ...{
    key: 'printing/paper',
    title: 'Paper',
    text: '',
    team: 'service-desk',
    tier: 1,
    skills: [],
    after: [],
  },
};
const DRAFT: Draft = {
  ...{ title: 'Paper jams', question: '', answer: 'Pull it out.', fix: '', category: 'printing' },
  ...{ language: 'en', team: 'service-desk', owner: LUIS, readers: 'public' },
};
const APPOINTMENT = { nth: 1, sequence: 0, start: LATER, end: LATER, zone: 'UTC', words: 'at your desk' };
const EXTENSION: Happening = {
  ...{ kind: 'extension-asked', by: LUIS, lead: MARTHA, ms: 3_600_000, reason: '', due: SOON, wouldBe: SOON },
};
const CASTING: Happening = {
  ...{ kind: 'approval-asked', quorum: 'any', question: 'a printer', by: LUIS },
  approvers: [IDA, { address: MARTHA, name: 'Martha Lind', ofDesk: true }],
};
/** Of all that a ticket can have something. */
const RICH: Ticket = {
  ...ticket([
    { kind: 'copies-changed', added: [IDA], removed: [], by: LUIS },
    { kind: 'watched', by: PRIYA },
    { kind: 'muted', by: NORA },
    { kind: 'tagged', added: ['vip', 'loud'], removed: [], by: LUIS },
    { kind: 'linked', relation: 'problem', to: OTHER, by: LUIS },
    { kind: 'linked', relation: 'related', to: 'T-4AB3CD', by: LUIS },
    { kind: 'field-set', field: 'asset', value: '4711', previous: null, by: LUIS },
    { kind: 'time-spent', minutes: 5, what: '', by: LUIS },
    { kind: 'snoozed', until: LATER, reason: 'look', by: LUIS },
    { kind: 'snoozed', until: LATER, reason: 'look', by: PRIYA },
    { kind: 'due-set', due: LATER, reason: 'the audit', by: LUIS },
    { kind: 'visit-planned', by: LUIS, ...APPOINTMENT },
    { kind: 'article-asked', draft: DRAFT, reviewer: MARTHA, by: LUIS },
    { kind: 'service-begun', service: 'payslip', asks: ['site'], answers: true },
    { kind: 'news-passed-on', to: OTHER, message: 1, language: 'en', by: LUIS },
    { kind: 'checklist-begun', category: 'other', steps: [STEP, { ...STEP, key: 'printing/ink' }] },
    { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null, leavesAt: SOON },
    EXTENSION,
    { kind: 'redacted', message: 1, reason: '', by: LUIS },
    { kind: 'referred', address: 'support@desk.example.test', team: 'service-desk', lead: MARTHA },
  ]),
  told: ['resolution:x:breached', 'tier:x:breached'],
  print: { category: 'printing', fails: true, words: [1], codes: [], machines: [], services: [] },
  unacknowledged: true,
  utcOffset: '+05:30',
  standsInFor: KIM,
  rating: { vote: 1, since: MONDAY },
  takenBack: [1],
  partOf: { id: OTHER, step: 'onboarding/account', reported: 'open' },
};
const CLIMBED = ticket([
  { kind: 'assigned', assignee: LUIS, previous: KIM, reason: '', by: DESK, climbs: true },
]);
const WAITING = ticket([{ kind: 'paused', until: null, reason: 'x', by: LUIS }]);
const ASKED = ticket([CASTING]);
const RESOLVED: Ticket = {
  ...ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]),
  offered: { articles: ['K-1'], helped: 'K-1' },
};
const [ADA, HELENE] = ['ada.osei@example.test', 'helene.roth@example.test'];
const DESKS: Ticket = { ...ticket(), requester: { address: ticket().mailbox, name: '' }, participants: [] };
const DESKS_DONE = { ...DESKS, status: 'resolved', resolvedAt: MONDAY } as Ticket;
/** A confidential team’s. */
const THEIRS: Ticket = {
  ...ticket([{ kind: 'visit-planned', by: LUIS, ...APPOINTMENT }]),
  ...{ team: 'hr', assignee: ADA, watchers: [LUIS, HELENE] },
  snoozes: [],
  extension: { by: LUIS, lead: HELENE, ms: 60_000, reason: '', askedAt: MONDAY, isOpen: true },
  article: { state: 'draft', owner: LUIS, readers: 'team', reviewer: HELENE, askedAt: MONDAY, isOpen: true },
};
const NOBODYS = { ...ticket(), assignee: null, events: 0 };

/** What it changes of the ticket, each fact by its path. */
function leaves(before: Ticket, event: Happening): string {
  const after = evolve(before, event, SOON);
  const added = after.clock
    .slice(before.clock.length)
    .map(({ at: _, ...entry }) => Object.values(entry).join(' '));
  const others = changes({ ...before, clock: 0, updatedAt: 0 }, { ...after, clock: 0, updatedAt: 0 });
  return [...(added.length > 0 ? [`clock: ${added.join(', ')}`] : []), ...others].join('; ');
}

function changes(before: unknown, after: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [`${path} ${JSON.stringify(after) ?? 'gone'}`];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changes(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Who hears of it, as whom, in which kind of mail, with which message. */
function tells(before: Ticket, event: Happening): string {
  const after = evolve(before, event, SOON);
  return updatesFor({ ...event, number: before.events + 1, at: SOON }, after, desk)
    .map(({ kind, to, audience, message, history, speaker }) =>
      [
        `${kind} → ${to.name} <${to.address}>, ${audience}`,
        ...(message === null ? [] : [`with ${message}`]),
        ...(history ? ['and all before it'] : []),
        ...(speaker === null ? [] : [`from ${speaker}`]),
      ].join(' '),
    )
    .join('; ');
}

test.each<[string, Ticket, [event: Happening, leaves: string, tells: string][]]>([
  [
    'new',
    ticket(),
    [
      [
        {
          kind: 'message-received',
          message: 2,
          from: { address: NORA, name: 'Nora' },
          messageId: 'two@example.org',
          flagged: null,
        },
        'messages 2; lastMessageIds.nora@example.org "two@example.org"',
        'requester-message → Luis Ortega <luis.ortega@example.test>, agent with 2',
      ],
      [
        {
          kind: 'message-received',
          message: 2,
          from: { address: NORA, name: 'Nora' },
          messageId: null,
          flagged: null,
          quiet: true,
        },
        'messages 2',
        '',
      ],
      [
        {
          kind: 'message-received',
          message: 2,
          from: { address: NORA, name: 'Nora' },
          messageId: null,
          flagged: null,
          thanks: true,
        },
        'messages 2',
        '',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: 'a@example.test', with: null },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastMessageIds.luis.ortega@example.test "a@example.test"; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        'answer → Nora Quist <nora@example.org>, requester with 2 from luis.ortega@example.test',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: 'own-mail' },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        '',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null, leavesAt: SOON },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leavesAt":"2026-11-23T10:00:00.000Z","leftAt":null}',
        'answer → Nora Quist <nora@example.org>, requester with 2 from luis.ortega@example.test',
      ],
      [
        { kind: 'answered', message: 2, by: KIM, messageId: null, with: null, had: [NORA] },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastAnswer {"message":2,"by":"kim.brandt@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        'note → Luis Ortega <luis.ortega@example.test>, agent with 2',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: 'resolved' },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        '',
      ],
      [{ kind: 'left', message: 2 }, '', ''],
      [
        { kind: 'noted', message: 2, by: KIM, thirdParty: null },
        'messages 2',
        'note → Luis Ortega <luis.ortega@example.test>, agent with 2',
      ],
      [{ kind: 'noted', message: 2, by: KIM, thirdParty: null, quiet: true }, 'messages 2', ''],
      [
        { kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: LUIS },
        'assignee "kim.brandt@example.test"; heldSince "2026-11-23T10:00:00.000Z"',
        'assignment → Kim Brandt <kim.brandt@example.test>, agent and all before it',
      ],
      [
        { kind: 'assigned', assignee: KIM, previous: LUIS, reason: 'taken', by: KIM },
        'assignee "kim.brandt@example.test"; heldSince "2026-11-23T10:00:00.000Z"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: DESK, climbs: true },
        'assignee "priya.nair@example.test"; heldSince "2026-11-23T10:00:00.000Z"; unaccepted "2026-11-23T10:00:00.000Z"; climbedFrom "luis.ortega@example.test"',
        'assignment → Priya Nair <priya.nair@example.test>, agent and all before it; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: DESK, standsInFor: LUIS },
        'assignee "priya.nair@example.test"; heldSince "2026-11-23T10:00:00.000Z"; standsInFor "luis.ortega@example.test"',
        'assignment → Priya Nair <priya.nair@example.test>, agent and all before it; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'assigned', assignee: MARTHA, previous: LUIS, reason: '', by: DESK },
        'assignee "martha.lind@example.test"; heldSince "2026-11-23T10:00:00.000Z"',
        'assignment → Martha Lind <martha.lind@example.test>, lead and all before it; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'assigned', assignee: KIM, previous: null, reason: '', by: DESK },
        'assignee "kim.brandt@example.test"; heldSince "2026-11-23T10:00:00.000Z"',
        'assignment → Kim Brandt <kim.brandt@example.test>, agent with 1',
      ],
      [
        { kind: 'assigned', assignee: KIM, previous: null, reason: '', by: DESK, handsOver: true },
        'assignee "kim.brandt@example.test"; heldSince "2026-11-23T10:00:00.000Z"',
        'assignment → Kim Brandt <kim.brandt@example.test>, agent and all before it',
      ],
      [{ kind: 'not-accepted', assignee: LUIS, tier: 1, since: MONDAY }, '', ''],
      [{ kind: 'kept', assignee: LUIS, reason: '' }, 'heldSince "2026-11-23T10:00:00.000Z"', ''],
      [
        { kind: 'unassigned', previous: LUIS, by: LUIS },
        'assignee null',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [{ kind: 'unassigned', previous: LUIS, by: MARTHA }, 'assignee null', ''],
      [
        { kind: 'given-to-team', team: 'hr', previous: 'service-desk', reason: '', by: LUIS },
        'team "hr"',
        '',
      ],
      [
        {
          kind: 'requester-changed',
          requester: IDA,
          previous: { address: NORA, name: 'Nora Quist' },
          by: LUIS,
        },
        'requester.address "ida@example.org"; requester.name "Ida Moll"; participants.0.address "ida@example.org"; participants.0.name "Ida Moll"',
        'acknowledgement → Ida Moll <ida@example.org>, requester',
      ],
      [
        { kind: 'copies-changed', added: [IDA], removed: [], by: LUIS },
        'participants.1 {"address":"ida@example.org","name":"Ida Moll","role":"cc"}',
        '',
      ],
      [{ kind: 'muted', by: NORA }, 'muted ["nora@example.org"]', ''],
      [
        { kind: 'rated', vote: 1, previous: null, words: '', by: NORA },
        'rating {"vote":1,"since":"2026-11-23T10:00:00.000Z"}',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'rated', vote: 5, previous: null, words: '', by: NORA },
        'rating {"vote":5,"since":"2026-11-23T10:00:00.000Z"}',
        '',
      ],
      [{ kind: 'watched', by: PRIYA }, 'watchers ["priya.nair@example.test"]', ''],
      [{ kind: 'unwatched', by: PRIYA }, 'watchers []', ''],
      [
        { kind: 'linked', relation: 'blocks', to: OTHER, by: LUIS },
        'links [{"relation":"blocks","id":"T-2AB3CD"}]',
        '',
      ],
      [
        { kind: 'split-off', message: 2, to: OTHER, by: LUIS },
        'links [{"relation":"related","id":"T-2AB3CD"}]',
        '',
      ],
      [{ kind: 'cloned', to: OTHER, by: LUIS }, 'links [{"relation":"related","id":"T-2AB3CD"}]', ''],
      [{ kind: 'news-passed-on', to: OTHER, message: null, language: 'en', by: LUIS }, '', ''],
      [{ kind: 'news-passed-on', to: OTHER, message: 2, language: 'de', by: LUIS }, 'news {"de":2}', ''],
      [{ kind: 'solution-passed-on', to: OTHER, reason: '', message: null, by: LUIS }, '', ''],
      [
        { kind: 'recurrence-noticed', tickets: [OTHER], why: '' },
        'noticed ["T-2AB3CD"]',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'problem-begun', tickets: [OTHER, 'T-3AB3CD'], why: '', by: DESK },
        'links [{"relation":"incident","id":"T-2AB3CD"},{"relation":"incident","id":"T-3AB3CD"}]',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'joined', problem: OTHER, why: '', previous: LUIS, told: true, by: DESK },
        'clock: pause its problem, T-2AB3CD third-party; status "waiting"; assignee null; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"its problem, T-2AB3CD","reminders":0}; joined "T-2AB3CD"; links [{"relation":"problem","id":"T-2AB3CD"}]',
        'decided → Nora Quist <nora@example.org>, requester; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'joined', problem: OTHER, why: '', previous: null, told: false, by: DESK },
        'clock: pause its problem, T-2AB3CD third-party; status "waiting"; assignee null; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"its problem, T-2AB3CD","reminders":0}; joined "T-2AB3CD"; links [{"relation":"problem","id":"T-2AB3CD"}]',
        '',
      ],
      [
        { kind: 'merged', into: OTHER, by: LUIS },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"; mergedInto "T-2AB3CD"; links [{"relation":"merged-into","id":"T-2AB3CD"}]',
        'closed → Nora Quist <nora@example.org>, requester',
      ],
      [
        {
          kind: 'merged-in',
          from: OTHER,
          requester: IDA,
          added: [IDA],
          watchers: [PRIYA],
          muted: [IDA.address],
          by: LUIS,
        },
        'participants.1 {"address":"ida@example.org","name":"Ida Moll","role":"cc"}; watchers ["priya.nair@example.test"]; muted ["ida@example.org"]; links [{"relation":"merged-here","id":"T-2AB3CD"}]',
        '',
      ],
      [
        { kind: 'merged-in', from: OTHER, requester: IDA, added: [], watchers: [], muted: [], by: KIM },
        'links [{"relation":"merged-here","id":"T-2AB3CD"}]',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'checklist-begun', category: 'printing', steps: [STEP] },
        'steps [{"key":"printing/paper","title":"Paper","text":"","team":"service-desk","tier":1,"skills":[],"after":[],"state":"waits"}]',
        '',
      ],
      [{ kind: 'retyped', type: 'change', previous: 'incident', by: LUIS }, 'type "change"', ''],
      [{ kind: 'tagged', added: ['vip'], removed: [], by: LUIS }, 'tags.0 "vip"', ''],
      [
        {
          kind: 'extension-asked',
          by: LUIS,
          lead: MARTHA,
          ms: 3_600_000,
          reason: 'the part',
          due: MONDAY,
          wouldBe: MONDAY,
        },
        'extension {"by":"luis.ortega@example.test","lead":"martha.lind@example.test","ms":3600000,"reason":"the part","askedAt":"2026-11-23T10:00:00.000Z","isOpen":true}',
        'approval → Martha Lind <martha.lind@example.test>, lead with 1',
      ],
      [{ kind: 'redacted', message: 1, reason: '', by: LUIS }, 'redacted [1]', ''],
      [
        { kind: 'snoozed', until: SOON, reason: 'look', by: LUIS },
        'snoozes [{"by":"luis.ortega@example.test","until":"2026-11-23T10:00:00.000Z","reason":"look"}]',
        '',
      ],
      [
        { kind: 'due-set', due: SOON, reason: 'the audit', by: LUIS },
        'due {"at":"2026-11-23T10:00:00.000Z","since":"2026-11-23T10:00:00.000Z","reason":"the audit","told":"nothing"}',
        '',
      ],
      [
        { kind: 'due-warned', due: SOON, reason: '', assignee: LUIS },
        '',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'due-passed', due: SOON, reason: '', assignee: LUIS },
        '',
        'note → Luis Ortega <luis.ortega@example.test>, agent; note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'visit-planned', by: LUIS, ...APPOINTMENT },
        'visit {"nth":1,"sequence":0,"start":"2026-11-23T17:00:00.000Z","end":"2026-11-23T17:00:00.000Z","zone":"UTC","words":"at your desk","since":0,"setAt":"2026-11-23T10:00:00.000Z","answer":null,"isCancelled":false,"reminded":null}',
        'decided → Nora Quist <nora@example.org>, requester; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'visit-cancelled', by: LUIS, ...APPOINTMENT },
        '',
        'decided → Nora Quist <nora@example.org>, requester; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [{ kind: 'visit-reminded', before: 60_000, start: SOON, end: SOON, zone: 'UTC', words: '' }, '', ''],
      [{ kind: 'time-spent', minutes: 15, what: '', by: LUIS }, 'timeSpent 15', ''],
      [
        { kind: 'fix-recorded', words: 'the roller', by: LUIS },
        'fix {"words":"the roller","by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z"}',
        '',
      ],
      [
        { kind: 'article-asked', draft: DRAFT, reviewer: MARTHA, by: LUIS },
        'article {"state":"draft","owner":"luis.ortega@example.test","readers":"public","reviewer":"martha.lind@example.test","askedAt":"2026-11-23T10:00:00.000Z","isOpen":true}',
        'approval → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'article-asked', draft: DRAFT, reviewer: MARTHA, by: MARTHA },
        'article {"state":"draft","owner":"luis.ortega@example.test","readers":"public","reviewer":"martha.lind@example.test","askedAt":"2026-11-23T10:00:00.000Z","isOpen":true}',
        '',
      ],
      [
        { kind: 'article-asked', draft: null, reviewer: MARTHA, by: DESK },
        'article {"state":"draft","owner":"martha.lind@example.test","readers":"desk","reviewer":"martha.lind@example.test","askedAt":"2026-11-23T10:00:00.000Z","isOpen":true}',
        'approval → Martha Lind <martha.lind@example.test>, lead',
      ],
      [{ kind: 'article-decided', verdict: 'publish', words: '', by: MARTHA }, '', ''],
      [{ kind: 'articles-offered', articles: ['K-1'] }, 'offered {"articles":["K-1"]}', ''],
      [
        { kind: 'service-begun', service: 'payslip', asks: ['site'], answers: true },
        'service {"name":"payslip","asks":["site"],"answers":true}; offered {"articles":[]}',
        '',
      ],
      [
        { kind: 'service-begun', service: 'payslip', asks: ['site'], answers: false },
        'service {"name":"payslip","asks":["site"],"answers":false}',
        '',
      ],
      [{ kind: 'facts-answered', given: [], lacking: [], by: NORA }, '', ''],
      [{ kind: 'self-served', service: 'payslip', by: NORA }, '', ''],
      [
        { kind: 'security-reported', lead: MARTHA },
        '',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [{ kind: 'security-reported', lead: LUIS }, '', ''],
      [{ kind: 'helped', article: 'K-1', by: NORA }, '', ''],
      [
        { kind: 'field-set', field: 'asset', value: '4711', previous: null, by: LUIS },
        'fields {"asset":"4711"}',
        '',
      ],
      [
        {
          kind: 'approval-asked',
          approvers: [IDA, { address: MARTHA, name: 'Martha Lind', ofDesk: true }],
          quorum: 'any',
          question: 'a printer',
          by: LUIS,
        },
        'clock: pause an approval: a printer approval; status "waiting"; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"an approval: a printer","reminders":0}; approvals [{"askedAt":"2026-11-23T10:00:00.000Z","by":"luis.ortega@example.test","question":"a printer","quorum":"any","approvers":[{"address":"ida@example.org","name":"Ida Moll","vote":null,"votedAt":null},{"address":"martha.lind@example.test","name":"Martha Lind","ofDesk":true,"vote":null,"votedAt":null}],"reminded":false,"state":"open"}]',
        'approval → Ida Moll <ida@example.org>, requester; approval → Martha Lind <martha.lind@example.test>, lead with 1',
      ],
      [
        { kind: 'approval-asked', approvers: [IDA], quorum: 'all', question: 'a printer', by: DESK },
        'clock: pause an approval: a printer approval; status "waiting"; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"an approval: a printer","reminders":0}; approvals [{"askedAt":"2026-11-23T10:00:00.000Z","by":"desk","question":"a printer","quorum":"all","approvers":[{"address":"ida@example.org","name":"Ida Moll","vote":null,"votedAt":null}],"reminded":false,"state":"open"}]',
        'approval → Ida Moll <ida@example.org>, requester with 1',
      ],
      [{ kind: 'started', by: LUIS }, 'status "open"', ''],
      [
        {
          kind: 'prioritised',
          impact: 'team',
          urgency: 'outage',
          priority: 'P1',
          previous: 'P3',
          reason: '',
          by: LUIS,
        },
        'clock: retarget P1 standard it is for all tickets that no other is for; impact "team"; urgency "outage"; priority "P1"',
        '',
      ],
      [
        { kind: 'categorised', category: 'payroll', previous: 'printing', team: 'hr', by: LUIS },
        'team "hr"; category "payroll"',
        '',
      ],
      [
        { kind: 'paused', until: SOON, reason: 'the part', by: LUIS, awaited: 'third-party' },
        'clock: pause the part third-party; status "waiting"; waiting {"since":"2026-11-23T10:00:00.000Z","until":"2026-11-23T10:00:00.000Z","reason":"the part","reminders":0}',
        '',
      ],
      [
        { kind: 'paused', until: null, reason: 'it bounced', by: DESK, undeliverable: NORA },
        'clock: pause it bounced bounce; status "waiting"; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"it bounced","reminders":0,"undeliverable":"nora@example.org"}',
        '',
      ],
      [
        { kind: 'resolved', reason: '', by: LUIS, message: null },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "resolved"; resolvedAt "2026-11-23T10:00:00.000Z"',
        'resolved → Nora Quist <nora@example.org>, requester from luis.ortega@example.test',
      ],
      [
        { kind: 'resolved', reason: '', by: NORA, message: null },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "resolved"; resolvedAt "2026-11-23T10:00:00.000Z"',
        'resolved → Nora Quist <nora@example.org>, requester; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'resolved', reason: '', by: DESK, message: null, steps: ['Paper'] },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "resolved"; resolvedAt "2026-11-23T10:00:00.000Z"',
        'resolved → Nora Quist <nora@example.org>, requester; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'closed', reason: '', by: LUIS },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"',
        'closed → Nora Quist <nora@example.org>, requester; satisfaction → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'closed', reason: '', by: LUIS, quiet: true },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"',
        '',
      ],
      [
        { kind: 'closed', reason: '', by: NORA },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"',
        'note → Luis Ortega <luis.ortega@example.test>, agent; satisfaction → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'escalated', from: 1, to: 2, reason: '', by: DESK },
        'clock: start tier; tier 2',
        'escalated → Nora Quist <nora@example.org>, requester',
      ],
      [{ kind: 'deescalated', from: 2, to: 1, reason: '', by: LUIS }, 'clock: start tier', ''],
      [
        {
          kind: 'deadline-warned',
          warnings: ['50%', '75%'],
          measure: 'firstResponse',
          due: SOON,
          startedAt: MONDAY,
          assignee: LUIS,
        },
        'told.0 "firstResponse:2026-11-23T09:00:00.000Z:warned 50%"; told.1 "firstResponse:2026-11-23T09:00:00.000Z:warned 75%"',
        'warning → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        {
          kind: 'deadline-warned',
          warnings: ['75%'],
          measure: 'firstResponse',
          due: SOON,
          startedAt: MONDAY,
          assignee: null,
        },
        'told.0 "firstResponse:2026-11-23T09:00:00.000Z:warned 75%"',
        'warning → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'deadline-breached', measure: 'firstResponse', due: SOON, startedAt: MONDAY, assignee: LUIS },
        'told.0 "firstResponse:2026-11-23T09:00:00.000Z:breached"',
        'breach → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        {
          kind: 'deadline-breached',
          measure: 'firstResponse',
          due: SOON,
          startedAt: MONDAY,
          assignee: MARTHA,
        },
        'told.0 "firstResponse:2026-11-23T09:00:00.000Z:breached"',
        'breach → Grace Okafor <grace.okafor@example.test>, lead',
      ],
      [
        {
          kind: 'deadline-overrun',
          after: 60_000,
          do: ['tell-lead', 'tell-manager'],
          measure: 'resolution',
          due: SOON,
          startedAt: MONDAY,
          assignee: LUIS,
        },
        'told.0 "resolution:2026-11-23T09:00:00.000Z:overrun 60000 tell-lead tell-manager"',
        'breach → Martha Lind <martha.lind@example.test>, lead; breach → Grace Okafor <grace.okafor@example.test>, lead',
      ],
      [
        {
          kind: 'deadline-overrun',
          after: 60_000,
          do: ['climb'],
          measure: 'resolution',
          due: SOON,
          startedAt: MONDAY,
          assignee: LUIS,
        },
        'told.0 "resolution:2026-11-23T09:00:00.000Z:overrun 60000 climb"',
        '',
      ],
      [
        {
          kind: 'reckoned-anew',
          cause: 'ticket-changed',
          policy: 'vip',
          reason: 'a VIP',
          before: {},
          after: {},
        },
        'clock: retarget P3 vip a VIP; policy "vip"; policyReason "a VIP"',
        '',
      ],
      [
        {
          kind: 'reckoned-anew',
          cause: 'desk-changed',
          policy: 'standard',
          reason: 'for all',
          before: {},
          after: {},
        },
        'policyReason "for all"',
        '',
      ],
      [{ kind: 'requester-reminded' }, '', 'waiting-reminder → Nora Quist <nora@example.org>, requester'],
      [
        { kind: 'referred', address: 'hr@desk.example.test', team: 'hr', lead: MARTHA },
        'referredFrom ["hr@desk.example.test"]',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'referred', address: 'hr@desk.example.test', team: 'hr', lead: LUIS },
        'referredFrom ["hr@desk.example.test"]',
        '',
      ],
      [
        { kind: 'delivery-failed', address: NORA, permanent: true, status: null, update: null },
        '',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [{ kind: 'delivery-failed', address: NORA, permanent: false, status: null, update: null }, '', ''],
      [{ kind: 'complained', address: NORA }, '', 'note → Luis Ortega <luis.ortega@example.test>, agent'],
      [{ kind: 'flooded', address: NORA }, '', 'note → Luis Ortega <luis.ortega@example.test>, agent'],
      [
        { kind: 'commanded', by: LUIS, lines: [], refused: false, shows: [], words: 'none' },
        '',
        'transcript → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'commanded', by: NORA, lines: [], refused: false, shows: [], words: 'none' },
        '',
        'transcript → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'snooze-ended', by: LUIS, reason: '' },
        'snoozes []',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
    ],
  ],
  [
    'of which much was said',
    RICH,
    [
      [
        {
          kind: 'message-received',
          message: 9,
          from: { address: NORA, name: 'Nora' },
          messageId: null,
          flagged: null,
        },
        'clock: start nextResponse; messages 9; muted.0 gone',
        'requester-message → Luis Ortega <luis.ortega@example.test>, agent with 9; requester-message → Priya Nair <priya.nair@example.test>, agent with 9',
      ],
      [
        {
          kind: 'answered',
          message: 9,
          by: LUIS,
          messageId: null,
          with: null,
          problem: { id: OTHER, event: 7 },
        },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 9; links.0.toldBy 7; lastAnswer.message 9; lastAnswer.at "2026-11-23T10:00:00.000Z"; lastAnswer.leavesAt gone; lastAnswer.leftAt "2026-11-23T10:00:00.000Z"',
        'answer → Ida Moll <ida@example.org>, requester with 9 from luis.ortega@example.test; note → Priya Nair <priya.nair@example.test>, agent with 9',
      ],
      [
        { kind: 'noted', message: 9, by: LUIS, thirdParty: null },
        'messages 9',
        'note → Priya Nair <priya.nair@example.test>, agent with 9',
      ],
      [
        { kind: 'unassigned', previous: LUIS, by: LUIS },
        'assignee null; visit.sequence 1; standsInFor gone',
        'note → Martha Lind <martha.lind@example.test>, lead; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        {
          kind: 'requester-changed',
          requester: IDA,
          previous: { address: NORA, name: 'Nora Quist' },
          by: LUIS,
        },
        'requester.address "ida@example.org"; requester.name "Ida Moll"; participants.0.address "ida@example.org"; participants.0.name "Ida Moll"; participants.1 gone; visit.sequence 1; unacknowledged false; utcOffset null',
        'acknowledgement → Ida Moll <ida@example.org>, requester; decided → Ida Moll <ida@example.org>, requester',
      ],
      [{ kind: 'copies-changed', added: [], removed: [IDA.address], by: LUIS }, 'participants.1 gone', ''],
      [{ kind: 'muted', by: IDA.address }, 'muted.1 "ida@example.org"', ''],
      [
        { kind: 'rated', vote: 2, previous: 1, words: '', by: NORA },
        'rating.vote 2',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [{ kind: 'watched', by: KIM }, 'watchers.1 "kim.brandt@example.test"', ''],
      [{ kind: 'unwatched', by: PRIYA }, 'watchers.0 gone', ''],
      [
        { kind: 'linked', relation: 'duplicate', to: OTHER, by: LUIS },
        'links.0.relation "related"; links.0.id "T-4AB3CD"; links.1.relation "duplicate"; links.1.id "T-2AB3CD"',
        '',
      ],
      [{ kind: 'news-passed-on', to: OTHER, message: 9, language: 'de', by: LUIS }, 'news.de 9', ''],
      [
        { kind: 'problem-begun', tickets: [OTHER, 'T-3AB3CD'], why: '', by: DESK },
        'links.0.relation "related"; links.0.id "T-4AB3CD"; links.1.relation "incident"; links.1.id "T-2AB3CD"; links.2 {"relation":"incident","id":"T-3AB3CD"}',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        {
          kind: 'merged-in',
          from: 'T-3AB3CD',
          requester: IDA,
          added: [MAX],
          watchers: [KIM],
          muted: [MAX.address],
          by: LUIS,
        },
        'participants.2 {"address":"max@example.org","name":"","role":"cc"}; watchers.1 "kim.brandt@example.test"; muted.1 "max@example.org"; links.2 {"relation":"merged-here","id":"T-3AB3CD"}',
        '',
      ],
      [
        { kind: 'checklist-begun', category: 'printing', steps: [{ ...STEP, key: 'printing/toner' }] },
        'steps.2 {"key":"printing/toner","title":"Paper","text":"","team":"service-desk","tier":1,"skills":[],"after":[],"state":"waits"}',
        '',
      ],
      [
        { kind: 'step-changed', step: STEP.key, title: '', state: 'open', to: 'T-3AB3CD', reason: '' },
        'links.2 {"relation":"step","id":"T-3AB3CD"}; steps.0.state "open"; steps.0.id "T-3AB3CD"',
        '',
      ],
      [
        {
          kind: 'step-changed',
          step: STEP.key,
          title: '',
          state: 'open',
          to: 'T-3AB3CD',
          reason: '',
          apart: true,
        },
        'links.2 {"relation":"step","id":"T-3AB3CD"}; steps.0.state "open"; steps.0.id "T-3AB3CD"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'step-changed', step: STEP.key, title: '', state: 'skipped', to: null, reason: '', heard: 4 },
        'steps.0.state "skipped"; steps.0.heard 4',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'step-changed', step: 'printing/another', title: '', state: 'done', to: null, reason: '' },
        '',
        '',
      ],
      [
        { kind: 'step-reported', to: OTHER, step: 'onboarding/account', state: 'done', reason: '' },
        'partOf.reported "done"',
        '',
      ],
      [{ kind: 'tagged', added: ['spare'], removed: ['vip'], by: LUIS }, 'tags.0 "loud"; tags.1 "spare"', ''],
      [
        { kind: 'extension-decided', granted: true, asker: LUIS, by: MARTHA, due: SOON },
        'clock: extend 3600000; told.0 "tier:x:breached"; told.1 gone; extension.isOpen false',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'extension-decided', granted: false, asker: LUIS, by: MARTHA, due: SOON },
        'extension.isOpen false',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [{ kind: 'redacted', message: 1, reason: '', by: LUIS }, 'redacted.1 1; print gone', ''],
      [{ kind: 'redacted', message: 2, reason: '', by: LUIS }, 'redacted.1 2', ''],
      [
        { kind: 'snoozed', until: SOON, reason: 'again', by: LUIS },
        'snoozes.0.by "priya.nair@example.test"; snoozes.1.by "luis.ortega@example.test"; snoozes.1.until "2026-11-23T10:00:00.000Z"; snoozes.1.reason "again"',
        '',
      ],
      [
        { kind: 'snoozed', until: null, reason: '', by: LUIS },
        'snoozes.0.by "priya.nair@example.test"; snoozes.1 gone',
        '',
      ],
      [
        { kind: 'snooze-ended', by: PRIYA, reason: '' },
        'snoozes.1 gone',
        'note → Priya Nair <priya.nair@example.test>, agent',
      ],
      [{ kind: 'due-set', due: null, reason: '', by: LUIS }, 'due gone', ''],
      [
        { kind: 'due-warned', due: SOON, reason: '', assignee: LUIS },
        'due.told "warned"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'due-passed', due: SOON, reason: '', assignee: LUIS },
        'due.told "passed"',
        'note → Luis Ortega <luis.ortega@example.test>, agent; note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'visit-moved', by: LUIS, previous: SOON, ...APPOINTMENT, sequence: 5 },
        'visit.sequence 5; visit.since 5; visit.setAt "2026-11-23T10:00:00.000Z"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'visit-cancelled', by: LUIS, ...APPOINTMENT, sequence: 5 },
        'visit.sequence 5; visit.isCancelled true',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'visit-cancelled', by: LUIS, quiet: true, ...APPOINTMENT, sequence: 5 },
        'visit.sequence 5; visit.isCancelled true',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        {
          kind: 'visit-answered',
          answer: 'declined',
          start: SOON,
          end: SOON,
          zone: 'UTC',
          proposed: null,
          message: 3,
          by: NORA,
        },
        'visit.answer "declined"',
        'note → Luis Ortega <luis.ortega@example.test>, agent with 3',
      ],
      [
        {
          kind: 'visit-answered',
          answer: 'declined',
          start: SOON,
          end: SOON,
          zone: 'UTC',
          proposed: null,
          message: null,
          by: LUIS,
        },
        '',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'visit-reminded', before: 60_000, start: LATER, end: LATER, zone: 'UTC', words: '' },
        'visit.reminded 60000',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [{ kind: 'time-spent', minutes: 15, what: '', by: LUIS }, 'timeSpent 20', ''],
      [
        { kind: 'article-asked', draft: null, reviewer: MARTHA, by: DESK },
        'article.askedAt "2026-11-23T10:00:00.000Z"',
        'approval → Martha Lind <martha.lind@example.test>, lead',
      ],
      [
        { kind: 'article-decided', verdict: 'publish', words: '', by: MARTHA },
        'article.state "published"; article.isOpen false',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'article-decided', verdict: 'internal', words: '', by: MARTHA },
        'article.state "published"; article.isOpen false',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'article-decided', verdict: 'reject', words: '', by: LUIS },
        'article.state "withdrawn"; article.isOpen false',
        '',
      ],
      [
        { kind: 'article-decided', verdict: 'lapse', words: '', by: DESK },
        'article.state "lapsed"; article.isOpen false',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [{ kind: 'facts-answered', given: [], lacking: [], by: NORA }, 'service.asks.0 gone', ''],
      [{ kind: 'helped', article: 'K-1', by: NORA }, 'offered.helped "K-1"', ''],
      [
        { kind: 'field-set', field: 'site', value: 'Porto', previous: null, by: LUIS },
        'fields.site "Porto"',
        '',
      ],
      [
        { kind: 'field-set', field: 'asset', value: null, previous: '4711', by: LUIS },
        'fields.asset gone',
        '',
      ],
      [
        { kind: 'resolved', reason: '', by: LUIS, message: null, problem: { id: OTHER, event: 7 } },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "resolved"; resolvedAt "2026-11-23T10:00:00.000Z"; links.0.solvedBy 7; due gone; extension.isOpen false',
        '',
      ],
      [
        { kind: 'referred', address: 'hr@desk.example.test', team: 'hr', lead: LUIS },
        'referredFrom.1 "hr@desk.example.test"',
        '',
      ],
      [
        { kind: 'joined', problem: OTHER, why: '', previous: null, told: false, by: DESK },
        'clock: pause its problem, T-2AB3CD third-party; status "waiting"; assignee null; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"its problem, T-2AB3CD","reminders":0}; links.0.relation "related"; links.0.id "T-4AB3CD"; links.1.relation "problem"; links.1.id "T-2AB3CD"; visit.sequence 1; joined "T-2AB3CD"',
        '',
      ],
      [{ kind: 'left', message: 2 }, 'lastAnswer.leftAt "2026-11-23T10:00:00.000Z"', ''],
      [{ kind: 'left', message: 3 }, '', ''],
      [
        { kind: 'undone', message: 2, given: MONDAY, by: LUIS, reopens: false },
        'clock: take-back 2026-11-23T09:00:00.000Z; lastAnswer gone; takenBack.1 2',
        '',
      ],
      [
        { kind: 'undone', message: 1, given: MONDAY, by: LUIS, reopens: false },
        'clock: take-back 2026-11-23T09:00:00.000Z; takenBack.1 1',
        '',
      ],
    ],
  ],
  [
    'that climbed to its agent',
    CLIMBED,
    [
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; unaccepted gone; climbedFrom gone; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        'answer → Nora Quist <nora@example.org>, requester with 2 from luis.ortega@example.test',
      ],
      [
        { kind: 'noted', message: 2, by: KIM, thirdParty: null },
        'messages 2',
        'note → Luis Ortega <luis.ortega@example.test>, agent with 2',
      ],
      [
        { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: LUIS },
        'assignee "priya.nair@example.test"; heldSince "2026-11-23T10:00:00.000Z"; unaccepted "2026-11-23T10:00:00.000Z"; climbedFrom gone',
        'assignment → Priya Nair <priya.nair@example.test>, agent and all before it',
      ],
      [
        { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: '', by: KIM },
        'assignee "priya.nair@example.test"; heldSince "2026-11-23T10:00:00.000Z"; unaccepted "2026-11-23T10:00:00.000Z"',
        'assignment → Priya Nair <priya.nair@example.test>, agent and all before it; note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'assigned', assignee: LUIS, previous: LUIS, reason: '', by: LUIS },
        'heldSince "2026-11-23T10:00:00.000Z"; unaccepted gone; climbedFrom gone',
        '',
      ],
      [
        { kind: 'assigned', assignee: KIM, previous: LUIS, reason: '', by: KIM },
        'assignee "kim.brandt@example.test"; heldSince "2026-11-23T10:00:00.000Z"; unaccepted gone; climbedFrom gone',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'not-accepted', assignee: LUIS, tier: 2, since: MONDAY },
        'unaccepted gone; climbedFrom gone',
        '',
      ],
      [{ kind: 'unassigned', previous: LUIS, by: MARTHA }, 'assignee null', ''],
    ],
  ],
  [
    'that waits for its requester',
    WAITING,
    [
      [
        {
          kind: 'message-received',
          message: 2,
          from: { address: NORA, name: '' },
          messageId: null,
          flagged: null,
        },
        'messages 2',
        'requester-message → Luis Ortega <luis.ortega@example.test>, agent with 2',
      ],
      [
        { kind: 'paused', until: null, reason: 'the supplier', by: LUIS, awaited: 'third-party' },
        'clock: resume, pause the supplier third-party; waiting.since "2026-11-23T10:00:00.000Z"; waiting.reason "the supplier"',
        '',
      ],
      [
        { kind: 'paused', until: SOON, reason: 'still', by: LUIS },
        'waiting.since "2026-11-23T10:00:00.000Z"; waiting.until "2026-11-23T10:00:00.000Z"; waiting.reason "still"',
        '',
      ],
      [{ kind: 'resumed', reason: '', by: LUIS }, 'clock: resume; status "open"; waiting null', ''],
      [
        { kind: 'resumed', reason: '', by: DESK },
        'clock: resume; status "open"; waiting null',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'resolved', reason: '', by: LUIS, message: null },
        'clock: resume, fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "resolved"; resolvedAt "2026-11-23T10:00:00.000Z"; waiting null',
        'resolved → Nora Quist <nora@example.org>, requester from luis.ortega@example.test',
      ],
      [
        { kind: 'closed', reason: '', by: LUIS },
        'clock: resume, fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"; waiting null',
        'closed → Nora Quist <nora@example.org>, requester; satisfaction → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'requester-reminded' },
        'waiting.reminders 1',
        'waiting-reminder → Nora Quist <nora@example.org>, requester',
      ],
    ],
  ],
  [
    'that waits for an approval',
    ASKED,
    [
      [
        { kind: 'approval-voted', address: IDA.address, vote: 'approve' },
        'approvals.0.approvers.0.vote "approve"; approvals.0.approvers.0.votedAt "2026-11-23T10:00:00.000Z"',
        '',
      ],
      [
        { kind: 'approval-reminded', addresses: [IDA.address, MARTHA] },
        'approvals.0.reminded true',
        'approval → Ida Moll <ida@example.org>, requester; approval → Martha Lind <martha.lind@example.test>, lead with 1',
      ],
      [
        { kind: 'approval-decided', result: 'given', by: MARTHA },
        'clock: resume; status "open"; waiting null; approvals.0.state "given"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'approval-decided', result: 'rejected', by: MARTHA },
        'clock: resume; status "open"; waiting null; approvals.0.state "rejected"',
        'note → Luis Ortega <luis.ortega@example.test>, agent; decided → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'approval-decided', result: 'taken-back', by: LUIS },
        'clock: resume; status "open"; waiting null; approvals.0.state "taken-back"',
        '',
      ],
      [
        { kind: 'approval-decided', result: 'expired', by: DESK },
        'clock: resume; status "open"; waiting null; approvals.0.state "expired"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'approval-asked', approvers: [IDA], quorum: 'all', question: 'again', by: LUIS },
        'waiting.since "2026-11-23T10:00:00.000Z"; waiting.reason "an approval: again"; approvals.1 {"askedAt":"2026-11-23T10:00:00.000Z","by":"luis.ortega@example.test","question":"again","quorum":"all","approvers":[{"address":"ida@example.org","name":"Ida Moll","vote":null,"votedAt":null}],"reminded":false,"state":"open"}',
        'approval → Ida Moll <ida@example.org>, requester',
      ],
    ],
  ],
  [
    'that is resolved',
    RESOLVED,
    [
      [
        { kind: 'reopened', reason: '', by: NORA, told: false },
        'clock: reopen, start tier, start nextResponse; status "open"; resolvedAt null; offered.failed true',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'reopened', reason: '', by: NORA, told: true },
        'clock: reopen, start tier, start nextResponse; status "open"; resolvedAt null; offered.failed true',
        '',
      ],
      [
        {
          kind: 'message-received',
          message: 2,
          from: { address: NORA, name: '' },
          messageId: null,
          flagged: null,
        },
        'messages 2',
        'requester-message → Luis Ortega <luis.ortega@example.test>, agent with 2',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
        'clock: fulfil firstResponse, fulfil nextResponse; messages 2; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        'answer → Nora Quist <nora@example.org>, requester with 2 from luis.ortega@example.test',
      ],
      [
        { kind: 'undone', message: 1, given: MONDAY, by: LUIS, reopens: true },
        'clock: take-back 2026-11-23T09:00:00.000Z; status "open"; resolvedAt null; takenBack [1]',
        '',
      ],
      [
        { kind: 'closed', reason: '', by: DESK },
        'status "closed"; closedAt "2026-11-23T10:00:00.000Z"',
        'closed → Nora Quist <nora@example.org>, requester; satisfaction → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'merged', into: OTHER, by: LUIS },
        'status "closed"; closedAt "2026-11-23T10:00:00.000Z"; mergedInto "T-2AB3CD"; links [{"relation":"merged-into","id":"T-2AB3CD"}]',
        'closed → Nora Quist <nora@example.org>, requester',
      ],
    ],
  ],
  [
    'that the desk itself asked for',
    DESKS,
    [
      [
        { kind: 'closed', reason: '', by: LUIS },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"',
        '',
      ],
      [
        { kind: 'closed', reason: '', by: KIM },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "closed"; closedAt "2026-11-23T10:00:00.000Z"',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        '',
      ],
      [
        {
          kind: 'visit-answered',
          answer: 'declined',
          start: SOON,
          end: SOON,
          zone: 'UTC',
          proposed: null,
          message: null,
          by: MARTHA,
        },
        '',
        'note → Luis Ortega <luis.ortega@example.test>, agent',
      ],
    ],
  ],
  [
    'that the desk asked for and has solved',
    DESKS_DONE,
    [[{ kind: 'closed', reason: '', by: KIM }, 'status "closed"; closedAt "2026-11-23T10:00:00.000Z"', '']],
  ],
  [
    'of a confidential team',
    THEIRS,
    [
      [{ kind: 'snooze-ended', by: LUIS, reason: '' }, '', ''],
      [{ kind: 'snooze-ended', by: ADA, reason: '' }, '', 'note → Ada Osei <ada.osei@example.test>, agent'],
      [
        { kind: 'extension-decided', granted: false, asker: LUIS, by: HELENE, due: SOON },
        'extension.isOpen false',
        '',
      ],
      [
        { kind: 'extension-decided', granted: true, asker: ADA, by: HELENE, due: SOON },
        'clock: extend 60000; extension.isOpen false',
        'note → Ada Osei <ada.osei@example.test>, agent; decided → Nora Quist <nora@example.org>, requester',
      ],
      [
        { kind: 'article-decided', verdict: 'publish', words: '', by: HELENE },
        'article.state "published"; article.isOpen false',
        '',
      ],
      [
        { kind: 'unassigned', previous: HELENE, by: ADA },
        'assignee null; visit.sequence 1',
        'note → Helene Roth <helene.roth@example.test>, lead',
      ],
      [
        { kind: 'unassigned', previous: ADA, by: HELENE },
        'assignee null; visit.sequence 1',
        'note → Ada Osei <ada.osei@example.test>, agent',
      ],
      [
        { kind: 'noted', message: 2, by: HELENE, thirdParty: null },
        'messages 2',
        'note → Ada Osei <ada.osei@example.test>, agent with 2',
      ],
      [
        {
          kind: 'deadline-breached',
          measure: 'firstResponse',
          due: SOON,
          startedAt: MONDAY,
          assignee: HELENE,
        },
        'told.0 "firstResponse:2026-11-23T09:00:00.000Z:breached"',
        'breach → Helene Roth <helene.roth@example.test>, lead',
      ],
      [
        { kind: 'deadline-breached', measure: 'firstResponse', due: SOON, startedAt: MONDAY, assignee: ADA },
        'told.0 "firstResponse:2026-11-23T09:00:00.000Z:breached"',
        'breach → Helene Roth <helene.roth@example.test>, lead',
      ],
      [
        {
          kind: 'deadline-overrun',
          after: 60_000,
          do: ['tell-manager'],
          measure: 'resolution',
          due: SOON,
          startedAt: MONDAY,
          assignee: ADA,
        },
        'told.0 "resolution:2026-11-23T09:00:00.000Z:overrun 60000 tell-manager"',
        'breach → Helene Roth <helene.roth@example.test>, lead',
      ],
    ],
  ],
  [
    'that nobody has',
    NOBODYS,
    [
      [
        {
          kind: 'opened',
          subject: '',
          requester: IDA,
          cc: [],
          mailbox: '',
          type: 'incident',
          team: 'service-desk',
          tier: 1,
          category: 'printing',
          impact: 'one',
          urgency: 'degraded',
          priority: 'P3',
          language: 'en',
          flagged: null,
          follows: null,
          acknowledge: true,
          message: 1,
          messageId: null,
          reasons: [],
        },
        '',
        'acknowledgement → Nora Quist <nora@example.org>, requester; assignment → Martha Lind <martha.lind@example.test>, agent with 1',
      ],
      [
        { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
        'clock: fulfil firstResponse, fulfil nextResponse, start periodicUpdate; messages 2; lastAnswer {"message":2,"by":"luis.ortega@example.test","at":"2026-11-23T10:00:00.000Z","leftAt":"2026-11-23T10:00:00.000Z"}',
        'answer → Nora Quist <nora@example.org>, requester with 2 from luis.ortega@example.test',
      ],
      [
        { kind: 'noted', message: 2, by: LUIS, thirdParty: null },
        'messages 2',
        'note → Martha Lind <martha.lind@example.test>, agent with 2',
      ],
      [
        {
          kind: 'commanded',
          by: 'stranger@example.net',
          lines: [],
          refused: false,
          shows: [],
          words: 'none',
        },
        '',
        'transcript →  <stranger@example.net>, requester',
      ],
      [
        {
          kind: 'approval-asked',
          approvers: [{ address: 'boss@example.net', name: 'Boss' }],
          quorum: 'all',
          question: '',
          by: DESK,
        },
        'clock: pause an approval:  approval; status "waiting"; waiting {"since":"2026-11-23T10:00:00.000Z","until":null,"reason":"an approval: ","reminders":0}; approvals [{"askedAt":"2026-11-23T10:00:00.000Z","by":"desk","question":"","quorum":"all","approvers":[{"address":"boss@example.net","name":"Boss","vote":null,"votedAt":null}],"reminded":false,"state":"open"}]',
        'approval → Boss <boss@example.net>, requester with 1',
      ],
      [
        { kind: 'resolved', reason: '', by: MARTHA, message: null, steps: ['Paper'] },
        'clock: fulfil firstResponse, fulfil nextResponse, fulfil periodicUpdate, fulfil resolution, fulfil tier; status "resolved"; resolvedAt "2026-11-23T10:00:00.000Z"',
        'resolved → Nora Quist <nora@example.org>, requester from martha.lind@example.test; note → Martha Lind <martha.lind@example.test>, agent',
      ],
      [
        { kind: 'reopened', reason: '', by: MARTHA, told: false },
        'clock: reopen, start tier, start nextResponse; status "open"',
        '',
      ],
      [
        { kind: 'referred', address: 'hr@desk.example.test', team: 'hr', lead: MARTHA },
        'referredFrom ["hr@desk.example.test"]',
        '',
      ],
      [
        { kind: 'due-passed', due: SOON, reason: '', assignee: null },
        '',
        'note → Martha Lind <martha.lind@example.test>, lead',
      ],
    ],
  ],
])('of a ticket %s each event leaves what it says, and tells whom it concerns', (_, before, rows) => {
  expect(rows.map(([event]) => [event, leaves(before, event), tells(before, event)])).toEqual(rows);
});

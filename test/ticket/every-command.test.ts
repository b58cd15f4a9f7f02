/**
 * What each command comes to, for whoever wrote it and in the ticket: the outcome, the sentence that its writer reads with
 * its facts, and what happened with its particulars.
 */
import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Approval, Happening, Relation, Ticket } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MARTHA, MONDAY, NORA, ticket } from '../sample.ts';

const OTHER = 'T-2AB3CD';
const others = new Map([[OTHER, { ...ticket(), id: OTHER }]]);
const LUIS_NOW: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map(), others, newId: 'T-9PQRST' };

/** `done: now (P1) (P3) → prioritised | one | degraded | P1 | P3 | set by command` */
function comesTo(text: string, on: Ticket, act: Act): string {
  const fields = desk.fields.map(({ name }) => name);
  const { lines, happenings } = decideCommands(readCommands(text, act.role, fields), on, act, desk);
  const said = lines.map(({ outcome, said, detail }) => {
    expect(detail).not.toBe('');
    const facts = Object.values(said?.facts ?? {}).map((fact) => `(${fact})`);
    return [`${outcome}:`, said?.key ?? detail, ...facts].join(' ');
  });
  return [...said, ...happenings.map(particulars)].join(' → ');
}

function particulars({ kind, by: _, ...others }: Happening & { by?: string }): string {
  const known = Object.values(others).filter((value) => value !== null && value !== '');
  return [kind, ...known.map((value) => (typeof value === 'object' ? JSON.stringify(value) : value))].join(
    ' | ',
  );
}

const linkedAs = (relation: Relation): Happening => ({ kind: 'linked', relation, to: OTHER, by: LUIS });
const IDA = { address: 'ida@example.org', name: 'Ida Moll' };
const ASKED: Happening = {
  ...{ kind: 'approval-asked', approvers: [IDA], quorum: 'all', question: 'a printer', by: LUIS },
};
const BOTH_ASKED: Happening = {
  ...{ kind: 'approval-asked', quorum: 'all', question: 'a printer', by: LUIS },
  approvers: [IDA, { address: MARTHA, name: 'Martha Lind' }],
};
const changing = (happenings: Happening[]) =>
  ticket([{ kind: 'retyped', type: 'change', previous: 'incident', by: LUIS }, ...happenings]);
/** Until half a minute later. */
const HELD: Happening = {
  ...{ kind: 'answered', message: 2, by: LUIS, messageId: null, with: null, leavesAt: later(MONDAY, 0.01) },
};
const EXTENDED: Happening = {
  ...{ kind: 'extension-asked', by: LUIS, lead: MARTHA, ms: 3_600_000, reason: 'the part' },
  ...{ due: MONDAY, wouldBe: MONDAY },
};
const FULL = ticket([
  { kind: 'tagged', added: ['vip', 'spam'], removed: [], by: LUIS },
  { kind: 'due-set', due: later(MONDAY, 24), reason: 'the audit', by: LUIS },
  { kind: 'snoozed', until: later(MONDAY, 2), reason: 'the part', by: LUIS },
  { kind: 'field-set', field: 'asset', value: '4711', previous: null, by: LUIS },
  { kind: 'time-spent', minutes: 15, what: '', by: LUIS },
  { kind: 'watched', by: LUIS },
  { kind: 'muted', by: NORA },
  { kind: 'fix-recorded', words: 'the roller', by: LUIS },
  { kind: 'copies-changed', added: [IDA], removed: [], by: LUIS },
  linkedAs('related'),
]);

test.each<[string, Ticket, Partial<Act>, Record<string, string>]>([
  [
    'a new ticket of his own',
    ticket(),
    {},
    {
      '#take': 'nothing-to-do: yours-already',
      '#assign luis': 'nothing-to-do: theirs-already (Luis Ortega)',
      '#assign kim':
        'done: given-to (Kim Brandt) → assigned | kim.brandt@example.test | luis.ortega@example.test | assigned by luis.ortega@example.test',
      '#assign nobody': 'refused: nobody-called-so (nobody)',
      '#assign kim brand': 'refused: nobody-called-so-but (kim brand) (kim brandt)',
      '#unassign': 'done: nobodys → unassigned | luis.ortega@example.test',
      '#team hr':
        'done: given-to (Human Resources) → given-to-team | hr | service-desk | given by luis.ortega@example.test → assigned | ada.osei@example.test | luis.ortega@example.test | Ada Osei: on duty; the only one of hr at tier 1',
      '#team Service Desk': 'nothing-to-do: theirs-already (Service Desk)',
      '#team hrr': 'refused: no-team-but (hrr) (service-desk, hr) (hr)',
      '#team zzz': 'refused: no-team (zzz) (service-desk, hr)',
      '#requester ida@example.org':
        'done: request-of (ida@example.org) (nora@example.org) → requester-changed | {"address":"ida@example.org","name":""} | {"address":"nora@example.org","name":"Nora Quist"}',
      '#requester nora@example.org': 'nothing-to-do: request-already (nora@example.org)',
      '#requester hr@desk.example.test': 'refused: own-address (hr@desk.example.test)',
      '#requester Ida': 'refused: no-address (Ida) (#requester ada@example.com)',
      '#cc ida@example.org':
        'done: copies (+ida@example.org) → copies-changed | [{"address":"ida@example.org","name":""}] | []',
      '#cc nora@example.org': 'nothing-to-do: no-copies',
      '#cc -nora@example.org': 'refused: is-requester (nora@example.org)',
      '#cc kim.brandt@example.test': 'refused: of-the-desk (kim.brandt@example.test)',
      '#cc hr@desk.example.test': 'refused: own-address (hr@desk.example.test)',
      '#cc Ida': 'refused: no-address (Ida) (#cc +ada@example.com -bob@example.com)',
      '#watch': 'done: watched → watched',
      '#unwatch': 'nothing-to-do: unwatched-already',
      '#link T-2AB3CD': 'done: linked (T-2AB3CD) (related) → linked | related | T-2AB3CD',
      '#link T-2AB3CD blocked by': 'done: linked (T-2AB3CD) (blocked-by) → linked | blocked-by | T-2AB3CD',
      '#link T-2AB3CD problm':
        'refused: no-relation-but (problm) (problem, incident, blocks, blocked-by, duplicate, related) (problem)',
      '#link T-2AB3CD zzzzzz':
        'refused: no-relation (zzzzzz) (problem, incident, blocks, blocked-by, duplicate, related)',
      '#link T-2AB3CD  blocked   by': 'done: linked (T-2AB3CD) (blocked-by) → linked | blocked-by | T-2AB3CD',
      '#link T-2AB3CD next to it':
        'refused: no-relation (next to it) (problem, incident, blocks, blocked-by, duplicate, related)',
      [`#visit tomorrow 14:00 support+${'a'.repeat(39)}@desk.example.test`]: 'refused: token-in-text',
      '#link T-ZZZZZZ': 'refused: no-such-ticket (T-ZZZZZZ)',
      '#link T-7K4M2Q': 'refused: this-ticket (T-7K4M2Q)',
      '#link Ida': 'refused: no-ticket-number (Ida) (T-7K4M2Q)',
      '#dup T-2AB3CD': 'done: linked (T-2AB3CD) (duplicate) → linked | duplicate | T-2AB3CD',
      '#merge T-2AB3CD': 'done: merged (T-2AB3CD) (nora@example.org) → merged | T-2AB3CD',
      '#split': 'refused: nothing-to-split',
      '#split 2': 'refused: not-to-split (2)',
      '#clone': 'refused: not-to-clone',
      '#unlink': 'refused: no-problem',
      '#problem': 'refused: no-recurrence',
      '#tell': 'refused: nobody-to-tell',
      '#note': 'done: kept-inside',
      '#priority P1': 'done: now (P1) (P3) → prioritised | one | degraded | P1 | P3 | set by command',
      '#priority P3': 'nothing-to-do: already (P3)',
      '#priority P9': 'refused: no-priority (P9) (P1, P2, P3, P4)',
      '#impact team':
        'done: weighed (team) (degraded) (P2) (P3) → prioritised | team | degraded | P2 | P3 | the matrix for impact team and urgency degraded',
      '#impact one': 'nothing-to-do: already (one, degraded)',
      '#impact teem': 'refused: no-impact-but (teem) (one, team, everyone) (team)',
      '#urgency outage':
        'done: weighed (one) (outage) (P2) (P3) → prioritised | one | outage | P2 | P3 | the matrix for impact one and urgency outage',
      '#urgency zz': 'refused: no-urgency (zz) (routine, degraded, outage)',
      '#type request': 'done: now (request) (incident) → retyped | request | incident',
      '#type incident': 'nothing-to-do: already (incident)',
      '#type requst': 'refused: no-type-but (requst) (incident, problem, change, request) (request)',
      '#category network':
        'done: filed (Network, Wi-Fi and VPN) → categorised | network | printing | service-desk',
      '#category printing': 'nothing-to-do: already (Printers and scanners)',
      '#category hr-question':
        'done: filed-with-team (Other questions to human resources) (hr) → categorised | hr-question | printing | hr → assigned | ada.osei@example.test | luis.ortega@example.test | Ada Osei: on duty; nobody there knows contracts; the only one of hr at tier 1',
      '#category netwrok':
        'refused: no-category-but (netwrok) (security, onboarding, printing, network, access, email, software, hardware, payroll, leave, hr-question, general) (network)',
      '#category zzzzzz':
        'refused: no-category (zzzzzz) (security, onboarding, printing, network, access, email, software, hardware, payroll, leave, hr-question, general)',
      '#tag vip': 'done: tags (vip) → tagged | ["vip"] | []',
      '#tag -vip': 'nothing-to-do: already (-vip)',
      '#tag !x': 'refused: no-tag (!x)',
      '#time 30m on the phone': 'done: time-spent (30) (30) → time-spent | 30 | on the phone',
      '#time 1:30': 'done: time-spent (90) (90) → time-spent | 90',
      '#time 2d': 'refused: no-time (2d) (#time 30m, #time 1h30m, #time 1:30)',
      '#time 0': 'refused: no-time (0) (#time 30m, #time 1h30m, #time 1:30)',
      '#fix the roller': 'done: fix-recorded → fix-recorded | the roller',
      '#kb': 'refused: kb-nothing',
      '#kb none': 'nothing-to-do: kb-none',
      '#macro': 'done: macros (thanks (It is done))',
      '#macro thanks': 'done: macro (It is done, #resolve) → done: resolved → resolved | resolved',
      '#macro thnks': 'refused: no-macro-but (thnks) (thanks)',
      '#macro zzzzzz': 'refused: no-macro (zzzzzz)',
      '#field asset 4711': 'done: field (Asset number) (4711) → field-set | asset | 4711',
      '#field asset none': 'nothing-to-do: field-empty (Asset number)',
      '#field asset x': 'refused: no-number (x) (#asset 42, #asset 12.5)',
      '#field asset': 'refused: needs-value (asset) (#asset none)',
      '#field site berlin': 'done: field (Site) (Berlin) → field-set | site | Berlin',
      '#field site berln': 'refused: no-choice-but (berln) (Berlin, Porto, at home) (Berlin)',
      '#field site zzzzzz': 'refused: no-choice (zzzzzz) (Berlin, Porto, at home)',
      '#field asst 1': 'refused: no-field-but (asst) (asset, site, needed-by) (asset)',
      '#field zzzzzz 1': 'refused: no-field (zzzzzz) (asset, site, needed-by)',
      '#field needed-by 2027-01-01': 'refused: field-elsewhere (needed-by) (hardware)',
      '#approval ida@example.org a printer':
        'done: asked-all (ida@example.org) → approval-asked | [{"address":"ida@example.org","name":""}] | all | a printer',
      '#approval any ida@example.org, martha.lind@example.test a printer':
        'done: asked-any (ida@example.org, Martha Lind) → approval-asked | [{"address":"ida@example.org","name":""},{"address":"martha.lind@example.test","name":"Martha Lind","ofDesk":true}] | any | a printer',
      '#approval Ida a printer':
        'refused: no-address (Ida) (#approval ada@example.com a second monitor, 300 €)',
      '#approval ida@example.org': 'refused: no-question (ida@example.org)',
      '#approval none': 'nothing-to-do: no-approval',
      '#open': 'nothing-to-do: not-closed',
      '#waiting': 'done: stands-for-requester → paused | waiting for the requester | requester',
      '#waiting 3d part':
        'done: stands-until (2026-11-26 10:00) → paused | 2026-11-26T09:00:00.000Z | part | requester',
      '#waiting supplier': 'done: stands → paused | supplier | third-party',
      '#waiting 3d supplier':
        'done: stands-until (2026-11-26 10:00) → paused | 2026-11-26T09:00:00.000Z | supplier | third-party',
      '#waiting 2026-01-01': 'refused: past (2026-01-01 08:00)',
      '#waiting 2026-02-31': 'refused: no-time (2026-02-31) (2027-01-31 14:00, 3d)',
      '#waiting 2026-02-31 10:00': 'refused: no-time (2026-02-31 10:00) (2027-01-31 14:00, 3d)',
      '#resolve': 'done: resolved → resolved | resolved',
      '#resolve new toner': 'done: resolved → resolved | new toner',
      '#close': 'done: closed → closed | closed',
      '#close no need': 'done: closed → closed | no need',
      '#spam': 'done: spam → tagged | ["spam"] | [] → closed | spam | true',
      '#block':
        'done: blocked (nora@example.org) → tagged | ["spam"] | [] → closed | spam | true → blocked | nora@example.org',
      '#block off': 'refused: not-yours-to-unblock',
      '#block now': 'refused: block-takes-off (now) (nora@example.org)',
      '#reopen': 'nothing-to-do: not-closed',
      '#escalate':
        'done: climbs (1) (2) → escalated | 1 | 2 | no reason was given → assigned | priya.nair@example.test | luis.ortega@example.test | Priya Nair: on duty; knows printing; the only one of service-desk at tier 2 | true',
      '#escalate a specialist':
        'done: climbs (1) (2) → escalated | 1 | 2 | a specialist → assigned | priya.nair@example.test | luis.ortega@example.test | Priya Nair: on duty; knows printing; the only one of service-desk at tier 2 | true',
      '#deescalate': 'refused: lowest-tier',
      '#status': 'done: see-below',
      '#status waiting': 'done: stands-for-requester → paused | waiting for the requester | requester',
      '#status resolved new toner': 'done: resolved → resolved | new toner',
      '#status opn': 'refused: no-status-but (opn) (open, waiting, resolved, closed) (open)',
      '#status new': 'refused: no-status (new) (open, waiting, resolved, closed)',
      '#status nwe': 'refused: no-status (nwe) (open, waiting, resolved, closed)',
      '#why': 'done: see-below',
      '#snooze 2h the part':
        'done: snoozed (2026-11-23 12:00) → snoozed | 2026-11-23T11:00:00.000Z | the part',
      '#snooze none': 'nothing-to-do: not-snoozed',
      '#snooze look': 'refused: no-time (look) (#snooze 2h, #snooze tomorrow 9:00)',
      '#snooze 2026-01-01': 'refused: past (2026-01-01 08:00)',
      '#due 3d the audit': 'done: due (2026-11-26 10:00) → due-set | 2026-11-26T09:00:00.000Z | the audit',
      '#due none': 'nothing-to-do: no-due-date',
      '#due audit': 'refused: no-time (audit) (#due 2027-01-31 14:00, #due 3d)',
      '#due 2026-01-01': 'refused: past (2026-01-01 08:00)',
      '#visit off': 'nothing-to-do: no-visit',
      '#extend 4h the part':
        'done: extension-asked (Martha Lind) → extension-asked | martha.lind@example.test | 14400000 | the part | 2026-11-24T16:00:00.000Z | 2026-11-25T07:00:00.000Z',
      '#extend 4': 'refused: extension-no-time (4)',
      '#extend 4h': 'refused: extension-no-reason',
      '#redact 1 a password': 'done: redacted (1) → redacted | 1 | a password',
      '#redact 2': 'refused: no-message (2) (1)',
      '#undo': 'refused: nothing-waits',
      '#files 1': 'done: see-below',
      '#files 2': 'refused: no-message (2) (1)',
      '#history': 'done: see-below',
      '#mine': 'done: see-below',
      '#queue': 'done: see-below',
      '#queue hr': 'refused: for-team-alone (Human Resources)',
      '#find printer': 'done: see-below',
      '#find -': 'refused: no-word (-)',
      '#show T-7K4M2Q': 'done: see-below',
      '#show x': 'refused: no-number (x) (#show T-7K4M2Q)',
      '#away until 2027-01-10': 'done: away (Luis Ortega) (2027-01-11)',
      '#away 2026-11-24 14:30': 'done: away (Luis Ortega) (2026-11-24 14:30)',
      '#away soon': 'refused: no-time (soon) (#away until 2027-01-10, #away 3d)',
      '#away 2026-01-01': 'refused: past (2026-01-01)',
      '#away 2028-11-24': 'refused: too-long-away (2028-11-25) (400)',
      '#away kim.brandt@example.test 3d': 'refused: not-yours-to-say (Kim Brandt)',
      '#away kim.brand@example.test 3d':
        'refused: nobody-called-so-but (kim.brand@example.test) (kim.brandt@example.test)',
      '#away zzzzzz@example.test 3d': 'refused: nobody-called-so (zzzzzz@example.test)',
      '#back': 'nothing-to-do: not-away (Luis Ortega)',
      '#report zzzzzz':
        'refused: report-no-period (zzzzzz) (today, yesterday, this week, last week, this month, last month, 2026-10, 2026-10-01..2026-10-31)',
      '#services': 'done: see-below',
      '#help': 'done: see-below',
      '#stop': 'unknown: no-command-but (stop) (show)',
      '#wating': 'unknown: no-command-but (wating) (waiting)',
      '#zzzzzz': 'unknown: no-command (zzzzzz)',
    },
  ],
  [
    'a closed ticket',
    ticket([{ kind: 'closed', reason: 'done', by: LUIS }]),
    {},
    {
      '#take': 'refused: reopen-first-closed',
      '#assign kim': 'refused: reopen-first-closed',
      '#team hr': 'refused: reopen-first-closed',
      '#priority P1': 'refused: reopen-first-closed',
      '#impact team': 'refused: reopen-first-closed',
      '#category network': 'refused: reopen-first-closed',
      '#approval ida@example.org a printer': 'refused: reopen-first-closed',
      '#waiting': 'refused: reopen-first-closed',
      '#resolve': 'refused: reopen-first-closed',
      '#close': 'nothing-to-do: closed-already',
      '#spam': 'nothing-to-do: closed-already',
      '#block': 'done: blocked (nora@example.org) → blocked | nora@example.org',
      '#reopen': 'done: reopened → reopened | reopened | false',
      '#reopen not done': 'done: reopened → reopened | not done | false',
      '#open': 'done: reopened → reopened | reopened | false',
      '#escalate': 'refused: reopen-first-closed',
      '#deescalate': 'refused: reopen-first-closed',
      '#snooze 2h': 'refused: reopen-first-closed',
      '#due 3d': 'refused: reopen-first-closed',
      '#visit tomorrow 10:00': 'refused: reopen-first-closed',
      '#extend 4h the part': 'refused: reopen-first-closed',
      '#tag vip': 'done: tags (vip) → tagged | ["vip"] | []',
      '#note': 'done: kept-inside',
    },
  ],
  [
    'a resolved ticket',
    ticket([{ kind: 'resolved', reason: 'done', by: LUIS, message: null }]),
    {},
    {
      '#take': 'nothing-to-do: yours-already',
      '#team hr': 'refused: reopen-first-resolved',
      '#priority P1': 'refused: reopen-first-resolved',
      '#urgency outage': 'refused: reopen-first-resolved',
      '#category network': 'refused: reopen-first-resolved',
      '#approval ida@example.org a printer': 'refused: reopen-first-resolved',
      '#waiting': 'refused: reopen-first-resolved',
      '#resolve': 'nothing-to-do: resolved-already',
      '#close': 'done: closed → closed | closed',
      '#reopen': 'done: reopened → reopened | reopened | false',
      '#open': 'done: reopened → reopened | reopened | false',
      '#escalate': 'refused: reopen-first-resolved',
      '#deescalate': 'refused: reopen-first-resolved',
      '#snooze 2h': 'done: snoozed (2026-11-23 12:00) → snoozed | 2026-11-23T11:00:00.000Z',
      '#due 3d': 'refused: reopen-first-resolved',
      '#extend 4h the part': 'refused: reopen-first-resolved',
      '#tell': 'refused: reopen-first-resolved',
    },
  ],
  [
    'a waiting ticket',
    ticket([{ kind: 'paused', until: null, reason: '', by: LUIS, awaited: 'requester' }]),
    {},
    {
      '#open': 'done: reopened → resumed | set by command',
      '#open she called': 'done: reopened → resumed | she called',
      '#status open': 'done: reopened → resumed | set by command',
      '#resolve': 'done: resolved → resolved | resolved',
      '#waiting 3d part':
        'done: stands-until (2026-11-26 10:00) → paused | 2026-11-26T09:00:00.000Z | part | requester',
      '#extend 4h the part': 'refused: extension-nothing-runs',
    },
  ],
  [
    'a step of another ticket',
    { ...ticket(), partOf: { id: OTHER, step: 'printing/paper', reported: 'open' } },
    {},
    {
      '#requester ida@example.org': 'refused: step-stays (T-2AB3CD)',
      '#cc ida@example.org': 'refused: step-stays (T-2AB3CD)',
      '#merge T-2AB3CD': 'refused: step-stays (T-2AB3CD)',
      '#visit tomorrow 10:00': 'refused: step-stays (T-2AB3CD)',
    },
  ],
  [
    'a ticket with all that can be said of it',
    FULL,
    {},
    {
      '#tag vip': 'nothing-to-do: already (vip)',
      '#tag -vip': 'done: tags (spam) → tagged | [] | ["vip"]',
      '#tag +spare -vip': 'done: tags (spam, spare) → tagged | ["spare"] | ["vip"]',
      '#tag -vip -spam': 'done: no-tags → tagged | [] | ["vip","spam"]',
      '#due 2026-11-24 10:00': 'nothing-to-do: already (2026-11-24 10:00)',
      '#due none': 'done: no-due-date → due-set',
      '#snooze none': 'done: not-snoozed → snoozed',
      '#field asset 4711': 'nothing-to-do: field (Asset number) (4711)',
      '#field asset none': 'done: field-empty (Asset number) → field-set | asset | 4711',
      '#field asset 12,5': 'done: field (Asset number) (12.5) → field-set | asset | 12.5 | 4711',
      '#time 30m': 'done: time-spent (30) (45) → time-spent | 30',
      '#watch': 'nothing-to-do: watched-already',
      '#unwatch': 'done: unwatched → unwatched',
      '#fix the roller': 'nothing-to-do: fix-recorded-already',
      '#fix another roller': 'done: fix-recorded → fix-recorded | another roller',
      '#cc ida@example.org': 'nothing-to-do: no-copies',
      '#cc -ida@example.org max@example.org':
        'done: copies (+max@example.org -ida@example.org) → copies-changed | [{"address":"max@example.org","name":""}] | ["ida@example.org"]',
      '#spam': 'done: spam → closed | spam | true',
      '#block': 'done: blocked (nora@example.org) → closed | spam | true → blocked | nora@example.org',
      '#visit tomorrow 10:00': 'refused: visit-unwanted',
      '#link T-2AB3CD': 'nothing-to-do: linked-already (T-2AB3CD) (related)',
      '#link T-2AB3CD blocks': 'done: linked (T-2AB3CD) (blocks) → linked | blocks | T-2AB3CD',
      '#kb':
        'done: kb-asked (K-7K4M2Q) (Martha Lind) → article-asked | {"title":"The printer is jammed","question":"","answer":"the roller","fix":"","category":"printing","language":"en","team":"service-desk","owner":"luis.ortega@example.test","readers":"public"} | martha.lind@example.test',
    },
  ],
  [
    'a ticket at tier 2',
    ticket([{ kind: 'escalated', from: 1, to: 2, reason: '', by: LUIS }]),
    {},
    {
      '#escalate':
        'done: climbs (2) (3) → escalated | 2 | 3 | no reason was given → assigned | tomas.novak@example.test | luis.ortega@example.test | Tomáš Novák: on duty; nobody there knows printing; the only one of service-desk at tier 3 | true',
      '#deescalate':
        'done: goes-back (2) (1) → deescalated | 2 | 1 | no reason was given → assigned | kim.brandt@example.test | luis.ortega@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it',
      '#deescalate a password will do':
        'done: goes-back (2) (1) → deescalated | 2 | 1 | a password will do → assigned | kim.brandt@example.test | luis.ortega@example.test | Kim Brandt: on duty; knows printing; 0 open tickets; others there know less of it',
    },
  ],
  [
    'a ticket at tier 3',
    ticket([{ kind: 'escalated', from: 2, to: 3, reason: '', by: LUIS }]),
    {},
    {
      '#escalate': 'refused: highest-tier (3)',
    },
  ],
  [
    'a ticket that waits for an approval',
    ticket([ASKED]),
    {},
    {
      '#approval martha.lind@example.test a printer': 'refused: approval-open (Ida Moll)',
      '#approval none': 'done: approval-taken-back → approval-decided | taken-back',
      '#resolve': 'done: resolved → resolved | resolved',
      '#open': 'done: reopened → resumed | set by command',
      '#extend 4h the part': 'refused: extension-nothing-runs',
    },
  ],
  [
    'a problem with an incident',
    ticket([linkedAs('incident')]),
    {},
    {
      '#resolve':
        'done: resolved-with-incidents (1) → resolved | resolved → solution-passed-on | T-2AB3CD | resolved',
      '#tell': 'done: told-all (1) → news-passed-on | T-2AB3CD | en',
      '#unlink': 'refused: no-problem',
      '#merge T-2AB3CD': 'done: merged (T-2AB3CD) (nora@example.org) → merged | T-2AB3CD',
    },
  ],
  [
    'an incident of a problem',
    ticket([linkedAs('problem')]),
    {},
    {
      '#unlink': 'done: unlinked (T-2AB3CD) → parted | T-2AB3CD',
      '#unlink T-2AB3CD': 'done: unlinked (T-2AB3CD) → parted | T-2AB3CD',
      '#unlink T-ZZZZZZ': 'refused: no-problem',
      '#problem': 'nothing-to-do: problem-already (T-2AB3CD)',
      '#resolve': 'done: resolved → resolved | resolved',
    },
  ],
  [
    'one of several that are alike',
    ticket([{ kind: 'recurrence-noticed', tickets: [OTHER], why: 'alike' }]),
    {},
    {
      '#problem': 'done: problem (T-9PQRST) (2) → linked | problem | T-9PQRST',
      '#problem The VPN is down': 'done: problem (T-9PQRST) (2) → linked | problem | T-9PQRST',
    },
  ],
  [
    'a ticket that went on as another one',
    ticket([{ kind: 'merged', into: OTHER, by: LUIS }]),
    {},
    {
      '#reopen': 'refused: goes-on-as (T-2AB3CD)',
      '#link T-2AB3CD': 'refused: linked-by-merge (T-2AB3CD)',
      '#close': 'nothing-to-do: closed-already',
    },
  ],
  [
    'a ticket with an answer that has not left',
    ticket([HELD]),
    {},
    {
      '#undo': 'done: undone (2) → undone | 2 | 2026-11-23T09:00:00.000Z | false',
    },
  ],
  [
    'a ticket with a solution that has not left',
    ticket([
      { ...HELD, with: 'resolved' },
      { kind: 'resolved', reason: '', by: LUIS, message: 2 },
    ]),
    {},
    {
      '#undo': 'done: undone-and-open (2) → undone | 2 | 2026-11-23T09:00:00.000Z | true',
    },
  ],
  [
    'a ticket with an answer that has left',
    ticket([HELD, { kind: 'left', message: 2 }]),
    {},
    {
      '#undo': 'refused: left-already (2026-11-23 10:00)',
    },
  ],
  [
    'a ticket for which more time is asked',
    ticket([EXTENDED]),
    {},
    {
      '#extend 4h the part': 'refused: extension-asked-already (Martha Lind)',
      '#resolve': 'done: resolved → resolved | resolved',
    },
  ],
  [
    'nobody’s ticket',
    ticket([{ kind: 'unassigned', previous: LUIS, by: LUIS }]),
    {},
    {
      '#take': 'done: yours → assigned | luis.ortega@example.test | taken',
      '#unassign': 'nothing-to-do: nobodys-already',
      '#assign kim':
        'done: given-to (Kim Brandt) → assigned | kim.brandt@example.test | assigned by luis.ortega@example.test',
    },
  ],
  [
    'a ticket of another agent’s',
    ticket(),
    { by: KIM },
    {
      '#take': 'done: yours → assigned | kim.brandt@example.test | luis.ortega@example.test | taken',
      '#block': 'refused: not-yours-to-block',
      '#redact 1 a password': 'refused: not-yours-to-redact',
      '#extend 4h the part':
        'done: extension-asked (Martha Lind) → extension-asked | martha.lind@example.test | 14400000 | the part | 2026-11-24T16:00:00.000Z | 2026-11-25T07:00:00.000Z',
    },
  ],
  [
    'a ticket with an answer of another agent’s',
    ticket([HELD]),
    { by: KIM },
    {
      '#undo': 'refused: others-answer (Luis Ortega)',
    },
  ],
  [
    'a lead’s command on a ticket of his team',
    ticket(),
    { by: MARTHA },
    {
      '#block':
        'done: blocked (nora@example.org) → tagged | ["spam"] | [] → closed | spam | true → blocked | nora@example.org',
      '#block off': 'done: unblocked (nora@example.org) → unblocked | nora@example.org',
      '#redact 1': 'done: redacted (1) → redacted | 1',
      '#extend 4h the part':
        'done: extension-asked (Grace Okafor) → extension-asked | grace.okafor@example.test | 14400000 | the part | 2026-11-24T16:00:00.000Z | 2026-11-25T07:00:00.000Z',
      '#away kim.brandt@example.test 3d': 'done: away (Kim Brandt) (2026-11-26 10:00)',
      '#back kim.brandt@example.test': 'nothing-to-do: not-away (Kim Brandt)',
      '#queue': 'done: see-below',
      '#take': 'done: yours → assigned | martha.lind@example.test | luis.ortega@example.test | taken',
    },
  ],
  [
    'a manager’s command',
    ticket(),
    { by: 'grace.okafor@example.test' },
    {
      '#take': 'refused: managers-hold-none',
      '#queue': 'refused: in-no-team (service-desk, hr)',
      '#queue zzzzzz': 'refused: no-team (zzzzzz) (service-desk, hr)',
      '#away 3d': 'nothing-to-do: no-tickets-for (Grace Okafor)',
    },
  ],
  [
    'its requester’s command',
    ticket(),
    { by: NORA, role: 'requester' },
    {
      '#close': 'done: closed → closed | closed',
      '#stop': 'done: stopped → muted',
      '#reopen': 'nothing-to-do: not-closed',
      '#status': 'done: see-below',
      '#status resolved': 'refused: status-takes-no-value',
    },
  ],
  [
    'its requester’s who wants no more mail of it',
    FULL,
    { by: NORA, role: 'requester' },
    {
      '#stop': 'nothing-to-do: stopped-already',
    },
  ],
  [
    'a change that waits for an approval',
    changing([ASKED]),
    {},
    {
      '#resolve': 'refused: not-approved-yet (Ida Moll)',
      '#status resolved': 'refused: not-approved-yet (Ida Moll)',
      '#open': 'refused: not-approved-yet (Ida Moll)',
      '#close': 'done: closed → closed | closed',
      '#take': 'refused: not-approved-yet (Ida Moll)',
      '#note': 'done: kept-inside',
    },
  ],
  [
    'a change that waits for one of two',
    changing([BOTH_ASKED, { kind: 'approval-voted', address: IDA.address, vote: 'approve' }]),
    {},
    {
      '#resolve': 'refused: not-approved-yet (Martha Lind)',
    },
  ],
  [
    'a change that waits for both',
    changing([BOTH_ASKED]),
    {},
    {
      '#resolve': 'refused: not-approved-yet (Ida Moll, Martha Lind)',
    },
  ],
  [
    'a change that was rejected',
    changing([
      BOTH_ASKED,
      { kind: 'approval-voted', address: MARTHA, vote: 'reject' },
      { kind: 'approval-decided', result: 'rejected', by: MARTHA },
    ]),
    {},
    {
      '#resolve': 'refused: not-approved-rejected (Martha Lind)',
      '#close': 'done: closed → closed | closed',
      '#take': 'refused: not-approved-rejected (Martha Lind)',
    },
  ],
  [
    'a change that nobody approved in time',
    changing([ASKED, { kind: 'approval-decided', result: 'expired', by: 'desk' }]),
    {},
    {
      '#resolve': 'refused: not-approved-in-time',
    },
  ],
  [
    'a change whose approval was taken back',
    changing([ASKED, { kind: 'approval-decided', result: 'taken-back', by: LUIS }]),
    {},
    {
      '#resolve': 'done: resolved → resolved | resolved',
    },
  ],
  [
    'a change that was approved',
    changing([ASKED, { kind: 'approval-decided', result: 'given', by: LUIS }]),
    {},
    {
      '#resolve': 'done: resolved → resolved | resolved',
    },
  ],
  [
    'whom one may not ask',
    ticket(),
    {},
    {
      '#approval luis.ortega@example.test a printer': 'refused: approver-self',
      '#approval nora@example.org a printer': 'refused: approver-requester (nora@example.org)',
      '#approval hr@desk.example.test a printer': 'refused: own-address (hr@desk.example.test)',
    },
  ],
])('%s: each command comes to what its writer is told', (_, on, act, want) => {
  const commands = Object.keys(want);
  expect(
    Object.fromEntries(commands.map((text) => [text, comesTo(text, on, { ...LUIS_NOW, ...act })])),
  ).toEqual(want);
});

describe('how much is taken', () => {
  const words = (count: number, word: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => word(n)).join(' ');
  const addresses = (count: number) => words(count, (n) => `p${n}@example.org`);
  const links = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ relation: 'related' as const, id: `T-${n}` }));
  const approvals = (count: number) =>
    Array.from({ length: count }, () => ({ ...first(ASKED), state: 'given' as const }));
  const first = (event: Happening) => ticket([event]).approvals?.[0] as Approval;
  const key = (text: string, on: Ticket = ticket()) => {
    const fields = desk.fields.map(({ name }) => name);
    const { lines, refused } = decideCommands(readCommands(text, 'agent', fields), on, LUIS_NOW, desk);
    const last = lines.at(-1);
    expect(last?.detail).not.toBe('');
    return refused ? [last?.said?.key, ...Object.values(last?.said?.facts ?? {})].join(' ') : 'done';
  };

  test.each<[what: string, asMuch: string, tooMuch: string, refused: string, on?: Ticket]>([
    ['people on copy', `#cc ${addresses(47)}`, `#cc ${addresses(48)}`, 'too-many-copies 48'],
    ['tags', `#tag ${words(30, (n) => `t${n}`)}`, `#tag ${words(31, (n) => `t${n}`)}`, 'too-many-tags 30'],
    ['a tag', `#tag ${'x'.repeat(40)}`, `#tag ${'x'.repeat(41)}`, `no-tag ${'x'.repeat(41)}`],
    ['approvers', `#approval ${addresses(10)} it`, `#approval ${addresses(11)} it`, 'too-many-approvers 10'],
    [
      ...(['a question', `#approval ida@example.org ${'x'.repeat(500)}`] as const),
      ...([`#approval ida@example.org ${'x'.repeat(501)}`, 'question-too-long 500'] as const),
    ],
    [
      'words to find',
      `#find ${words(10, (n) => `word${n}`)}`,
      `#find ${words(11, (n) => `word${n}`)}`,
      'too-many-words 10',
    ],
    ['questions in a mail', words(5, () => '#mine\n'), words(6, () => '#mine\n'), 'too-many-questions 5'],
    ['absences in a mail', '#away 3d', '#away 3d\n#away 4d', 'one-absence'],
    ['time on a ticket', '#time 744h', '#time 744h1m', 'no-time 744h1m #time 30m, #time 1h30m, #time 1:30'],
    ['more time', '#extend 400h it', '#extend 400h1m it', 'extension-no-time 400h1m it'],
    ['an absence', '#away 400d', '#away 9999h', 'too-long-away 2028-01-14 400'],
    [
      'words of an appointment',
      `#visit tomorrow 14:00 ${'x'.repeat(500)}`,
      `#visit tomorrow 14:00 ${'x'.repeat(501)}`,
      'visit-words 500',
    ],
    [
      'the shortest appointment',
      '#visit tomorrow 14:00 5m',
      '#visit tomorrow 14:00 4m',
      'visit-length tomorrow 14:00 4m',
    ],
    [
      'the longest appointment',
      '#visit tomorrow 14:00 24h',
      '#visit tomorrow 14:00 24h1m',
      'visit-length tomorrow 14:00 24h1m',
    ],
    [
      'the furthest appointment',
      '#visit 2027-11-24 10:00',
      '#visit 2027-11-24 10:01',
      'visit-too-far 2027-11-24 10:01',
    ],
  ])('%s', (_, asMuch, tooMuch, refused, on) => {
    expect([key(asMuch, on), key(tooMuch, on)]).toEqual(['done', refused]);
  });

  test('links of a ticket, approvals of it, and people of two that become one', () => {
    const linked = { ...ticket(), links: links(49) };
    const full = { ...ticket(), links: links(50) };
    expect([key(`#link ${OTHER}`, linked), key(`#link ${OTHER}`, full)]).toEqual([
      'done',
      'links-full T-7K4M2Q 50',
    ]);
    const asked = (count: number) => ({ ...ticket(), approvals: approvals(count) });
    expect(key('#approval ida@example.org it', asked(19))).toBe('done');
    expect(key('#approval ida@example.org it', asked(20))).toBe('approvals-enough 20');
    const copied = (count: number): Ticket => ({
      ...ticket(),
      participants: Array.from({ length: count }, (_, n) => ({
        address: `p${n}@example.org`,
        name: '',
        role: 'cc',
      })),
    });
    expect([key(`#merge ${OTHER}`, copied(47)), key(`#merge ${OTHER}`, copied(48))]).toEqual([
      'done',
      'too-many-copies 48',
    ]);
  });
});

/** What became of a command, in its reader's language. */
import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { CommandResult, Happening, Ticket } from '../../core/ticket/ticket.ts';
import { ticketView } from '../../templates/view.ts';
import { desk, LUIS, MONDAY, NORA, ticket } from '../sample.ts';

const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const requester: Act = { ...agent, by: NORA, role: 'requester' };
const resolved = ticket([{ kind: 'resolved', reason: '', by: LUIS, message: null }]);
const closed = ticket([{ kind: 'closed', reason: '', by: LUIS }]);
const high = { ...ticket(), tier: 9 };
const free = ticket([{ kind: 'unassigned', previous: LUIS, by: LUIS }]);
const watched = ticket([{ kind: 'watched', by: LUIS }]);

const decided = (text: string, on: Ticket, act: Act) =>
  decideCommands(readCommands(text, act.role), on, act, desk).lines;

function transcript(text: string, on: Ticket, act: Act, language: 'en' | 'de'): string[] {
  const lines: CommandResult[] = decided(text, on, act);
  const event: Happening = {
    ...{ kind: 'commanded', by: act.by, lines, refused: false, shows: [], words: 'none' },
  };
  const known = { ...on, language };
  const [plan] = updatesFor({ ...event, number: 9, at: MONDAY }, known, desk);
  if (!plan) throw new Error('somebody hears of it');
  return ticketView({
    ...{ plan, event: { ...event, number: 9, at: MONDAY }, ticket: known, message: null, history: [] },
    ...{ attached: [], replyTo: 'support@desk.example.test', desk: { ...desk, language }, now: MONDAY },
  }).lines.map(({ detail }) => detail);
}

describe.each([
  ['#close', ticket(), 'Das Ticket ist geschlossen.'],
  ['#close', closed, 'Es ist schon geschlossen.'],
  ['#reopen', closed, 'Es ist wieder offen.'],
  ['#reopen', ticket(), 'Es ist nicht geschlossen.'],
  ['#stop', ticket(), 'Zu diesem Ticket bekommen Sie keine E-Mails mehr.'],
  ['#stop', ticket([{ kind: 'muted', by: NORA }]), 'Sie bekommen zu diesem Ticket schon keine E-Mails mehr.'],
  ['#status', ticket(), 'Siehe unten.'],
  ['#status closed', ticket(), '#status nimmt hier keinen Wert.'],
] as const)('%s of a requester', (text, on, german) => {
  test(`is answered in his language: ${german}`, () => {
    expect(transcript(text, on, requester, 'de')[0]).toContain(german);
    expect(transcript(text, on, requester, 'en')[0]).not.toContain(german);
  });
});

const AGENTS: [string, Ticket?][] = [
  ['#take'],
  ['#take', free],
  ['#assign kim'],
  ['#assign luis'],
  ['#assign kimm'],
  ['#assign xyzzyxyzzy'],
  ['#unassign'],
  ['#unassign', free],
  ['#team hr'],
  ['#team service-desk'],
  ['#team servce-desk'],
  ['#team xyzzyxyzzy'],
  ['#team hr', closed],
  ['#requester ida@example.org'],
  [`#requester ${NORA}`],
  ['#requester Ida'],
  ['#requester hr@desk.example.test'],
  ['#cc ida@example.org'],
  ['#cc nobody'],
  ['#cc kim.brandt@example.test'],
  [`#cc -${NORA}`],
  ['#cc -ida@example.org'],
  ['#watch'],
  ['#watch', watched],
  ['#unwatch'],
  ['#unwatch', watched],
  ['#note'],
  ['#priority P1'],
  ['#priority P3'],
  ['#priority soon'],
  ['#priority P1', resolved],
  ['#impact team'],
  ['#impact one'],
  ['#impact teem'],
  ['#urgency xyzzyxyzzy'],
  ['#type request'],
  ['#type incident'],
  ['#type requests'],
  ['#category printing'],
  ['#category printng'],
  ['#tag vip'],
  ['#tag -vip'],
  ['#tag ?'],
  ['#time 30m'],
  ['#time soon'],
  ['#waiting'],
  ['#waiting 3d'],
  ['#waiting 2020-01-01'],
  ['#waiting for the supplier'],
  ['#resolve'],
  ['#resolve', resolved],
  ['#resolve', closed],
  ['#close'],
  ['#spam'],
  ['#spam', closed],
  ['#reopen', closed],
  ['#escalate'],
  ['#escalate', high],
  ['#deescalate'],
  ['#status'],
  ['#status opne'],
  ['#status xyzzyxyzzy'],
  ['#files'],
  ['#files 99'],
  ['#history'],
  ['#help'],
  ['#waiting 2027-02-30'],
  ['#snooze 2h'],
  ['#snooze none'],
  ['#snooze soon'],
  ['#snooze 2020-01-01'],
  ['#due 3d'],
  ['#due none'],
  ['#undo'],
  ['#redact 1'],
  ['#redact'],
  ['#field asset 4711'],
  ['#field asset none'],
  ['#field xyzzyxyzzy 1'],
  ['#macro'],
  ['#macro vpn-again'],
  ['#macro xyzzyxyzzy'],
  ['#queue hr'],
  ['#find ?'],
  ['#show me'],
  ['#away until 2020-01-01'],
  ['#away 3d'],
  ['#away 3000d'],
  ['#away'],
  ['#away kim.brandt@example.test 3d'],
  ['#away kim.brant@example.test 3d'],
  ['#back'],
  ['#approval martha.lind@example.test a second monitor'],
  ['#approval any martha.lind@example.test grace.okafor@example.test a second monitor'],
  ['#approval martha.lind@example.test'],
  ['#approval a second monitor'],
  ['#approval none'],
  ['#noet'],
  ['#xyzzyxyzzy'],
  ['#assign'],
];

test.each(AGENTS)('%s is answered in the language of the desk', (text, on = ticket()) => {
  const [english] = transcript(text, on, agent, 'en');
  const [german] = transcript(text, on, agent, 'de');
  expect(decided(text, on, agent)[0]?.said).toBeDefined();
  expect(english).toMatch(/^\S/);
  expect(german).toMatch(/^\S/);
  expect(german).not.toBe(english);
  expect(german).not.toBe(decided(text, on, agent)[0]?.detail);
});

/**
 * A desk that is driven at random: people of all kinds write, answer, steal and pose, machines send what machines send,
 * time jumps, desk.yaml changes, mail comes twice or at the same moment. After each step every promise is checked
 * (promises.ts), and what became of the step's own mail against a small model of what may become of it.
 */
import fc from 'fast-check';
import type { Status, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { sendDigests } from '../../functions/send-digests.ts';
import { sweep } from '../../functions/sweep.ts';
import { chanceOf } from '../chance.ts';
import { desk as sample } from '../sample.ts';
import { type Coming, type DrivenDesk, inMemory, type Left, openDrivenDesk } from './driven-desk.ts';
import { letter, REQUESTERS, SAYINGS, SECOND, STAFF, THIEVES, TOPICS, VERBS } from './people.ts';
import {
  AGAIN,
  doubled,
  EMPTY,
  explained,
  kept,
  leaked,
  look,
  owned,
  type Snapshot,
  unwatched,
  type Written,
  watched,
} from './promises.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BEGIN = '2026-11-23T09:00:00.000Z';

// ─── What is remembered ─────────────────────────────────────────────────────────────────────────────────────────────

interface Model {
  written: Map<string, Written>;
  came: Coming[];
  /** As all was after the step before. */
  before: Snapshot;
  /** How much had left by then. */
  left: number;
  tally: Tally;
}

export interface Tally {
  runs: number;
  steps: number;
  kinds: Record<string, number>;
  dispositions: Record<string, number>;
  left: Record<string, number>;
  events: Record<string, number>;
}

export function openTally(): Tally {
  return { runs: 0, steps: 0, kinds: {}, dispositions: {}, left: {}, events: {} };
}

function count(of: Record<string, number>, name: string): void {
  of[name] = (of[name] ?? 0) + 1;
}

type Step = (model: Model, desk: DrivenDesk) => Promise<(after: Snapshot) => string[]>;

const nothingMore = () => [];

function command(kind: string, given: string, step: Step): fc.AsyncCommand<Model, DrivenDesk> {
  const name = `${kind}(${given})`;
  return {
    check: () => true,
    async run(model, desk) {
      const expects = await step(model, desk);
      await desk.drain();
      const after = await look(desk.table);
      const faults = [...(await broken(model, desk, after)), ...expects(after)];
      remember(model, desk, after);
      count(model.tally.kinds, kind);
      model.tally.steps++;
      if (faults.length > 0) throw new Error(`after ${name}:\n${faults.join('\n')}`);
    },
    toString: () => name,
  };
}

async function broken(model: Model, desk: DrivenDesk, after: Snapshot): Promise<string[]> {
  const { written, before } = model;
  const all = [...written.values()];
  const changed = [...after.tickets.values()].filter(
    ({ id, version }) => before.tickets.get(id)?.version !== version,
  );
  const moments = [before, after];
  return [
    ...changed.flatMap(({ id }) => explained(id, after, desk.world.desk)),
    ...[...before.tickets.keys()].filter((id) => !after.tickets.has(id)).map((id) => `${id} is gone`),
    ...owned(after, desk.world.desk),
    ...watched(after, desk),
    ...(await kept(all, after, desk)),
    ...leaked(desk.left.slice(model.left), written, moments, sample.people, sample),
    ...doubled(desk.left),
  ];
}

function remember(model: Model, desk: DrivenDesk, after: Snapshot): void {
  const { tally, before } = model;
  for (const { kind } of desk.left.slice(model.left)) count(tally.left, kind);
  for (const [id, { disposition }] of after.mails)
    if (before.mails.get(id)?.disposition !== disposition) count(tally.dispositions, disposition);
  for (const [id, events] of after.events)
    for (const { kind } of events.slice(before.events.get(id)?.length ?? 0)) count(tally.events, kind);
  model.before = after;
  model.left = desk.left.length;
}

// ─── What people do ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Given {
  by: string;
  to: string;
  subject: string;
  text: string;
  answers?: Left;
  verdicts?: Coming['receipt'] | Record<string, string>;
  headers?: string[];
}

/** With a word that stands in no other mail. */
function write(model: Model, { by, text, ...given }: Given): Coming {
  const number = model.came.length + 1;
  const word = `kw${String(number).padStart(5, '0')}z`;
  const mailId = `mail-${number}`;
  const coming = letter({ ...given, mailId, from: by, text: text.replace('$word', word) });
  model.came.push(coming);
  model.written.set(word, { mailId, by, word, says: text.includes('$word') });
  return coming;
}

function asks(who: number, topic: number, proven: boolean) {
  const by = REQUESTERS[who % REQUESTERS.length] as string;
  const [to, subject, text] = TOPICS[topic % TOPICS.length] as (typeof TOPICS)[number];
  return command('asks', `${by}, ${subject}, ${proven ? 'PASS' : 'GRAY'}`, async (model, desk) => {
    const verdicts = proven ? {} : { verdicts: GRAY };
    const mail = write(model, { by, to, subject, text: `${text} $word`, ...verdicts });
    await desk.comes(mail);
    return (after) => becomes(mail, ['opened', 'appended', 'refused'], after);
  });
}

const GRAY = { spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' } as const;
const FAIL = { spf: 'FAIL', dkim: 'FAIL', dmarc: 'FAIL' } as const;

function becomes({ mailId }: Coming, may: readonly string[], { mails }: Snapshot): string[] {
  const { disposition = 'nothing', reason = '' } = mails.get(mailId) ?? {};
  return may.includes(disposition)
    ? []
    : [`${mailId} became ${disposition} (${reason}), not ${may.join(' or ')}`];
}

/** A mail that somebody got and can answer: of all people, and of his latest ones. */
function received(desk: DrivenDesk, who: number, nth: number): Left | null {
  const readers = [...new Set(desk.left.flatMap(({ to, replyTo }) => (replyTo ? [to] : [])))];
  const reader = readers[who % Math.max(1, readers.length)];
  const mails = desk.left.filter(({ to, replyTo }) => to === reader && replyTo);
  return mails[mails.length - 1 - (nth % Math.max(1, mails.length))] ?? null;
}

interface Answering {
  who: number;
  nth: number;
  verb: number;
  other: number;
  says: boolean;
}

function reply(model: Model, desk: DrivenDesk, { who, nth, verb, other, says }: Answering) {
  const answers = received(desk, who, nth);
  if (!answers) return null;
  const { to: by, replyTo, kind, text: shown } = answers;
  const isOurs = STAFF.has(by);
  const words = isOurs ? VERBS : SAYINGS;
  const ids = [...model.before.tickets.keys()];
  const line = (words[verb % words.length] ?? '').replace('$other', ids[other % ids.length] ?? 'T-000000');
  const code = kind === 'code' ? /\b\d{6}\b/.exec(shown)?.[0] : undefined;
  const text =
    code ?? [line, ...(says || line === '' ? ['Here is what I have to say: $word'] : [])].join('\n\n');
  const mail = write(model, { by, to: replyTo, subject: `Re: ${answers.subject}`, text, answers });
  return { mail, by, line: code ? 'code' : line, says: !code && text.includes('$word'), answers };
}

function answersMail(given: Answering) {
  return command('answers', JSON.stringify(given), async (model, desk) => {
    const replied = reply(model, desk, given);
    // Nobody was ever written to.
    if (!replied) {
      const [to, subject, text] = TOPICS[given.other % TOPICS.length] as (typeof TOPICS)[number];
      await desk.comes(write(model, { by: 'nora@example.org', to, subject, text: `${text} $word` }));
      return nothingMore;
    }
    const { before } = model;
    await desk.comes(replied.mail);
    return (after) =>
      STAFF.has(replied.by) ? agentDid(replied, before, after) : requesterDid(replied, before, after);
  });
}

type Replied = NonNullable<ReturnType<typeof reply>>;

/** The ticket of a mail before and after it, where nothing else has moved it meanwhile. */
function around(
  { mail, by }: Replied,
  before: Snapshot,
  after: Snapshot,
): { was: Ticket; is: Ticket; reason: string } | null {
  const record = after.mails.get(mail.mailId);
  const [was, is] = [before.tickets.get(record?.ticketId ?? ''), after.tickets.get(record?.ticketId ?? '')];
  if (!record || !was || !is) return null;
  const since = (after.events.get(is.id) ?? []).slice(was.events);
  const others = since.some((event) => 'by' in event && event.by !== by);
  return others ? null : { was, is, reason: record.reason };
}

const AFTER_REQUESTER: Record<Status, Status> = {
  ...{ new: 'new', open: 'open', waiting: 'open', resolved: 'open', closed: 'closed' },
};

function requesterDid(replied: Replied, before: Snapshot, after: Snapshot): string[] {
  const found = around(replied, before, after);
  if (found?.reason !== 'requester-reply' || replied.line !== '') return [];
  const { was, is } = found;
  if (was.joined || was.approvals?.some(({ state }) => state === 'open')) return [];
  const expected = AFTER_REQUESTER[was.status];
  return is.status === expected
    ? []
    : [`${is.id} was ${was.status}, and is ${is.status} after its requester wrote`];
}

const AFTER_AGENT: Record<Status, Status> = {
  ...{ new: 'open', open: 'open', waiting: 'open', resolved: 'resolved', closed: 'closed' },
};
const TO: Record<string, Status> = {
  '#resolve': 'resolved',
  '#close': 'closed',
  '#reopen': 'open',
  '#waiting': 'waiting',
  '#waiting 2d': 'waiting',
};

function agentDid(replied: Replied, before: Snapshot, after: Snapshot): string[] {
  const found = around(replied, before, after);
  if (!found) return [];
  const { was, is, reason } = found;
  const { line, by } = replied;
  const wrong = (what: string) => [
    `${is.id} was ${was.status} in the hands of ${was.assignee}; after ${by} wrote «${line}» ${what}`,
  ];
  if (reason === 'agent-answer' && line === '' && !was.approvals?.some(({ state }) => state === 'open'))
    return is.status === AFTER_AGENT[was.status] ? [] : wrong(`it is ${is.status}`);
  if (!['agent-answer', 'agent-commands', 'private-note'].includes(reason)) return [];
  const to = line === '#reopen' && was.closedAt === null && was.resolvedAt === null ? null : TO[line];
  if (to && is.status !== to) return wrong(`it is ${is.status}`);
  if (line === '#take' && is.assignee !== by) return wrong(`it is in the hands of ${is.assignee}`);
  if (line === '#note' && reason === 'private-note' && was.status !== 'new' && is.status !== was.status)
    return wrong(`it is ${is.status}`);
  if (line.startsWith('#merge') && !(is.status === 'closed' && is.mergedInto))
    return wrong('it is not merged');
  return [];
}

/** What is written at the same moment, each handled by a process of its own; one of them twice. */
function atOnce(all: readonly Answering[], twice: boolean) {
  return command('at-once', JSON.stringify({ all, twice }), async (model, desk) => {
    const replies = all.flatMap((each) => reply(model, desk, each) ?? []);
    const mails = replies.map(({ mail }) => mail);
    await desk.comeAtOnce(twice ? [...mails, ...mails.slice(0, 1)] : mails);
    return nothingMore;
  });
}

/** Somebody answers what was sent to another: what he writes is seen by the desk alone, and moves nothing. */
function steals(thief: number, who: number, nth: number, verb: number) {
  const by = THIEVES[thief % THIEVES.length] as string;
  return command('steals', JSON.stringify({ by, who, nth, verb }), async (model, desk) => {
    const answers = received(desk, who, nth);
    if (!answers || answers.to === by) return nothingMore;
    const { before } = model;
    const text = `${VERBS[verb % VERBS.length]?.replace('$other', 'T-000000')}\n\nHello: $word`;
    const mail = write(model, { by, to: answers.replyTo, subject: `Re: ${answers.subject}`, text, answers });
    await desk.comes(mail);
    return (after) =>
      did(
        by,
        before,
        after,
        ['noted', 'opened', 'watch-started', 'commanded'],
        `${by} stole a mail of ${answers.to}`,
      ).concat(did(answers.to, before, after, [], `${by} stole his mail`));
  });
}

/** Somebody writes in an agent's name, and nothing proves it, or all speaks against it. */
function poses(who: number, nth: number, verb: number, fails: boolean) {
  return command('poses', JSON.stringify({ who, nth, verb, fails }), async (model, desk) => {
    const ours = desk.world.desk.people;
    const by = ours[who % ours.length]?.address ?? '';
    const answers = desk.left.filter(({ to, replyTo }) => to === by && replyTo).at(-1 - nth);
    const { before } = model;
    const line = VERBS[verb % VERBS.length]?.replace('$other', 'T-000000') ?? '';
    const to = answers?.replyTo ?? 'support@desk.example.test';
    const about = { by, to, subject: answers ? `Re: ${answers.subject}` : 'Hello' };
    const mail = write(model, {
      ...about,
      text: `${line}\n\nI am he: $word`,
      verdicts: fails ? FAIL : GRAY,
      ...(answers ? { answers } : {}),
    });
    await desk.comes(mail);
    return (after) => [
      ...becomes(mail, fails ? ['refused', 'quarantined'] : ['held', 'refused'], after),
      ...did(by, before, after, [], 'somebody posed as he'),
    ];
  });
}

/** What somebody did in this step, but for what he may. */
function did(
  who: string,
  before: Snapshot,
  after: Snapshot,
  may: readonly TicketEvent['kind'][],
  why: string,
): string[] {
  return [...after.events].flatMap(([id, events]) =>
    events
      .slice(before.events.get(id)?.length ?? 0)
      .filter((event) => actorOf(event) === who && !may.includes(event.kind))
      .map(({ kind }) => `${id}: ${kind} by ${who}, when ${why}`),
  );
}

function actorOf(event: TicketEvent): string | null {
  if ('by' in event) return event.by;
  return event.kind === 'message-received' ? event.from.address : null;
}

// ─── What machines and time do ──────────────────────────────────────────────────────────────────────────────────────

function isAbsent(who: number, nth: number) {
  return command('is-absent', `${who}, ${nth}`, async (model, desk) => {
    const answers = received(desk, who, nth);
    if (!answers) return nothingMore;
    const mail = write(model, {
      ...{ by: answers.to, to: answers.replyTo, subject: `Automatic reply: ${answers.subject}`, answers },
      text: 'I am out of the office until 2026-11-27. $word',
      headers: ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'],
    });
    await desk.comes(mail);
    return (after) => becomes(mail, ['suppressed'], after);
  });
}

/** SES says what became of a mail that left. */
function feedsBack(nth: number, what: number) {
  return command('feeds-back', `${nth}, ${what}`, async (_, desk) => {
    const mail = desk.left.at(-1 - (nth % Math.max(1, desk.left.length)));
    if (!mail?.ticketId) return nothingMore;
    const about = {
      messageId: mail.messageId.split('@')[0] ?? '',
      destination: [mail.to],
      tags: { update: [mail.update], ticket: [mail.ticketId] },
    };
    const recipients = [{ emailAddress: mail.to, status: '5.1.1' }];
    const kinds = [
      { eventType: 'Bounce', bounce: { bounceType: 'Permanent', bouncedRecipients: recipients } },
      { eventType: 'Bounce', bounce: { bounceType: 'Transient', bouncedRecipients: recipients } },
      { eventType: 'Complaint', complaint: { complainedRecipients: recipients } },
      { eventType: 'DeliveryDelay', deliveryDelay: { delayedRecipients: recipients } },
    ];
    desk.feedback({ ...kinds[what % kinds.length], mail: about });
    return nothingMore;
  });
}

const DONE = ['opened', 'appended', 'noted', 'commanded'];

/** The same notification again, or the same mail as another. */
function comesAgain(nth: number, anew: boolean) {
  return command('comes-again', `${nth}, ${anew}`, async (model, desk) => {
    const mail = model.came.at(-1 - (nth % Math.max(1, model.came.length)));
    if (!mail) return nothingMore;
    const { before } = model;
    if (!anew) {
      // Its object was moved, and lies there no more.
      await desk.tellsAgain(mail);
      return (after) =>
        before.mails.get(mail.mailId)?.disposition === after.mails.get(mail.mailId)?.disposition
          ? []
          : [`${mail.mailId} was told of twice, and became something else`];
    }
    const again = { ...mail, mailId: `${mail.mailId}${AGAIN}${model.came.length}` };
    await desk.comes(again);
    const first = before.mails.get(mail.mailId)?.disposition ?? '';
    // What did nothing is looked at again, by the desk.yaml of today.
    return (after) => (DONE.includes(first) ? becomes(again, ['duplicate'], after) : []);
  });
}

function passes(ms: number) {
  return command('passes', `${ms / MINUTE} min`, async (_, desk) => {
    await desk.skip(ms);
    await sweep(desk.world);
    await sendDigests(desk.world);
    return nothingMore;
  });
}

function isDeployed() {
  return command('is-deployed', '', async (_, { world }) => {
    world.desk = world.desk === sample ? SECOND : sample;
    await sweep(world);
    return nothingMore;
  });
}

// ─── All of it, at random ───────────────────────────────────────────────────────────────────────────────────────────

const many = fc.nat({ max: 999 });
const few = fc.oneof(fc.constant(0), fc.nat({ max: 6 }));
const answering = fc.record({ who: many, nth: few, verb: many, other: many, says: fc.boolean() });

export function randomSteps(most: number, replayPath?: string) {
  return fc.commands(
    [
      fc.tuple(many, many, fc.boolean()).map((given) => asks(...given)),
      ...Array.from({ length: 6 }, () => answering.map(answersMail)),
      fc
        .tuple(fc.array(answering, { minLength: 2, maxLength: 4 }), fc.boolean())
        .map((given) => atOnce(...given)),
      fc.tuple(many, many, few, many).map((given) => steals(...given)),
      fc.tuple(many, few, many, fc.boolean()).map((given) => poses(...given)),
      fc.tuple(many, few).map((given) => isAbsent(...given)),
      fc.tuple(many, many).map((given) => feedsBack(...given)),
      fc.tuple(many, fc.boolean()).map((given) => comesAgain(...given)),
      fc.constantFrom(5 * MINUTE, 40 * MINUTE, 5 * HOUR, 26 * HOUR, 4 * DAY).map(passes),
      fc.constant(null).map(isDeployed),
    ],
    { maxCommands: most, size: 'max', ...(replayPath ? { replayPath } : {}) },
  );
}

/** In so long everything that still runs for a ticket's former watch has woken. */
const LONG_ENOUGH = 12 * DAY;

/** A property of the whole desk: whatever these steps are, every promise holds after each. */
export function promisesHold(tally: Tally, most: number, replayPath?: string) {
  return fc.asyncProperty(
    randomSteps(most, replayPath),
    fc.nat(),
    fc.nat({ max: 9 }),
    async (steps, seed, last) => {
      const chance = chanceOf(seed);
      const desk = await openDrivenDesk(await inMemory(chance), { desk: sample, begin: BEGIN, chance });
      const model: Model = { written: new Map(), came: [], before: EMPTY, left: 0, tally };
      tally.runs++;
      await fc.asyncModelRun(() => ({ model, real: desk }), steps);
      if (last > 0 || desk.left.length === 0) return;
      await desk.skip(LONG_ENOUGH);
      const faults = unwatched(await look(desk.table), desk);
      if (faults.length > 0) throw new Error(`long after:\n${faults.join('\n')}`);
    },
  );
}

/** Tickets that lived somehow, and what there is to count of them, found the slow way: with hindsight, from what each event made of them. */
import fc from 'fast-check';
import type { Priority } from '../../core/config/desk.ts';
import { type Dimension, NOBODY, type OpenTicket } from '../../core/insight/figures.ts';
import { deadlines } from '../../core/sla/clock.ts';
import { change, upcoming } from '../../core/ticket/change.ts';
import { mayHappen } from '../../core/ticket/life.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import { type Happening, isActive, type Ticket, type TicketEvent } from '../../core/ticket/ticket.ts';
import { desk, KIM, LUIS, later, MONDAY, NORA, opened, PRIYA } from '../sample.ts';

export interface Lived {
  ticket: Ticket;
  history: TicketEvent[];
  /** Each event that somebody, or time, brought about. */
  turns: { event: Happening; at: string; before: Ticket; after: Ticket }[];
}

const OPS = [
  ...['reply', 'answer', 'answer', 'held', 'undo', 'resolve', 'resolve', 'close', 'spam', 'merge', 'reopen'],
  ...['escalate', 'deescalate', 'prioritise', 'categorise', 'assign', 'unassign', 'team', 'pause', 'resume'],
  ...['rate', 'close rate rate', 'held undo', 'held resolve undo', 'held team resolve assign undo'],
] as const;

export const anyLife = fc.record({
  id: fc.integer({ min: 0, max: 31 }),
  hour: fc.integer({ min: 0, max: 200 }),
  assignee: fc.constantFrom(null, LUIS),
  category: fc.constantFrom('printing', 'network'),
  ops: fc.array(fc.tuple(fc.constantFrom(...OPS), fc.nat({ max: 50 }), fc.nat({ max: 3 })), {
    maxLength: 10,
  }),
});

export interface Life {
  hour: number;
  assignee: string | null;
  category: string;
  /** What, after how long, and which of several. */
  ops: [op: string, gap: number, pick: number][];
}

export function live({ hour, assignee, category, ops }: Life, id = 'T-7K4M2Q'): Lived {
  const start = later(MONDAY, hour);
  const { after, events } = opened(start, { category }, assignee);
  const lived: Lived = { ticket: { ...after, id }, history: [...events], turns: [] };
  let now = start;
  const happen = (event: Happening, at: string) => {
    const { after: next, events: made } = change(lived.ticket, [event], at, desk);
    lived.turns.push({ event, at, before: lived.ticket, after: next });
    lived.history.push(...made);
    lived.ticket = next;
  };
  for (const [op, gap, pick] of ops) {
    // Now and then two things happen in the same second.
    const end = new Date(Date.parse(now) + (gap % 5 === 0 ? 0 : gap * 900_017)).toISOString();
    for (let wakings = 0; wakings < 20; wakings++) {
      const [due] = upcoming(lived.ticket, desk);
      if (!due || due.at > end) break;
      const at = due.at > now ? due.at : now;
      for (const event of nextStep(lived.ticket, at, desk, new Map())) happen(event, at);
      now = at;
    }
    now = end;
    for (const each of op.split(' ')) {
      const event = happeningOf(each, pick, lived.ticket, now);
      if (event && mayHappen(event, lived.ticket)) happen(event, now);
    }
  }
  return lived;
}

function happeningOf(op: string, pick: number, ticket: Ticket, now: string): Happening | null {
  const by = pick % 2 ? LUIS : PRIYA;
  const message = ticket.messages + 1;
  const active = isActive(ticket);
  const answer = { kind: 'answered', message, by, messageId: null, with: null } as const;
  switch (op) {
    case 'reply':
      return {
        kind: 'message-received',
        ...{ message, from: { address: NORA, name: '' }, messageId: null, flagged: null },
      };
    case 'answer':
      return answer;
    case 'held':
      return { ...answer, leavesAt: later(now, 0.1) };
    case 'undo': {
      const last = ticket.lastAnswer;
      if (!last || last.leftAt !== null || ticket.status === 'closed') return null;
      const reopens = ticket.status === 'resolved' && ticket.resolvedAt === last.at;
      return { kind: 'undone', message: last.message, given: last.at, by: last.by, reopens };
    }
    case 'resolve':
      return { kind: 'resolved', reason: 'done', by, message: null };
    case 'close':
      return { kind: 'closed', reason: 'done', by };
    case 'spam':
      return { kind: 'closed', reason: 'spam', by, quiet: true };
    case 'merge':
      return pick === 0 ? { kind: 'merged', into: 'T-000000', by } : null;
    case 'reopen':
      return ticket.mergedInto ? null : { kind: 'reopened', reason: 'again', by: NORA, told: false };
    case 'escalate':
      return active && ticket.tier < 3
        ? { kind: 'escalated', from: ticket.tier, to: ticket.tier + 1, reason: 'hard', by }
        : null;
    case 'deescalate':
      return active && ticket.tier > 1
        ? { kind: 'deescalated', from: ticket.tier, to: ticket.tier - 1, reason: 'easy', by }
        : null;
    case 'prioritise': {
      const priority = (['P1', 'P2', 'P3', 'P4'] as const)[pick] as Priority;
      const { impact, urgency, priority: previous } = ticket;
      return active ? { kind: 'prioritised', impact, urgency, priority, previous, reason: '', by } : null;
    }
    case 'categorise': {
      const category = pick % 2 ? 'network' : 'printing';
      return { kind: 'categorised', category, previous: ticket.category, team: ticket.team, by };
    }
    case 'assign': {
      const assignee = [LUIS, PRIYA, KIM][pick % 3] as string;
      return active ? { kind: 'assigned', assignee, previous: ticket.assignee, reason: '', by } : null;
    }
    case 'unassign':
      return active && ticket.assignee ? { kind: 'unassigned', previous: ticket.assignee, by } : null;
    case 'team':
      return { kind: 'given-to-team', team: pick % 2 ? 'hr' : 'service-desk', previous: '', reason: '', by };
    case 'pause':
      return { kind: 'paused', until: pick % 2 ? later(now, 5) : null, reason: 'waits', by };
    case 'resume':
      return { kind: 'resumed', reason: 'goes on', by };
    case 'rate': {
      const vote = (1 + pick) as 1 | 2 | 3 | 4;
      const earlier = ticket.rating && ticket.closedAt && ticket.rating.since >= ticket.closedAt;
      const previous = earlier ? (ticket.rating?.vote ?? null) : null;
      return ticket.status === 'closed' ? { kind: 'rated', vote, previous, words: '', by: NORA } : null;
    }
    default:
      throw new Error(op);
  }
}

/** One thing that counts, and by what. */
export interface Found {
  what: string;
  at: string;
  to: Record<Dimension, string>;
  /** Milliseconds: of working time, and all. */
  took?: { working: number; elapsed: number };
}

/** What is left to count when the whole story is known. */
export function found({ turns, history }: Lived, first: Ticket): Found[] {
  const start = history[0]?.at ?? '';
  const all: (Found & { turn: number })[] = [];
  const firstAssigned = history.find((event) => event.kind === 'assigned');
  const agent = firstAssigned?.kind === 'assigned' ? firstAssigned.assignee : NOBODY;
  all.push({ what: 'opened', at: start, to: { ...toOf(first), agent }, turn: -1 });
  turns.forEach(({ event, at, before, after }, turn) => {
    const to = toOf(before);
    const say = (what: string, given: Partial<Found> = {}) => all.push({ what, at, to, turn, ...given });
    const earlier = (...kinds: string[]) =>
      turns.slice(0, turn).filter((each) => kinds.includes(each.event.kind));
    const reckoned = (measure: 'firstResponse' | 'resolution') => deadlines(after.clock, desk)[measure];
    const firstResponse = (by: string) => {
      if (reckoned('firstResponse')?.fulfilledAt !== at || fulfilled(before)) return;
      say('firstResponse', {
        to: { ...to, agent: by },
        took: {
          working: reckoned('firstResponse')?.used(at) ?? Number.NaN,
          elapsed: Date.parse(at) - Date.parse(start),
        },
      });
    };
    switch (event.kind) {
      case 'message-received':
        say('replies');
        break;
      case 'answered': {
        say('answers', { to: { ...to, agent: event.by } });
        firstResponse(event.by);
        break;
      }
      case 'undone': {
        const answered = turns.findLastIndex(
          (each, index) =>
            index < turn && each.event.kind === 'answered' && each.event.message === event.message,
        );
        const ended = turns.findLastIndex(
          (each, index) =>
            index < turn &&
            (each.event.kind === 'resolved' || each.event.kind === 'closed') &&
            isActive(each.before),
        );
        const gone = new Set([answered, ...(event.reopens ? [ended] : [])]);
        all.splice(0, all.length, ...all.filter((each) => !gone.has(each.turn)));
        break;
      }
      case 'resolved':
      case 'closed': {
        if (!isActive(before)) break;
        if (event.kind === 'closed' && (event.quiet || event.by === 'desk')) {
          say('dropped');
          break;
        }
        say('resolved', {
          took: {
            working: reckoned('resolution')?.used(at) ?? Number.NaN,
            elapsed: Date.parse(at) - Date.parse(start) - resolvedFor(turns.slice(0, turn)),
          },
        });
        if (
          all.filter(({ what }) => what === 'answers').length <= 1 &&
          earlier('escalated', 'reopened').length === 0
        )
          say('firstContact');
        firstResponse(to.agent);
        break;
      }
      case 'merged':
        if (isActive(before)) say('merged');
        break;
      case 'reopened':
        say('reopened');
        break;
      case 'escalated':
        if (earlier('escalated').length === 0) say('escalated');
        say('climbs');
        break;
      case 'deescalated': {
        // To whom the climb is put down that it takes back.
        let climbs: Found[] = [];
        for (const each of all)
          climbs =
            each.what === 'climbs'
              ? [...climbs, each]
              : each.what === 'bounced'
                ? climbs.slice(0, -1)
                : climbs;
        const climb = climbs.at(-1);
        if (climb) say('bounced', { to: climb.to });
        break;
      }
      case 'rated': {
        const last = all.findLastIndex(({ what }) => what.startsWith('rated'));
        if (event.previous !== null) all.splice(last, 1);
        say(`rated.${event.vote}`);
        break;
      }
      default:
    }
  });
  return all;
}

function fulfilled({ clock }: Ticket): boolean {
  return Boolean(deadlines(clock, desk).firstResponse?.fulfilledAt);
}

/** How long it lay done, from when it was until it was not: with what was taken back it never was. */
function resolvedFor(turns: Lived['turns']): number {
  let [sum, since]: [number, string | null] = [0, null];
  for (const { event, at, before, after } of turns) {
    if (isActive(before) && !isActive(after)) since = at;
    if (!isActive(before) && isActive(after) && since) {
      if (event.kind !== 'undone') sum += Date.parse(at) - Date.parse(since);
      since = null;
    }
  }
  return sum;
}

export function toOf({ category, team, assignee, priority }: Ticket): Record<Dimension, string> {
  return { category, team, agent: assignee ?? NOBODY, priority };
}

export function openOf({ id, createdAt, deadlines: due, ...ticket }: Ticket): OpenTicket {
  const { category, team, agent, priority } = toOf({ id, createdAt, deadlines: due, ...ticket } as Ticket);
  return {
    ...{ id, openedAt: createdAt, category, team, agent, priority: priority as Priority },
    due: Object.values(due).sort()[0] ?? null,
  };
}

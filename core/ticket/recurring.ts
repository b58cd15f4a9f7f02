/** Work that comes again: the ticket that an occurrence opens. The desk itself asks, so that nobody outside is told. */
import type { Desk, Recurring } from '../config/desk.ts';
import { isConfidential } from '../mail/referral.ts';
import type { Routed } from '../triage/route.ts';
import { demanded } from './approval.ts';
import { DESK, type Happening } from './ticket.ts';

/** How far it has come: of what fell until then nothing is owed. */
export interface Pace {
  until: string;
  /** By which rule: another one begins anew, and owes nothing of the time before. */
  rule: string;
}

export function ruleOf({ every, on = '', at, timezone = '', calendar = '' }: Recurring): string {
  return [every, on, at, timezone, calendar].join('|');
}

/** Where it is done, and what by. */
export function handsFor({ category, team }: Recurring, desk: Desk) {
  const filed = desk.categories.find(({ name }) => name === category);
  if (!filed) throw new TypeError(`desk.yaml has no category ${category}`);
  const { tier, skills, type, impact = 'one', urgency = 'routine' } = filed;
  const priority = desk.matrix[impact][urgency];
  return { team: team ?? filed.team, tier, skills, type, impact, urgency, priority };
}

export function recur(
  work: Recurring,
  { assignee, reason }: Routed,
  desk: Desk,
): { opened: Extract<Happening, { kind: 'opened' }>; also: Happening[] } {
  const { skills: _, ...hands } = handsFor(work, desk);
  const own =
    desk.addresses.find(({ team }) => team === hands.team) ??
    desk.addresses.find(({ team }) => !isConfidential(team, desk)) ??
    desk.addresses[0];
  if (!own) throw new TypeError('a desk has an address');
  return {
    opened: {
      ...{ kind: 'opened', subject: work.title, category: work.category, ...hands },
      ...{ requester: { address: own.address, name: own.name }, cc: [], mailbox: own.address },
      ...{ language: desk.language, flagged: null, follows: null, acknowledge: false },
      ...{ message: 1, messageId: null },
      reasons: [
        { what: 'category', why: `it recurs: ${work.name} of desk.yaml` },
        { what: 'assignee', why: reason },
      ],
    },
    also: [
      ...(assignee ? [{ kind: 'assigned', assignee, previous: null, reason, by: DESK } as const] : []),
      ...demanded(work.category, work.title, desk),
    ],
  };
}

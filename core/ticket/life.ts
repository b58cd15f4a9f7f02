/** A ticket's life: what moves it, from where, and where to. `evolve` goes by this table, and no command may do what is not in it. */
import type { Happening, Life, Status, Ticket, Wait } from './ticket.ts';

interface Move {
  from: readonly Status[];
  to: Exclude<Status, 'new'>;
}

const ACTIVE = ['new', 'open', 'waiting'] as const;
const UNCLOSED = [...ACTIVE, 'resolved'] as const;
const DONE = ['resolved', 'closed'] as const;

/** Every other event leaves it where it is. */
export const MOVES = {
  started: { from: ['new'], to: 'open' },
  paused: { from: ACTIVE, to: 'waiting' },
  'approval-asked': { from: ACTIVE, to: 'waiting' },
  joined: { from: ACTIVE, to: 'waiting' },
  resumed: { from: ['waiting'], to: 'open' },
  /** Where it waits for that approval. */
  'approval-decided': { from: ['waiting'], to: 'open' },
  resolved: { from: ACTIVE, to: 'resolved' },
  closed: { from: UNCLOSED, to: 'closed' },
  merged: { from: UNCLOSED, to: 'closed' },
  reopened: { from: DONE, to: 'open' },
  /** Where what is taken back resolved it. */
  undone: { from: ['resolved'], to: 'open' },
} as const satisfies Partial<Record<Happening['kind'], Move>>;

export type Moving = keyof typeof MOVES;

/** Whether the ticket may go there from where it is; true of whatever does not move it. */
export function mayHappen(event: Happening, { status }: Ticket): boolean {
  if (!moves(event)) return true;
  const { from }: Move = MOVES[event.kind];
  return from.includes(status);
}

function moves(event: Happening): event is Extract<Happening, { kind: Moving }> {
  if (event.kind === 'undone') return event.reopens;
  // An approval may be decided when the ticket no longer waits for it, and then it moves nothing.
  return event.kind in MOVES && event.kind !== 'approval-decided';
}

/** Where the ticket stands after such an event. */
export function moved({ resolvedAt }: Ticket, kind: Exclude<Moving, Waiting>, at: string): Life {
  switch (MOVES[kind].to) {
    case 'open':
      return { status: 'open', resolvedAt: null, closedAt: null, waiting: null };
    case 'resolved':
      return { status: 'resolved', resolvedAt: at, closedAt: null, waiting: null };
    case 'closed':
      return { status: 'closed', resolvedAt, closedAt: at, waiting: null };
  }
}

type Waiting = { [kind in Moving]: (typeof MOVES)[kind]['to'] extends 'waiting' ? kind : never }[Moving];

/** The same of one that waits from then on. */
export function waits(kind: Waiting, waiting: Wait): Life {
  return { status: MOVES[kind].to, resolvedAt: null, closedAt: null, waiting };
}

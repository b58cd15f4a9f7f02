/** What deciding a command is given, and what comes of it. */
import type { Loads } from '../triage/route.ts';
import type { Actor, Happening, Ticket } from './ticket.ts';

export interface Act {
  by: Actor;
  role: 'agent' | 'requester';
  /** ISO 8601 UTC. */
  now: string;
  loads: Loads;
}

export type Decision =
  | {
      happenings: Happening[];
      detail: string;
      /** Done although nothing happened to the ticket. */
      done?: true;
    }
  | { refused: string };

export function nothing(detail: string): Decision {
  return { happenings: [], detail };
}

export function reopenFirst({ status }: Ticket): Decision {
  return { refused: `the ticket is ${status}; #reopen it first` };
}

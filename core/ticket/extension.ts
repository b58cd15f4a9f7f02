/** More time for the solution: whoever works on a ticket asks, the lead says yes or no by mail, and what is promised moves. */
import type { Desk } from '../config/desk.ts';
import { personOf } from '../mail/standing.ts';
import { deadlines } from '../sla/clock.ts';
import { openApproval } from './approval.ts';
import { rungsAbove } from './audience.ts';
import { type Act, type Decision, reopenFirst } from './decision.ts';
import { type Happening, isActive, type Ticket, type Vote } from './ticket.ts';

/** The last that was asked; it is over with the answer, or with the ticket's resolution. */
export interface Extension {
  by: string;
  /** Who decides. */
  lead: string;
  /** Milliseconds of working time. */
  ms: number;
  reason: string;
  askedAt: string;
  isOpen: boolean;
}

const LENGTH = /^(?:(\d{1,3})h)?(?:(\d{1,5})m(?:in)?)?(?=\s|$)\s*(.{0,300})/i;
const HOUR = 3_600_000;
const MOST = 400 * HOUR;

export function extend(value: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const [, hours = '0', minutes = '0', reason = ''] = LENGTH.exec(value) ?? [];
  const ms = Number(hours) * HOUR + Number(minutes) * 60_000;
  // A day of work has other hours for everybody.
  if (ms <= 0 || ms > MOST)
    return {
      refused: `“${value}” is no working time; write #extend 4h or #extend 1h30m, and why`,
      said: { key: 'extension-no-time', facts: { value } },
    };
  if (reason.trim() === '')
    return {
      refused: 'the lead has to know why; write #extend 4h the part comes tomorrow',
      said: { key: 'extension-no-reason' },
    };
  if (!isActive(ticket)) return reopenFirst(ticket);
  const { extension } = ticket;
  if (extension?.isOpen)
    return {
      refused: `${nameOf(extension.lead, desk)} is asked for more time already, and has not answered`,
      said: { key: 'extension-asked-already', facts: { name: nameOf(extension.lead, desk) } },
    };
  const due = ticket.deadlines.resolution;
  if (!due || openApproval(ticket))
    return {
      refused: 'no time for the solution runs at the moment, so there is none to extend',
      said: { key: 'extension-nothing-runs' },
    };
  const lead = decider(ticket, by, desk);
  if (!lead) return { refused: 'nobody is above you who could grant it', said: { key: 'extension-nobody' } };
  const asked: Happening = {
    ...{ kind: 'extension-asked', by, lead, ms, reason: reason.trim() },
    ...{ due, wouldBe: wouldBe(ticket, ms, desk) ?? due },
  };
  return {
    happenings: [asked],
    detail: `${nameOf(lead, desk)} is asked; you hear what comes of it, and so does the requester when it is granted`,
    said: { key: 'extension-asked', facts: { name: nameOf(lead, desk) } },
  };
}

function nameOf(address: string, desk: Desk): string {
  return personOf(address, desk)?.name ?? address;
}

/** The lead; when he asks himself, whoever is above him and may read it. */
function decider(ticket: Ticket, by: string, desk: Desk): string | null {
  const lead = desk.teams.find(({ name }) => name === ticket.team)?.lead;
  if (lead && lead !== by) return lead;
  return (
    rungsAbove(ticket, desk)
      .flat()
      .find((address) => address !== by) ?? null
  );
}

/** When the solution would be due. */
function wouldBe({ clock, updatedAt: at }: Ticket, ms: number, desk: Desk): string | null {
  return deadlines([...clock, { kind: 'extend', at, ms }], desk).resolution?.due ?? null;
}

/** Null when nothing is asked of this person. */
export function answerExtension(vote: Vote, ticket: Ticket, address: string, desk: Desk): Happening | null {
  const { extension } = ticket;
  if (extension?.lead !== address || !extension.isOpen) return null;
  const granted = vote === 'approve';
  const decided: Extract<Happening, { kind: 'extension-decided' }> = {
    ...{ kind: 'extension-decided', granted, asker: extension.by, by: address },
    due: ticket.deadlines.resolution ?? null,
  };
  return granted ? { ...decided, due: wouldBe(ticket, extension.ms, desk) } : decided;
}

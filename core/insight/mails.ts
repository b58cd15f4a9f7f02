/** What a mail that came in and one that went out count for: by what became of it, however often that changes. */
import type { Desk } from '../config/desk.ts';
import type { Disposition, DispositionReason } from '../mail/disposition.ts';
import type { MailRecord } from '../mail/record.ts';
import { daysOf, hourOf } from './days.ts';
import type { Increment } from './measures.ts';

/** Nobody's mail: what SES writes when its rule is made, and what the desk writes to itself. */
const NO_MAIL: readonly DispositionReason[] = ['ses-setup', 'canary'];

const BY_PEOPLE: readonly Disposition[] = ['opened', 'appended', 'commanded', 'noted', 'held', 'refused'];
const BY_MACHINES: readonly DispositionReason[] = ['list', 'monitoring', 'flood'];

/** A machine wrote these; each answer to one would have brought the next. */
export const LOOPS: readonly DispositionReason[] = ['loop', 'auto-reply', 'out-of-office', 'flood'];

export function measureIn(
  { receivedAt, disposition, reason }: Pick<MailRecord, 'receivedAt' | 'disposition' | 'reason'>,
  desk: Pick<Desk, 'timezone'>,
): Increment[] {
  if (NO_MAIL.includes(reason)) return [];
  const isByPeople = BY_PEOPLE.includes(disposition) && !BY_MACHINES.includes(reason);
  return ofDesk(receivedAt, desk, [
    `in.${disposition}.${reason}`,
    ...(isByPeople ? [`hour.${hourOf(receivedAt, desk)}`] : []),
  ]);
}

/** Where an update has come to its end: `sent`, `refused` by SES, `withheld` by the desk. */
export function measureOut(
  { state, kind, at }: { state: string; kind: string; at: string },
  desk: Pick<Desk, 'timezone'>,
): Increment[] {
  if (kind === 'canary') return [];
  switch (state) {
    case 'sent':
      return ofDesk(at, desk, [`out.${kind}`]);
    case 'refused':
    case 'withheld':
      return ofDesk(at, desk, [state]);
    default:
      return [];
  }
}

function ofDesk(at: string, desk: Pick<Desk, 'timezone'>, cells: string[]): Increment[] {
  const day = daysOf(desk)(at);
  return cells.map((cell) => ({ day, by: 'desk', of: '', cell, add: 1 }));
}

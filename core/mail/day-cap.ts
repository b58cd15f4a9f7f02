/**
 * How many mails may leave in a day, whatever happens: a bound for the bill, and for a fault that none of the other
 * bounds knows. What it holds back waits for the next day of UTC, by desk time; nothing is lost.
 */
import type { Desk } from '../config/desk.ts';
import type { SentKind } from './update.ts';

/** The last tenth of the day's mails is kept for what cannot wait. */
const KEPT_BACK = 0.1;

/** Codes are good for half an hour, and what the clock says is for now. */
const URGENT: ReadonlySet<SentKind> = new Set(['code', 'warning', 'breach', 'escalated', 'canary']);

/** How many mails may have left this day with this one. A person's own words are as urgent as a code. */
export function mostOfDay(
  { kind, speaker }: { kind: SentKind; speaker: unknown },
  { sending }: Pick<Desk, 'sending'>,
): number {
  const isUrgent = speaker !== null || URGENT.has(kind);
  return isUrgent ? sending.mostADay : Math.floor(sending.mostADay * (1 - KEPT_BACK));
}

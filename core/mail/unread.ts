/** Mail that has its disposition without having been read: too large, not readable, or fatal to whoever reads it. */
import type { Desk } from '../config/desk.ts';
import type { Email, Receipt } from './email.ts';
import { ends, type Notice, type Outcome } from './outcome.ts';
import { ownOf } from './read.ts';
import { screen, wantsNoAutomaticAnswer } from './screen.ts';
import { failedAuthentication } from './standing.ts';
import { readWriter } from './writer.ts';

/** `head` is what the header alone says, as far as anybody could tell. */
export function disposeUnread(
  reason: 'too-large' | 'unreadable' | 'poison',
  detail: string,
  head: Email | null,
  receipt: Receipt,
  desk: Desk,
): Outcome {
  // The fault is ours: an alarm calls somebody who can mend it, and the sender could do nothing.
  if (reason === 'poison') return ends('quarantined', reason, detail);
  if (receipt.virus === 'FAIL') return ends('quarantined', 'virus', `SES found a virus; ${detail}`);
  if (receipt.spam === 'FAIL') return ends('quarantined', 'spam', `SES takes it for spam; ${detail}`);
  return ends(reason === 'too-large' ? 'refused' : 'quarantined', reason, detail, {
    notice: noticeOf(reason, detail, head, receipt, desk),
  });
}

/** Only somebody who wrote it himself, and is who he says, is told: anything else would feed a loop or pester a victim. */
function noticeOf(
  reason: 'too-large' | 'unreadable',
  detail: string,
  head: Email | null,
  given: Receipt,
  desk: Desk,
): Notice | null {
  if (!head) return null;
  const own = ownOf(desk);
  const { email, receipt, writer } = readWriter(head, given, desk, own);
  if (!email.from || writer.distrusted || writer.listed?.as === 'blocked') return null;
  if (failedAuthentication(receipt) || screen(email, receipt, own) || wantsNoAutomaticAnswer(email))
    return null;
  const { from, subject, messageId } = email;
  return { kind: 'refused', to: from, reason, detail, subject, messageId, language: desk.language };
}

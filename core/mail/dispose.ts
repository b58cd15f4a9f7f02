/**
 * What becomes of an email: one disposition with its reason, and what it does to a ticket. The order is the
 * contract's: duplicate, spam and virus, automatic mail, identity, threading; then what the sender may do.
 */
import type { Desk } from '../config/desk.ts';
import { isAway } from '../triage/presence.ts';
import { arrivedAgain } from './arrived-again.ts';
import { disposeAutomatic, isMachine } from './automatic.ts';
import { roundTripOf } from './canary.ts';
import { redeem } from './code.ts';
import type { Email } from './email.ts';
import { join, quietly } from './flood.ts';
import { fromAgent } from './from-agent.ts';
import { fromOutside, type RequesterStanding } from './from-outside.ts';
import { type Arrival, ends, type Memory, type Moment, type Outcome, refusal } from './outcome.ts';
import { SETUP_NOTICE } from './record.ts';
import { wantsNoAutomaticAnswer } from './screen.ts';
import { failedAuthentication, personOf, standingOf } from './standing.ts';
import { type Keys, type Purpose, readReference } from './token.ts';
import { asAnswered } from './visiting.ts';

export function dispose(given: Arrival, memory: Memory, moment: Moment, desk: Desk, keys: Keys): Outcome {
  const arrival = asAnswered(given, memory, desk);
  return withWhatIsKnown(judge(arrival, memory, moment, desk, keys), arrival, memory, moment, desk);
}

function judge(arrival: Arrival, memory: Memory, moment: Moment, desk: Desk, keys: Keys): Outcome {
  const { email, receipt, automatic, writer } = arrival;
  if (receipt.mailId === SETUP_NOTICE)
    return ends('setup', 'ses-setup', 'SES tried whether it may write to the bucket');
  if (memory.duplicateOf) return duplicate(arrival, memory.duplicateOf, memory, moment, desk);
  if (receipt.virus === 'FAIL') return ends('quarantined', 'virus', 'SES found a virus');
  if (receipt.spam === 'FAIL') return ends('quarantined', 'spam', 'SES takes it for spam');
  const roundTrip = roundTripOf(arrival, memory.token, moment);
  if (roundTrip !== null)
    return ends('suppressed', 'canary', `it came back after ${roundTrip / 1000} seconds`, { roundTrip });
  if (isMachine(automatic)) return disposeAutomatic(automatic, arrival, memory, moment, desk);
  if (isOurs(email, desk, keys))
    return ends('suppressed', 'loop', 'own-update: it has our headers and refers to our own signed id');
  if (writer.listed?.as === 'blocked')
    return refuseBlocked(arrival, `mail.blocked has ${writer.listed.entry}`, desk);
  const { blocked } = memory;
  if (blocked && writer.listed?.as !== 'allowed' && !personOf(blocked.address, desk))
    return refuseBlocked(arrival, `#block on ${blocked.ticketId} has ${blocked.address}`, desk);
  const standing = standingOf(email, receipt, writer, desk, memory);
  switch (standing.kind) {
    case 'nobody':
      return ends('quarantined', 'no-sender', 'From names no valid address');
    case 'poser':
      return ends('refused', 'posing-as-agent', standing.why);
    case 'disowned':
      return ends(
        'quarantined',
        'disowned-by-domain',
        `DMARC failed and the sender’s domain asks to ${standing.policy}`,
      );
    case 'unproven-agent':
    case 'agent':
      if (memory.token?.purpose === 'code')
        return redeem(arrival, memory, standing.person, moment, desk, keys);
      return fromAgent(arrival, memory, standing, moment, desk);
    case 'requester':
      if (memory.token && NOT_FOR_REQUESTERS.includes(memory.token.purpose))
        return ends(
          'refused',
          'posing-as-agent',
          `it answers a ${memory.token.purpose} that was sent to somebody else`,
        );
      if (memory.flood?.kind === 'joined') return join(arrival, standing, memory.flood);
      return quietly(
        unanswered(fromOutside(arrival, memory, standing, moment, desk), standing),
        arrival,
        memory.flood,
      );
  }
}

/** Whoever failed authentication, or seems to be somebody else, is told nothing: it would come to whom he poses as. */
function unanswered(outcome: Outcome, { failed, distrusted }: RequesterStanding): Outcome {
  return failed || distrusted ? { ...outcome, notice: null } : outcome;
}

const NOT_FOR_REQUESTERS: readonly Purpose[] = ['code', 'digest', 'canary'];

/** Our own mail with another From: some lists and forwarders rewrite it. Without our signature the header is anybody's. */
function isOurs({ headers, inReplyTo, references }: Email, desk: Desk, keys: Keys): boolean {
  return (
    headers.has('x-replydesk-update') &&
    [...references.slice(-MOST_SIGNED), inReplyTo ?? ''].some((id) => readReference(id, desk.domain, keys))
  );
}

const MOST_SIGNED = 30;

/** Told once a day, if it is likely to be he and no machine: anything else would tell somebody who wrote nothing. */
function refuseBlocked(arrival: Arrival, detail: string, desk: Desk): Outcome {
  const { email, receipt, automatic, writer } = arrival;
  const silent =
    !email.from ||
    automatic !== null ||
    writer.distrusted ||
    failedAuthentication(receipt) ||
    wantsNoAutomaticAnswer(email);
  return ends(
    'refused',
    'blocked',
    detail,
    silent ? {} : { notice: refusal(arrival, 'blocked', detail, desk) },
  );
}

/** Delivered to another of our addresses as well, it is still one ticket. */
function duplicate(arrival: Arrival, of: string, memory: Memory, moment: Moment, desk: Desk): Outcome {
  const { sameMail } = memory;
  const happenings = sameMail ? arrivedAgain(arrival, sameMail, memory, moment, desk) : [];
  return ends(
    'duplicate',
    'same-message',
    `the same message came in as ${of}`,
    sameMail && happenings.length > 0 ? { ticket: { kind: 'change', before: sameMail, happenings } } : {},
  );
}

const READ: readonly Outcome['disposition'][] = ['opened', 'appended', 'commanded', 'noted'];

/** Which clue led to the ticket and what it saw is recorded with whatever came of it; and what a mail from there proves. */
function withWhatIsKnown(
  outcome: Outcome,
  { email, receipt }: Arrival,
  { candidate, loads, undeliverable }: Memory,
  { now }: Moment,
  desk: Desk,
): Outcome {
  const { detail, disposition, learned } = outcome;
  const read = READ.includes(disposition) && !failedAuthentication(receipt);
  const person = read && email.from ? personOf(email.from.address, desk) : null;
  const away = person && loads.get(person.address)?.away;
  const known = [
    ...(candidate && disposition !== 'duplicate' && !detail.includes(candidate.why) ? [candidate.why] : []),
    // People answer from their holidays: it does not end them.
    ...(isAway(away, now) ? [`${person?.name} counts as away until ${away.until}`] : []),
  ];
  const clue = disposition === 'duplicate' ? null : (candidate?.clue ?? null);
  return {
    ...outcome,
    clue: outcome.clue ?? clue,
    detail: [detail, ...known].filter((part) => part !== '').join('; '),
    learned:
      read && undeliverable && undeliverable.address === email.from?.address
        ? { ...learned, reachable: undeliverable.address }
        : learned,
  };
}

/**
 * What a machine's mail says of people and addresses. Nothing in it is a wish: it is kept on the ticket that it belongs
 * to, and neither moves a clock nor is told to anybody, but where it proves that our mail does not arrive.
 */
import type { Desk } from '../config/desk.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import { failed, mark } from '../ticket/undeliverable.ts';
import { type Away, isAway } from '../triage/presence.ts';
import { readAbsence } from './absence.ts';
import type { Automatic } from './email.ts';
import {
  type Arrival,
  ends,
  type Learned,
  type Memory,
  type Moment,
  type Notice,
  type Outcome,
  takesPart,
} from './outcome.ts';
import { failedAuthentication, personOf } from './standing.ts';
import { ownsToken, participantHash, withoutTokens } from './token.ts';
import { tellLead } from './told-away.ts';

/** Lists and monitoring write like people: theirs is not disposed of here. */
export type Machine = Automatic & { kind: Exclude<Automatic['kind'], 'list' | 'monitoring'> };

export function isMachine(automatic: Automatic | null): automatic is Machine {
  return automatic !== null && automatic.kind !== 'list' && automatic.kind !== 'monitoring';
}

export function disposeAutomatic(
  automatic: Machine,
  arrival: Arrival,
  memory: Memory,
  moment: Moment,
  desk: Desk,
): Outcome {
  const { kind, rule, seen } = automatic;
  const feedback = kind === 'bounce' || kind === 'complaint';
  const happenings = kept(automatic, arrival, memory, moment, desk);
  const absence = kind === 'out-of-office' ? readAgentsAbsence(arrival, memory, moment, desk) : null;
  return {
    ...ends(feedback ? 'feedback' : 'suppressed', kind, `${rule}: ${seen}`),
    clue: memory.candidate?.clue ?? null,
    ticket:
      memory.ticket && happenings.length > 0 ? { kind: 'change', before: memory.ticket, happenings } : null,
    learned: {
      ...(absence ? { away: absence.away } : {}),
      undeliverable: marks(happenings, moment.now),
    },
    notice: absence?.notice ?? null,
  };
}

function kept(
  automatic: Machine,
  arrival: Arrival,
  memory: Memory,
  { now }: Moment,
  desk: Desk,
): Happening[] {
  const { kind, seen } = automatic;
  const { email, bounce, reported, trimmed } = arrival;
  const { ticket } = memory;
  if (!ticket || kind === 'loop') return [];
  const from = email.from?.address ?? null;
  const about = reportedOn(arrival, memory, ticket);
  if (!about && !isFromParticipant(arrival, memory, ticket, desk)) return [];
  const excerpt = withoutTokens(trimmed.visible || email.text, desk.domain)
    .replace(/\s+/g, ' ')
    .trim();
  const received: Happening = {
    kind: 'automatic-mail-received',
    what: kind === 'receipt' && seen === 'delayed' ? 'delayed' : kind,
    from,
    about,
    excerpt: excerpt.slice(0, MOST_EXCERPT),
  };
  switch (kind) {
    case 'bounce': {
      const failures = (bounce?.recipients ?? []).filter(({ address }) => isProven(address, memory));
      return [
        received,
        ...failed(
          ticket,
          failures.map((failure) => ({ ...failure, update: null })),
          now,
        ),
      ];
    }
    case 'complaint': {
      const address = reported ? memory.sentTo : null;
      return [
        received,
        ...(address && takesPart(address, ticket) ? [{ kind: 'complained', address } as const] : []),
      ];
    }
    case 'auto-reply':
    case 'out-of-office':
    case 'receipt':
      return [received];
  }
}

const MOST_EXCERPT = 200;

/**
 * Whoever takes part whom a report speaks of. Reports come from anywhere; that this one came by an id or a token of ours is
 * what makes it one about our mail, and a tag in its subject is not.
 */
function reportedOn({ reported }: Arrival, { candidate, sentTo }: Memory, ticket: Ticket): string | null {
  if (!reported || candidate?.clue === 'subject') return null;
  const named = [...reported.about, ...(sentTo ? [sentTo] : [])];
  return named.find((address) => takesPart(address, ticket)) ?? null;
}

function isFromParticipant(
  { email, receipt }: Arrival,
  { token }: Memory,
  ticket: Ticket,
  desk: Desk,
): boolean {
  const { from } = email;
  if (!from || failedAuthentication(receipt)) return false;
  const person = personOf(from.address, desk);
  return (
    takesPart(from.address, ticket) ||
    (person !== null && (takesPart(person.address, ticket) || ownsToken(token, person)))
  );
}

/** The report gives back an id that SES gave to our mail to this very address, or it came to his own reply address. */
function isProven(address: string, { sentTo, token }: Memory): boolean {
  return sentTo === address || token?.participant === participantHash(address);
}

function marks(happenings: readonly Happening[], now: string): Learned['undeliverable'] {
  return happenings.flatMap((event) => {
    if (event.kind === 'complained') return mark(event.address, 'complaint', null, now);
    return event.kind === 'delivery-failed' && event.permanent
      ? mark(event.address, 'bounce', event.status, now)
      : [];
  });
}

/**
 * Whoever writes as one of our people and names a far day would take him off the desk: so only with the token that
 * we sent to him, or with DMARC. Known already, nobody is told again.
 */
function readAgentsAbsence(
  { email, receipt, trimmed }: Arrival,
  { token, loads }: Memory,
  { now }: Moment,
  desk: Desk,
): { away: { address: string; away: Away }; notice: Notice | null } | null {
  const person = email.from && email.fromAll.length === 1 ? personOf(email.from.address, desk) : null;
  if (!person || failedAuthentication(receipt)) return null;
  if (receipt.dmarc !== 'PASS' && !ownsToken(token, person)) return null;
  const text = trimmed.visible || email.text;
  const away = readAbsence({ subject: email.subject, text, source: receipt.mailId }, person, desk, now);
  const known = loads.get(person.address)?.away;
  const gone = isAway(known, now);
  if (known?.until === away.until || (gone && away.quote === null && known.quote !== null)) return null;
  const isNews = !gone || away.quote !== null;
  return {
    away: { address: person.address, away: gone ? { ...away, from: known.from } : away },
    notice: isNews ? tellLead(person, away, desk) : null,
  };
}

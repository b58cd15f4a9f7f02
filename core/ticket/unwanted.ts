/** What nobody asked for: a ticket closed without a word, and a sender whose mail is refused from then on. */
import type { Desk } from '../config/desk.ts';
import { personOf } from '../mail/standing.ts';
import { isOwnAddress } from '../mail/writer.ts';
import { type Act, type Decision, nothing } from './decision.ts';
import type { Happening, Ticket } from './ticket.ts';

/** Closed without a word: whoever sends spam must not learn that somebody reads it. */
export function spam(ticket: Ticket, { by }: Act): Decision {
  if (ticket.status === 'closed') return nothing('it is closed already', { key: 'closed-already' });
  const tagged: Happening[] = ticket.tags.includes('spam')
    ? []
    : [{ kind: 'tagged', added: ['spam'], removed: [], by }];
  return {
    happenings: [...tagged, { kind: 'closed', reason: 'spam', by, quiet: true }],
    detail: 'closed as spam; its sender is not told',
    said: { key: 'spam' },
  };
}

/**
 * `#block` is #spam, and whoever asked is refused from now on, as by mail.blocked. It takes one address, never a domain,
 * and whoever works on the ticket may say it, or a lead; `#block off` only a lead.
 */
export function block(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const { by } = act;
  const { address } = ticket.requester;
  const isLead = personOf(by, desk)?.role === 'lead';
  if (value !== '' && value.toLowerCase() !== 'off')
    return {
      refused: `#block takes nothing behind it, or off, and not “${value}”: it blocks ${address}, who asked`,
      said: { key: 'block-takes-off', facts: { value, address } },
    };
  if (value !== '')
    return isLead
      ? {
          happenings: [{ kind: 'unblocked', address, by }],
          detail: `mail of ${address} is taken again`,
          said: { key: 'unblocked', facts: { address } },
        }
      : { refused: 'only a lead takes a block back', said: { key: 'not-yours-to-unblock' } };
  if (!isLead && by !== ticket.assignee)
    return {
      refused: 'only a lead, or whoever works on the ticket, blocks its sender',
      said: { key: 'not-yours-to-block' },
    };
  if (personOf(address, desk) || isOwnAddress(address, desk))
    return {
      refused: `${address} is the desk’s own; nobody of the desk is blocked`,
      said: { key: 'own-not-blocked', facts: { address } },
    };
  const closed = spam(ticket, act);
  return {
    happenings: [...('happenings' in closed ? closed.happenings : []), { kind: 'blocked', address, by }],
    detail: `closed as spam; mail of ${address} is refused from now on, until a lead says #block off`,
    said: { key: 'blocked', facts: { address } },
  };
}

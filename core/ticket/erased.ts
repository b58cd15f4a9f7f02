/**
 * What becomes of tickets, messages and records when somebody is erased from them. Where his address stood alone stands
 * his pseudonym, and where it stood in words stands that it was taken out; nothing else of what others wrote is touched.
 */
import type { Message, Ticket } from './ticket.ts';

export interface Erased {
  address: string;
  pseudonym: string;
}

/** What stands in words where an address stood; in no language. */
const TAKEN_OUT = '[…]';

/** Every mention of this address, and of none that only contains it. Linear: nothing in it repeats. */
function mentionsOf(address: string): RegExp {
  const literal = address.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  // More of a local part before it, or of a domain after it, makes it another's. Keys of the table have # between their parts.
  return new RegExp(`(?<![\\w+%]|\\w[.-])${literal}(?!\\w|[.-]\\w)`, 'giu');
}

/** In any string of it, or in any name. */
export function namesPerson(value: unknown, address: string): boolean {
  return isNamed(value, mentionsOf(address), address.toLowerCase());
}

function isNamed(value: unknown, mentions: RegExp, address: string): boolean {
  // Most strings are short and hold no @: nothing is searched in them.
  if (typeof value === 'string') return value.includes('@') && value.search(mentions) !== -1;
  if (Array.isArray(value)) return value.some((each) => isNamed(each, mentions, address));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, each]) => isNamed(name, mentions, address) || isNamed(each, mentions, address),
  );
}

/** The same without him. A name goes with its address, and so does what stands under his address. */
export function withoutPerson<T>(value: T, { address, pseudonym }: Erased): T {
  return scrub(value, mentionsOf(address), address.toLowerCase(), pseudonym) as T;
}

function scrub(value: unknown, mentions: RegExp, address: string, pseudonym: string): unknown {
  if (typeof value === 'string') {
    if (!value.includes('@')) return value;
    return value.toLowerCase() === address ? pseudonym : value.replace(mentions, TAKEN_OUT);
  }
  if (Array.isArray(value)) return value.map((each) => scrub(each, mentions, address, pseudonym));
  if (typeof value !== 'object' || value === null) return value;
  const isHis = 'address' in value && isSame(value.address, address);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isNamed(name, mentions, address))
      .map(([name, each]) => [
        name,
        isHis && name === 'name' ? '' : scrub(each, mentions, address, pseudonym),
      ]),
  );
}

function isSame(value: unknown, address: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === address;
}

/** Another's ticket: he takes no part in it any more, and nobody waits for his word. */
export function ticketWithout(ticket: Ticket, erased: Erased): Ticket {
  const isHim = (address: string) => address.toLowerCase() === erased.address.toLowerCase();
  const { participants, muted, watchers, approvals } = ticket;
  return withoutPerson(
    {
      ...ticket,
      participants: participants.filter(({ address }) => !isHim(address)),
      ...(muted ? { muted: muted.filter((each) => !isHim(each)) } : {}),
      ...(watchers ? { watchers: watchers.filter((each) => !isHim(each)) } : {}),
      ...(approvals
        ? {
            approvals: approvals.map((approval) => ({
              ...approval,
              approvers: approval.approvers.filter(({ address, vote }) => vote !== null || !isHim(address)),
            })),
          }
        : {}),
    },
    erased,
  );
}

/** What he wrote goes, with its files; what the desk answered through him is the desk's, and only loses his name. */
export function messageWithout(message: Message, erased: Erased): Message {
  if (!isOf(message, erased.address)) return withoutPerson(message, erased);
  const { html: _, cut: _cut, ...others } = message;
  const said = { text: TAKEN_OUT, bodyKey: null, attachments: [], withheld: 0, cc: [], messageId: null };
  return { ...others, ...said, from: { address: erased.pseudonym, name: '' } };
}

/** He wrote it from outside. */
export function isOf({ direction, from }: Message, address: string): boolean {
  return direction === 'in' && isSame(from.address, address.toLowerCase());
}

/**
 * What of an agent goes out with his words: the name in From, and what stands below them, both as desk.yaml has it.
 * An address of the desk's people never does, whoever wrote it where.
 */
import type { Desk, Language } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import { fillIn } from '../ticket/macro-words.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { domainOf, personOf } from './standing.ts';
import { withoutTag } from './writer.ts';

export const SPEAKER_VARIABLES = ['agent', 'team', 'desk', 'mailbox'] as const;

type Spoken = Pick<Ticket, 'mailbox' | 'team'>;

/** The name in From: of an agent's words by the rule in desk.yaml, of all else the mailbox's own. */
export function senderName(speaker: string | null, ticket: Spoken, desk: Desk): string {
  return speaker && personOf(speaker, desk)
    ? fillIn(desk.answers.fromName, valuesOf(speaker, ticket, desk))
    : nameOfMailbox(ticket, desk);
}

/** What the desk writes below an agent's words; '' when desk.yaml has nothing. */
export function closingOf(speaker: string, ticket: Spoken, language: Language, desk: Desk): string {
  const { signature } = desk.answers;
  const words = signature[language] ?? signature[desk.language] ?? '';
  return fillIn(words.trim(), valuesOf(speaker, ticket, desk));
}

function valuesOf(
  speaker: string,
  ticket: Spoken,
  desk: Desk,
): Record<(typeof SPEAKER_VARIABLES)[number], string> {
  return {
    agent: personOf(speaker, desk)?.name ?? desk.name,
    team: desk.teams.find(({ name }) => name === ticket.team)?.title ?? desk.name,
    desk: desk.name,
    mailbox: nameOfMailbox(ticket, desk),
  };
}

function nameOfMailbox({ mailbox }: Spoken, desk: Desk): string {
  return desk.addresses.find(({ address }) => address === mailbox)?.name ?? desk.name;
}

/** An address as programs find it in text; in a link its @ may be written as %40. It begins where a word does, so that long words are looked at once. */
const ADDRESS = /(?<!\w)\w[\w.+'-]{0,63}(@|%40)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,10}/gi;

export function namesPerson(text: string, desk: Desk): boolean {
  return [...text.matchAll(ADDRESS)].some(([found]) => personIn(found, null, desk) !== null);
}

/** `mailbox` stands where somebody of the desk had his address, so that whoever writes there reaches him all the same; the reader knows his own. */
export function withoutPeople(text: string, reader: string, mailbox: string, desk: Desk): string {
  // Most mail names no domain of theirs, and need not be searched for addresses.
  if (!domainsOf(desk.people)?.test(text)) return text;
  return text.replace(ADDRESS, (found: string, at: string) => {
    const known = personIn(found, reader, desk);
    return known === null ? found : `${mailbox.replace('@', at)}${found.slice(known.length)}`;
  });
}

/** With their @, in both ways of writing it; null of nobody. */
const domainsOf = oncePer((people: Desk['people']): RegExp | null => {
  const domains = people.flatMap(({ address, alternates }) => [address, ...alternates].map(domainOf));
  const any = [...new Set(domains)].map((domain) => domain.replaceAll('.', '\\.')).join('|');
  return any === '' ? null : new RegExp(`(?:@|%40)(?:${any})`, 'i');
});

/** Behind it a full stop and more may follow: the name of a file ends in an extension. */
function personIn(found: string, reader: string | null, desk: Desk): string | null {
  for (let known = found; /@|%40/i.test(known); known = known.slice(0, Math.max(known.lastIndexOf('.'), 0))) {
    const address = withoutTag(known.replace(/%40/i, '@'));
    if (address !== reader && personOf(address, desk)) return known;
  }
  return null;
}

/** That somebody of the desk is away, by his mail program or by #away: what is remembered, and who is told. */
import type { Desk, Person } from '../config/desk.ts';
import type { Away, Presence } from '../triage/presence.ts';
import { languageOf } from './language.ts';
import type { Learned, Notice } from './outcome.ts';
import { personOf } from './standing.ts';

/** A lead's own absence is told to a manager. */
export function tellLead(
  person: Person,
  { from, until, quote, ambiguous }: Omit<Away, 'source'>,
  desk: Desk,
): Extract<Notice, { kind: 'away' }> | null {
  const lead = desk.teams.find(({ name }) => name === person.team)?.lead;
  const superior =
    lead && lead !== person.address
      ? personOf(lead, desk)
      : desk.people.find(({ role, address }) => role === 'manager' && address !== person.address);
  if (!superior || !person.team) return null;
  return {
    kind: 'away',
    to: { address: superior.address, name: superior.name },
    reason: 'out-of-office',
    person: person.address,
    ...{ from, until, quote, ambiguous },
    subject: '',
    messageId: null,
    language: languageOf(superior.address, desk),
  };
}

/** What #away and #back in a mail of `by` leave behind. `source` is that mail. */
export function commandedPresence(
  presence: Presence | null,
  by: string,
  source: string,
  desk: Desk,
): { learned: Learned; tells: Notice | null } {
  if (!presence) return { learned: { undeliverable: [] }, tells: null };
  const { person: address, away } = presence;
  if (!away) return { learned: { undeliverable: [], back: address }, tells: null };
  const person = personOf(address, desk);
  const notice = person && tellLead(person, away, desk);
  return {
    learned: { undeliverable: [], away: { address, away: { ...away, source } } },
    // Nobody is told of his own word.
    tells: notice && notice.to.address !== by ? { ...notice, reason: 'agent-commands', by } : null,
  };
}

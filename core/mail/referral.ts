/**
 * Mail to several of the desk's addresses at once: it is one ticket. The leads of the other teams are told once where
 * it is worked on; of what a confidential team has nobody outside is told anything.
 */
import type { Desk } from '../config/desk.ts';
import type { Happening, Ticket } from '../ticket/ticket.ts';
import type { Arrival } from './outcome.ts';
import { ownAddressOf } from './writer.ts';

/** `at`: where the ticket is, and which of our addresses it speaks from. */
export function referrals(
  { email, receipt }: Pick<Arrival, 'email' | 'receipt'>,
  at: Pick<Ticket, 'team' | 'mailbox' | 'referredFrom'>,
  desk: Desk,
): Happening[] {
  if (isConfidential(at.team, desk)) return [];
  const to = [...receipt.recipients, ...[...email.to, ...email.cc].map(({ address }) => address)];
  const written = new Set(to.map((address) => ownAddressOf(address, desk)));
  const told = new Set([at.team]);
  return desk.addresses.flatMap(({ address, team }): Happening[] => {
    const lead = desk.teams.find(({ name }) => name === team)?.lead;
    if (!lead || !written.has(address) || address === at.mailbox || at.referredFrom?.includes(address))
      return [];
    if (told.has(team)) return [];
    told.add(team);
    return [{ kind: 'referred', address, team, lead }];
  });
}

export function isConfidential(team: string, desk: Desk): boolean {
  return desk.teams.some(({ name, confidential }) => confidential && name === team);
}

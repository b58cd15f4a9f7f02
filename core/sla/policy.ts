/** Which promises hold for a ticket: the first policy of desk.yaml that fits it. */
import type { Desk, Policy, Priority } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import { belongingOf, isVip } from '../config/organisation.ts';
import { isFrom } from '../config/sender.ts';
import { InvalidInputError } from '../faults.ts';
import type { Measure } from './clock.ts';

/** What a policy asks of a ticket. */
export interface Promisee {
  category: string;
  team: string;
  /** Lower case. */
  requester: string;
  /** The service that is asked for. */
  service?: { name: string };
}

export interface Matched {
  policy: Policy;
  /** In words: what of the ticket the policy is for. */
  why: string;
}

/** Desk.yaml ends with a policy for all, which is checked with the file. */
export function policyFor(ticket: Promisee, desk: Promising): Matched {
  for (const policy of desk.sla) {
    const clues = cluesOf(policy, ticket, desk);
    if (clues) return { policy, why: clues.join(' and ') || 'it is for all tickets that no other is for' };
  }
  throw new InvalidInputError('the desk has no policy for all tickets');
}

type Promising = Pick<Desk, 'sla' | 'vips' | 'organisations'> & Partial<Pick<Desk, 'services'>>;

/** Each condition that the ticket meets, in words; null when it does not meet one. */
function cluesOf(
  { name, when = {} }: Policy,
  { category, team, requester, service }: Promisee,
  desk: Promising,
): string[] | null {
  const { categories, teams, requesters, vip, organisations } = when;
  const clues: string[] = [];
  const own = desk.services && byPolicy(desk.services).get(name);
  if (own) {
    if (!own.some((each) => each.name === service?.name)) return null;
    clues.push(`the service is ${service?.name}`);
  }
  if (categories) {
    if (!categories.includes(category)) return null;
    clues.push(`the category is ${category}`);
  }
  if (teams) {
    if (!teams.includes(team)) return null;
    clues.push(`the team is ${team}`);
  }
  if (requesters) {
    const found = requesters.find((sender) => isFrom(requester, sender));
    if (!found) return null;
    clues.push(`the requester is ${found.startsWith('@') ? 'at ' : ''}${found}`);
  }
  if (vip !== undefined) {
    if (isVip(requester, desk) !== vip) return null;
    clues.push(`the requester is ${vip ? 'a' : 'no'} VIP`);
  }
  if (organisations) {
    const belongs = belongingOf(requester, desk)?.organisation;
    if (!belongs || !organisations.includes(belongs.name)) return null;
    clues.push(`the requester is of ${belongs.name}`);
  }
  return clues;
}

/** Those that name a policy of their own. */
const byPolicy = oncePer((services: Desk['services']) => Map.groupBy(services, ({ sla }) => sla));

/** One that the desk has no longer is followed by the one for all, until the ticket is matched anew. */
export function policyNamed(name: string | null, { sla }: Pick<Desk, 'sla'>): Policy {
  const policy = sla.find((each) => each.name === name) ?? sla.at(-1);
  if (!policy) throw new InvalidInputError('the desk has no policy');
  return policy;
}

/** What a policy promises, with the nearest calendar: the target's own, its priority's, or the policy's. */
export function promised(
  measure: Measure,
  priority: Priority,
  { targets, calendar }: Policy,
): { ms: number; calendar: string } | null {
  const { [measure]: target, calendar: own } = targets[priority];
  return target ? { ms: target.ms, calendar: target.calendar ?? own ?? calendar } : null;
}

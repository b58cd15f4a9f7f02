/** To which organisation and department of desk.yaml somebody belongs, and whether that makes him a VIP. */
import type { Desk, Organisation } from './desk.ts';
import { isFrom } from './sender.ts';

export interface Belonging {
  organisation: Organisation;
  department: Organisation['departments'][number] | null;
}

/** The first that fits; somebody of a department belongs to its organisation whatever his domain. `address` in lower case. */
export function belongingOf(
  address: string,
  { organisations }: Pick<Desk, 'organisations'>,
): Belonging | null {
  for (const organisation of organisations) {
    const department = organisation.departments.find(({ senders }) => isOneOf(address, senders)) ?? null;
    if (department || isOneOf(address, organisation.senders)) return { organisation, department };
  }
  return null;
}

export function isVip(address: string, desk: Pick<Desk, 'organisations' | 'vips'>): boolean {
  const belongs = belongingOf(address, desk);
  return (
    isOneOf(address, desk.vips) || belongs?.organisation.vip === true || belongs?.department?.vip === true
  );
}

function isOneOf(address: string, senders: readonly string[]): boolean {
  return senders.some((sender) => isFrom(address, sender));
}

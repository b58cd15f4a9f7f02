/** Looks at the signing keys and changes them. Their secrets are never shown. */
import { randomBytes } from 'node:crypto';
import { FRESH_FOR } from '../aws/keys.ts';
import { inForce, type KeyRing, revoked, rotated } from '../core/mail/key-ring.ts';
import type { DeskConnection } from './connect.ts';
import { Refused } from './refused.ts';

/** Milliseconds: when the last process has surely read the new key. */
const KNOWN_AFTER = FRESH_FOR + 60_000;

type Store = DeskConnection['keyRing'];

export interface KeyShown {
  version: number;
  state: 'signs' | 'verifies' | 'will-sign';
  /** ISO 8601 UTC; null for the key that the desk was made with. */
  since: string | null;
}

/** `now` in epoch ms of real time. */
export function showKeys(ring: KeyRing, now: number): KeyShown[] {
  const { current } = inForce(ring, now);
  return Object.keys(ring.keys)
    .map(Number)
    .sort((a, b) => a - b)
    .map((version) => ({
      version,
      state:
        version === current
          ? ('signs' as const)
          : version === ring.next?.version && Date.parse(ring.next.from) > now
            ? ('will-sign' as const)
            : ('verifies' as const),
      since: ring.since?.[version] ?? null,
    }));
}

/** `from`: when the new key begins to sign, ISO 8601 UTC. */
export async function rotate(
  store: Store,
  now: number,
  secret = randomBytes(32).toString('base64'),
): Promise<{ version: number; from: string; keys: KeyShown[] }> {
  const from = new Date(now + KNOWN_AFTER).toISOString();
  const changed = rotated(await store.read(), secret, now, from);
  if (!changed.ok) throw new Refused(changed.refused);
  await store.write(changed.ring);
  return { version: changed.version, from, keys: showKeys(changed.ring, now) };
}

/** `dead`: when the last process has forgotten it, ISO 8601 UTC. */
export async function revoke(
  store: Store,
  version: number,
  now: number,
): Promise<{ version: number; dead: string; keys: KeyShown[] }> {
  const changed = revoked(await store.read(), version, now);
  if (!changed.ok) throw new Refused(changed.refused);
  await store.write(changed.ring);
  return {
    version,
    dead: new Date(now + FRESH_FOR).toISOString(),
    keys: showKeys(changed.ring, now),
  };
}

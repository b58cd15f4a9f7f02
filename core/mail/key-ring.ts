/** The signing keys as they are kept, and how they change: a new one is known everywhere before anything is signed with it. */
import type { Keys } from './token.ts';

/** `keys`: 32 octets each, in base 64, by version. */
export interface KeyRing extends Keys {
  /** Signs from `from` (ISO 8601 UTC, real time) on; until then `current` does. */
  next?: { version: number; from: string };
  /** When each began to sign, ISO 8601 UTC; the first key of a desk has no entry. */
  since?: Readonly<Record<string, string>>;
}

/** Four bits of a token hold the version. */
const MOST_KEYS = 15;

/** `now` in epoch ms of real time: which key signs now. */
export function inForce({ current, keys, next }: KeyRing, now: number): Keys {
  return { current: next && Date.parse(next.from) <= now ? next.version : current, keys };
}

export type Changed = { ok: true; ring: KeyRing; version: number } | { ok: false; refused: string };

/** `secret`: base 64 of 32 octets. `from`: ISO 8601 UTC, late enough that no process still holds a ring without the new key. */
export function rotated(ring: KeyRing, secret: string, now: number, from: string): Changed {
  if (ring.next && Date.parse(ring.next.from) > now)
    return {
      ok: false,
      refused: `Key ${ring.next.version} was made already, and signs from ${ring.next.from} on.`,
    };
  const { current, keys } = inForce(ring, now);
  const version = Array.from({ length: MOST_KEYS }, (_, n) => ((current + n) % MOST_KEYS) + 1).find(
    (free) => !(free in keys),
  );
  if (version === undefined)
    return {
      ok: false,
      refused: `There are ${MOST_KEYS} keys, which is the most. Revoke the oldest: whatever it signed is years old.`,
    };
  return {
    ok: true,
    version,
    ring: {
      current,
      keys: { ...keys, [version]: secret },
      next: { version, from },
      since: { ...ring.since, [version]: from },
    },
  };
}

/** Never the key that signs: mail that leaves until every process knows would carry addresses that are already dead. */
export function revoked(ring: KeyRing, version: number, now: number): Changed {
  const { current, keys } = inForce(ring, now);
  const waiting = ring.next && Date.parse(ring.next.from) > now ? ring.next : null;
  if (!(version in keys))
    return {
      ok: false,
      refused: `There is no key ${version}; there ${Object.keys(keys).length === 1 ? 'is' : 'are'} ${Object.keys(keys).join(', ')}.`,
    };
  if (version === current)
    return {
      ok: false,
      refused: waiting
        ? `Key ${version} still signs. From ${waiting.from} on key ${waiting.version} does, and then ${version} can be revoked.`
        : `Key ${version} signs now. Rotate first; then it can be revoked.`,
    };
  const without = <T>(entries: Readonly<Record<string, T>> = {}) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => name !== String(version)));
  return {
    ok: true,
    version,
    ring: {
      current,
      keys: without(keys),
      ...(waiting && waiting.version !== version ? { next: waiting } : {}),
      since: without(ring.since),
    },
  };
}

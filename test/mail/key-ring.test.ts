import { describe, expect, test } from 'vitest';
import { inForce, type KeyRing, revoked, rotated } from '../../core/mail/key-ring.ts';

const AT = '2026-11-23T10:00:00.000Z';
const now = Date.parse(AT);
const LATER = '2026-11-23T11:00:00.000Z';
const later = Date.parse(LATER);

/** With a key of each version, the first of which signs. */
function ring(...versions: number[]): KeyRing {
  const keys = Object.fromEntries(versions.map((version) => [version, `key ${version}`]));
  return { current: versions[0] as number, keys };
}

function changed(given: ReturnType<typeof rotated>) {
  if (!given.ok) throw new Error(given.refused);
  return given;
}

describe('which key signs', () => {
  const { ring: both } = changed(rotated(ring(1), 'new', now, LATER));

  test('the old one until the new one is known everywhere, to the millisecond', () => {
    expect(inForce(both, later - 1).current).toBe(1);
    expect(inForce(both, later).current).toBe(2);
  });

  test('what either signed is read all the time', () => {
    for (const at of [now, later]) expect(inForce(both, at).keys).toEqual({ 1: 'key 1', 2: 'new' });
  });

  test('without a next one the current one, whatever the time', () => {
    expect(inForce(ring(3, 1), later)).toEqual({ current: 3, keys: { 1: 'key 1', 3: 'key 3' } });
  });
});

describe('a new key', () => {
  test('takes the next version, beside all that are there, and it is known since when', () => {
    expect(rotated(ring(2, 1), 'new', now, LATER)).toEqual({
      ok: true,
      version: 3,
      ring: {
        current: 2,
        keys: { 1: 'key 1', 2: 'key 2', 3: 'new' },
        next: { version: 3, from: LATER },
        since: { 3: LATER },
      },
    });
  });

  test('follows the one that has come into force meanwhile, and keeps when that began', () => {
    const first = changed(rotated(ring(1), 'second', now, LATER)).ring;
    const again = '2026-12-01T00:00:00.000Z';
    expect(changed(rotated(first, 'third', later, again)).ring).toEqual({
      current: 2,
      keys: { 1: 'key 1', 2: 'second', 3: 'third' },
      next: { version: 3, from: again },
      since: { 2: LATER, 3: again },
    });
  });

  test('waits for the one that was made before', () => {
    const first = changed(rotated(ring(1), 'second', now, LATER)).ring;
    expect(rotated(first, 'third', later - 1, LATER)).toEqual({
      ok: false,
      refused: `Key 2 was made already, and signs from ${LATER} on.`,
    });
  });

  test.each<[string, number[], number]>([
    ['begins anew behind the last that four bits hold', [15, 14], 1],
    ['passes over what is still there', [15, 1, 2], 3],
    ['takes the one before its own when that is the last', [5, ...range(6, 15), ...range(1, 3)], 4],
    ['takes the last that four bits hold', [14, 13], 15],
  ])('%s', (_, versions, version) => {
    expect(changed(rotated(ring(...versions), 'new', now, LATER)).version).toBe(version);
  });

  test('is refused when all versions are taken', () => {
    expect(rotated(ring(...range(1, 15)), 'new', now, LATER)).toEqual({
      ok: false,
      refused: 'There are 15 keys, which is the most. Revoke the oldest: whatever it signed is years old.',
    });
  });
});

describe('a key that is revoked', () => {
  test('is gone with all that is known of it, and the others stay', () => {
    const second = changed(rotated(ring(1), 'second', now, AT)).ring;
    expect(revoked(second, 1, now)).toEqual({
      ok: true,
      version: 1,
      ring: { current: 2, keys: { 2: 'second' }, since: { 2: AT } },
    });
  });

  test('may be the one that waits: then none does', () => {
    const both = changed(rotated(ring(1), 'second', now, LATER)).ring;
    expect(changed(revoked(both, 2, now)).ring).toEqual({ current: 1, keys: { 1: 'key 1' }, since: {} });
  });

  test('leaves the one that waits', () => {
    const three = changed(rotated(ring(2, 1), 'third', now, LATER)).ring;
    expect(changed(revoked(three, 1, now)).ring).toEqual({
      current: 2,
      keys: { 2: 'key 2', 3: 'third' },
      next: { version: 3, from: LATER },
      since: { 3: LATER },
    });
  });

  test.each<[string, KeyRing, number, string]>([
    ['is there', ring(1), 7, 'There is no key 7; there is 1.'],
    ['is there, of several', ring(2, 1), 7, 'There is no key 7; there are 1, 2.'],
    ['does not sign', ring(2, 1), 2, 'Key 2 signs now. Rotate first; then it can be revoked.'],
  ])('%s', (_, given, version, refused) => {
    expect(revoked(given, version, now)).toEqual({ ok: false, refused });
  });

  test('does not sign, until the next one does', () => {
    const both = changed(rotated(ring(1), 'second', now, LATER)).ring;
    expect(revoked(both, 1, later - 1)).toEqual({
      ok: false,
      refused: `Key 1 still signs. From ${LATER} on key 2 does, and then 1 can be revoked.`,
    });
    expect(revoked(both, 1, later)).toMatchObject({ ok: true, ring: { current: 2 } });
    expect(revoked(both, 2, later)).toMatchObject({ ok: false });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

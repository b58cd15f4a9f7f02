import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FRESH_FOR, openKeys, readKeyRing, writeKeyRing } from '../../aws/keys.ts';
import { revoke, rotate, showKeys } from '../../cli/keys.ts';
import { inForce, type KeyRing } from '../../core/mail/key-ring.ts';
import { isOneTimeCode, lasting, oneTimeCode, readToken, replyAddress } from '../../core/mail/token.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const MINUTE = 60_000;
const secret = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const FIRST: KeyRing = { current: 1, keys: { '1': secret(1) } };

/** A parameter that remembers. */
function store(ring: KeyRing) {
  const kept = { ring };
  return {
    kept,
    read: async () => kept.ring,
    write: async (ring: KeyRing) => {
      kept.ring = ring;
    },
  };
}

const address = (ring: KeyRing, now: number) =>
  replyAddress(
    'support@desk.example.test',
    { purpose: 'ticket', id: 'T-7K4M2Q', participant: 'nora@example.org', expires: NOW + 90 * 86_400_000 },
    inForce(ring, now),
  );

describe('a rotation', () => {
  test('is known everywhere before anything is signed with it', async () => {
    const parameter = store(FIRST);
    const { version, from } = await rotate(parameter, NOW, secret(2));
    expect({ version, from }).toEqual({ version: 2, from: '2026-11-23T08:06:00.000Z' });
    expect(Date.parse(from) - NOW).toBeGreaterThan(FRESH_FOR);
    const { ring } = parameter.kept;
    expect(inForce(ring, NOW).current).toBe(1);
    expect(inForce(ring, Date.parse(from)).current).toBe(2);
    expect(showKeys(ring, NOW).map(({ state }) => state)).toEqual(['signs', 'will-sign']);
    expect(showKeys(ring, NOW + 7 * MINUTE).map(({ state }) => state)).toEqual(['verifies', 'signs']);
  });

  test('leaves everything valid that is out: addresses, codes, and the organizer of a planned visit', async () => {
    const parameter = store(FIRST);
    const [before, code] = [address(FIRST, NOW), oneTimeCode('mail-1', 1, FIRST)];
    await rotate(parameter, NOW, secret(2));
    const later = NOW + 10 * MINUTE;
    const keys = inForce(parameter.kept.ring, later);
    expect(readToken(before, keys, later)).toMatchObject({ found: 'token', token: { expired: false } });
    expect(readToken(address(parameter.kept.ring, later), keys, later)).toMatchObject({ found: 'token' });
    expect(address(parameter.kept.ring, later)).not.toBe(before);
    expect(oneTimeCode('mail-1', 1, keys)).not.toBe(code);
    expect(isOneTimeCode(code, 'mail-1', 1, keys)).toBe(true);
    expect(isOneTimeCode(code, 'mail-2', 1, keys)).toBe(false);
    expect(lasting(keys).current).toBe(1);
  });

  test('waits for the one before it', async () => {
    const parameter = store(FIRST);
    await rotate(parameter, NOW, secret(2));
    await expect(rotate(parameter, NOW + MINUTE)).rejects.toThrow('Key 2 was made already');
    expect((await rotate(parameter, NOW + 7 * MINUTE, secret(3))).version).toBe(3);
    expect(showKeys(parameter.kept.ring, NOW + 7 * MINUTE).map(({ state }) => state)).toEqual([
      'verifies',
      'signs',
      'will-sign',
    ]);
  });

  test('takes a number that is free, and none of more than fifteen', async () => {
    const all = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [String(n + 1), secret(n + 1)]));
    await expect(rotate(store({ current: 15, keys: all }), NOW)).rejects.toThrow('Revoke the oldest');
    const { '3': _, ...free } = all;
    expect((await rotate(store({ current: 15, keys: free }), NOW)).version).toBe(3);
  });

  test('shows no secret', async () => {
    const parameter = store(FIRST);
    const shown = JSON.stringify(await rotate(parameter, NOW));
    for (const kept of Object.values(parameter.kept.ring.keys)) expect(shown).not.toContain(kept);
  });
});

describe('a revocation', () => {
  test('ends what the key signed, and nothing else', async () => {
    const parameter = store(FIRST);
    await rotate(parameter, NOW, secret(2));
    const later = NOW + 10 * MINUTE;
    const [old, fresh] = [address(FIRST, NOW), address(parameter.kept.ring, later)];
    expect(await revoke(parameter, 1, later)).toMatchObject({ version: 1, dead: '2026-11-23T08:15:00.000Z' });
    const keys = inForce(parameter.kept.ring, later);
    expect(readToken(old, keys, later).found).toBe('forged');
    expect(readToken(fresh, keys, later).found).toBe('token');
  });

  test('never takes the key that signs, and says when it may', async () => {
    const parameter = store(FIRST);
    await expect(revoke(parameter, 1, NOW)).rejects.toThrow('Rotate first');
    await rotate(parameter, NOW, secret(2));
    await expect(revoke(parameter, 1, NOW + MINUTE)).rejects.toThrow(
      'From 2026-11-23T08:06:00.000Z on key 2 does',
    );
    await expect(revoke(parameter, 7, NOW)).rejects.toThrow('There is no key 7; there are 1, 2');
  });

  test('takes back a key that does not sign yet', async () => {
    const parameter = store(FIRST);
    await rotate(parameter, NOW, secret(2));
    await revoke(parameter, 2, NOW + MINUTE);
    expect(parameter.kept.ring).toEqual({ ...FIRST, since: {} });
  });
});

describe('the parameter', () => {
  const ssm = mockClient(SSMClient);
  beforeEach(() => {
    ssm.reset();
    vi.stubEnv('AWS_REGION', 'eu-central-1');
  });

  test('is written whole, encrypted, over the one before', async () => {
    ssm.on(PutParameterCommand).resolves({});
    await writeKeyRing('/replydesk/Desk/keys', FIRST);
    expect(ssm.commandCalls(PutParameterCommand)[0]?.args[0].input).toEqual({
      Name: '/replydesk/Desk/keys',
      Type: 'SecureString',
      Value: JSON.stringify(FIRST),
      Overwrite: true,
    });
  });

  test('signs by its new key from the named instant on, without being read again', async () => {
    const ring: KeyRing = {
      current: 1,
      keys: { '1': secret(1), '2': secret(2) },
      next: { version: 2, from: '2026-11-23T08:01:00.000Z' },
      since: { '2': '2026-11-23T08:01:00.000Z' },
    };
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: JSON.stringify(ring) } });
    expect(await readKeyRing('keys')).toEqual(ring);
    let now = NOW;
    const keys = openKeys('keys', () => now);
    expect((await keys()).current).toBe(1);
    now += 2 * MINUTE;
    expect((await keys()).current).toBe(2);
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(2);
    now += FRESH_FOR;
    await keys();
    expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(3);
  });
});

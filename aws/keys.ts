/** The HMAC keys: one SSM SecureString that the stack's provider function made, and that the admin's CLI changes. */
import * as z from 'zod/mini';
import { inForce, type KeyRing } from '../core/mail/key-ring.ts';
import type { Keys } from '../core/mail/token.ts';
import { parameters } from './clients.ts';

const Version = z.int().check(z.minimum(1), z.maximum(15));
export const KeysParameter = z.object({
  current: Version,
  keys: z.record(z.string(), z.string()),
  next: z.optional(z.object({ version: Version, from: z.iso.datetime() })),
  since: z.optional(z.record(z.string(), z.iso.datetime())),
});

/** Milliseconds. So long a process goes on with what it read: a new key signs later than that, and a revoked one verifies until then. */
export const FRESH_FOR = 5 * 60_000;

/** `realNow` in epoch ms. */
export function openKeys(parameter: string, realNow: () => number): () => Promise<Keys> {
  let read: { at: number; ring: Promise<KeyRing> } | null = null;
  return async () => {
    if (!read || realNow() - read.at > FRESH_FOR) read = { at: realNow(), ring: readKeyRing(parameter) };
    read.ring.catch(() => {
      read = null;
    });
    return inForce(await read.ring, realNow());
  };
}

export async function readKeyRing(parameter: string): Promise<KeyRing> {
  const { ssm, client } = await parameters();
  const { Parameter } = await client.send(
    new ssm.GetParameterCommand({ Name: parameter, WithDecryption: true }),
  );
  return KeysParameter.parse(JSON.parse(Parameter?.Value ?? ''));
}

/** What mail that is out was signed with stays in it, or its answers find no ticket. SSM knows no condition: one admin at a time. */
export async function writeKeyRing(parameter: string, ring: KeyRing): Promise<void> {
  const { ssm, client } = await parameters();
  await client.send(
    new ssm.PutParameterCommand({
      Name: parameter,
      Type: 'SecureString',
      Value: JSON.stringify(ring),
      Overwrite: true,
    }),
  );
}

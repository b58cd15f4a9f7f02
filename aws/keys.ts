/** The HMAC keys: one SSM SecureString that the stack's provider function made. */
import * as z from 'zod';
import type { Keys } from '../core/mail/token.ts';
import { parameters } from './clients.ts';

export const KeysParameter = z.object({
  current: z.int().min(1).max(15),
  keys: z.record(z.string(), z.string()),
});

/** After a rotation an old process may sign with the old key for this long; that key still verifies. */
const FRESH_FOR = 5 * 60_000;

/** `realNow` in epoch ms. */
export function openKeys(parameter: string, realNow: () => number): () => Promise<Keys> {
  let read: { at: number; keys: Promise<Keys> } | null = null;
  return () => {
    if (!read || realNow() - read.at > FRESH_FOR) read = { at: realNow(), keys: fetchKeys(parameter) };
    read.keys.catch(() => {
      read = null;
    });
    return read.keys;
  };
}

async function fetchKeys(parameter: string): Promise<Keys> {
  const { ssm, client } = await parameters();
  const { Parameter } = await client.send(
    new ssm.GetParameterCommand({ Name: parameter, WithDecryption: true }),
  );
  return KeysParameter.parse(JSON.parse(Parameter?.Value ?? ''));
}

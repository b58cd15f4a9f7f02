/** The HMAC keys, made once. `keys.ts` reads them; the admin rotates them. */
import { randomBytes } from 'node:crypto';
import type { Keys } from '../core/mail/token.ts';
import { parameters } from './clients.ts';

/**
 * Never replaces what is there: with other keys no answer to a mail that is already out would find its ticket. A parameter
 * that an earlier desk of the same name left behind is taken over for the same reason.
 */
export async function makeKeys(parameter: string): Promise<'made' | 'were-there'> {
  const { ssm, client } = await parameters();
  const keys: Keys = { current: 1, keys: { '1': randomBytes(32).toString('base64') } };
  try {
    await client.send(
      new ssm.PutParameterCommand({
        Name: parameter,
        Description: 'What Replydesk signs its reply addresses with.',
        Type: 'SecureString',
        Value: JSON.stringify(keys),
        Overwrite: false,
      }),
    );
    return 'made';
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterAlreadyExists') return 'were-there';
    throw error;
  }
}

/** Once an hour: a canary sets out. It is written like everything else that is to leave, and so its mail leaves by OUT. */
import * as z from 'zod/mini';
import { lambda, type World } from './handler.ts';

export const handler = lambda(z.unknown(), (_, world) => sendCanary(world));

export async function sendCanary({ canaries, realNow, log }: World): Promise<void> {
  const sentAt = new Date(realNow()).toISOString();
  await canaries.begin(sentAt);
  log.info('a canary sets out', { sentAt });
}

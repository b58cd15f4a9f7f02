/**
 * Behind the table's stream, beside the relay: what happened is counted, and what has become of mails. A record only says
 * whose turn it is; what counts is read from the table, so that a repeat finds nothing left to do.
 */
import * as z from 'zod/mini';
import { again, stream, type World } from './handler.ts';

/** Keys alone, as the stream writes them. */
export const StreamedKey = z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) });

export const handler = stream(StreamedKey, countMeasures);

/** All or none: what failed is read again with what was not reached. */
export async function countMeasures(
  records: z.output<typeof StreamedKey>[],
  world: World,
): Promise<number[]> {
  const pks = records.map(({ Keys }) => Keys.pk.S);
  const rollups = await world.rollups();
  await again(() => rollups.count(pks, world.realNow()));
  return [];
}

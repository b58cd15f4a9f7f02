/** What lies in the dead-letter queues, in words. */
import * as z from 'zod';
import type { DeadLetter } from '../aws/dead-letters.ts';
import type { DeskConnection } from './connect.ts';
import { Refused } from './refused.ts';

/** What a message is about, as far as its text says so. */
export interface About {
  about: string;
  mailId?: string;
  ticketId?: string;
  update?: string;
}

/** More than this is read in the console. */
const MOST = 100;

export async function overview({ deadLetters, now }: DeskConnection) {
  return Promise.all(
    [...deadLetters].map(async ([queue, letters]) => {
      const [messages, [oldest]] = [await letters.count(), await letters.look(MOST)];
      const ageSeconds = oldest ? Math.max(0, Math.round((now() - Date.parse(oldest.sentAt)) / 1000)) : null;
      return { queue, messages, oldestSentAt: oldest?.sentAt ?? null, ageSeconds };
    }),
  );
}

export async function lookInto(queue: string, desk: DeskConnection) {
  const found = await lettersOf(queue, desk).look(MOST);
  return Promise.all(found.map(async (letter) => ({ ...letter, ...(await aboutOf(letter, desk)) })));
}

export async function redrive(queue: string, desk: DeskConnection) {
  const letters = lettersOf(queue, desk);
  if (!letters.returns)
    throw new Refused(
      `What lies in ${queue} did not come from a queue, and SQS cannot put it back. docs/runbook.md says what to do.`,
    );
  return { queue, ...(await letters.redrive()) };
}

function lettersOf(queue: string, { deadLetters }: DeskConnection) {
  const letters = deadLetters.get(queue);
  if (letters) return letters;
  throw new Refused(
    `There is no dead-letter queue ${queue}; there are ${[...deadLetters.keys()].join(', ')}.`,
  );
}

const Body = z.union([
  z
    .object({ notificationType: z.literal('Received'), mail: z.object({ messageId: z.string() }) })
    .transform(({ mail: { messageId } }): About => ({ about: `mail ${messageId}`, mailId: messageId })),
  z
    .object({ replay: z.string() })
    .transform(({ replay }): About => ({ about: `mail ${replay}, again`, mailId: replay })),
  z.object({ ticketId: z.string(), generation: z.int() }).transform(
    ({ ticketId, generation }): About => ({
      about: `watch g${generation} of ticket ${ticketId}`,
      ticketId,
    }),
  ),
  z
    .object({
      eventType: z.string(),
      mail: z.object({ tags: z.record(z.string(), z.array(z.string())).default({}) }),
    })
    .transform(({ eventType, mail: { tags } }): About => {
      const [update, ticketId] = [tags.update?.[0], tags.ticket?.[0]];
      return {
        about: `${eventType} of update ${update ?? '(unknown)'}${ticketId ? ` of ticket ${ticketId}` : ''}`,
        ...(ticketId ? { ticketId } : {}),
        ...(update ? { update } : {}),
      };
    }),
  z
    .object({
      DDBStreamBatchInfo: z.object({
        batchSize: z.int(),
        startSequenceNumber: z.string(),
        endSequenceNumber: z.string(),
      }),
    })
    .transform(
      ({ DDBStreamBatchInfo: { batchSize, startSequenceNumber, endSequenceNumber } }): About => ({
        about: `${batchSize} records of the stream, from ${startSequenceNumber} to ${endSequenceNumber}`,
      }),
    ),
  z
    .object({ requestContext: z.object({ condition: z.string() }) })
    .transform(({ requestContext }): About => ({ about: `a call: ${requestContext.condition}` })),
]);
const Update = z.union([
  z.object({ pk: z.string(), sk: z.string() }).transform(({ pk, sk }) => ({ pk, sks: [sk] })),
  z
    .object({ pk: z.string(), events: z.array(z.object({ sk: z.string() })) })
    .transform(({ pk, events }) => ({ pk, sks: events.map(({ sk }) => sk) })),
]);

async function aboutOf({ body }: DeadLetter, { tickets, ledger }: DeskConnection): Promise<About> {
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    return { about: 'no message of this desk' };
  }
  const update = Update.safeParse(said);
  if (!update.success) return Body.safeParse(said).data ?? { about: 'no message of this desk' };
  const { pk, sks } = update.data;
  const [what = '', id = ''] = pk.split('#');
  const events = await Promise.all(
    sks.map(async (sk) => {
      const event = await (what === 'MAIL' ? ledger : tickets).event(pk, sk);
      return `${event ? `«${event.kind}»` : 'an event that is not there'}, ${sk}`;
    }),
  );
  const words = `updates about ${events.join('; ')}`;
  return what === 'MAIL'
    ? { about: `${words}, of mail ${id}`, mailId: id }
    : { about: `${words}, of ticket ${id}`, ticketId: id };
}

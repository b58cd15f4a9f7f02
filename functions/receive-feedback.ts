/**
 * What SES says about mail that we sent. `Send` settles a claim whose process died; bounces, complaints and rejections
 * are recorded on the ticket, so that whoever works on it knows that the requester does not hear him.
 */
import * as z from 'zod';
import { personOf } from '../core/mail/standing.ts';
import { change } from '../core/ticket/change.ts';
import type { Happening } from '../core/ticket/ticket.ts';
import { queue, type World } from './handler.ts';

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
export const Feedback = z.object({
  eventType: z.string(),
  mail: z.object({
    messageId: z.string(),
    destination: z.array(z.string()).default([]),
    tags: z.record(z.string(), z.array(z.string())).default({}),
  }),
  bounce: z
    .object({
      bounceType: z.string(),
      bouncedRecipients: z.array(z.object({ emailAddress: z.string(), status: z.string().optional() })),
    })
    .optional(),
  complaint: z.object({ complainedRecipients: z.array(z.object({ emailAddress: z.string() })) }).optional(),
});

/** What SES says once, in plain words, when the event destination is made. */
const isValidation = (body: string) => body.startsWith('Successfully validated SNS topic');

export const handler = queue(Feedback, receiveFeedback, isValidation);

const MONTH = 30 * 86_400_000;

export async function receiveFeedback(feedback: z.output<typeof Feedback>, world: World): Promise<void> {
  const { eventType, mail } = feedback;
  const updateId = mail.tags.update?.[0];
  if (!updateId) return;
  if (eventType === 'Send') return settle(updateId, mail.messageId, world);
  const what = `feedback#${mail.messageId}#${eventType}`;
  const ticketId = mail.tags.ticket?.[0];
  const happenings = happeningsOf(feedback, updateId).filter(
    (event) => !('address' in event) || !personOf(event.address, world.desk),
  );
  if (!ticketId || happenings.length === 0 || (await world.updates.wasOnce(what))) return;
  const ticket = await world.tickets.read(ticketId);
  if (!ticket) return;
  await world.tickets.commit(
    change(ticket, happenings, world.now(), world.desk),
    [],
    [world.updates.onceWith(what, world.realNow() + MONTH)],
  );
}

/** Usually the sender recorded it long ago. */
async function settle(updateId: string, messageId: string, world: World): Promise<void> {
  const update = await world.updates.read(updateId);
  if (update?.state !== 'sending') return;
  await world.updates.settle({
    ...update,
    state: 'sent',
    messageId: await world.mailer.messageIdOf(messageId),
  });
  world.log.info('settled by its Send event', { update: updateId });
}

function happeningsOf(
  { eventType, mail, bounce, complaint }: z.output<typeof Feedback>,
  update: string,
): Happening[] {
  switch (eventType) {
    case 'Bounce':
      return (bounce?.bouncedRecipients ?? []).map(({ emailAddress, status }) => ({
        kind: 'delivery-failed',
        address: emailAddress.toLowerCase(),
        permanent: bounce?.bounceType === 'Permanent',
        status: status ?? null,
        update,
      }));
    case 'Reject':
    case 'Rendering Failure':
      return mail.destination.map((address) => ({
        kind: 'delivery-failed',
        address: address.toLowerCase(),
        permanent: true,
        status: null,
        update,
      }));
    case 'Complaint':
      return (complaint?.complainedRecipients ?? []).map(({ emailAddress }) => ({
        kind: 'complained',
        address: emailAddress.toLowerCase(),
      }));
    default:
      return [];
  }
}

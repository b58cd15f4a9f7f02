/**
 * What SES says about mail that we sent. `Send` settles a claim whose process died; bounces, complaints and rejections
 * are recorded on the ticket, so that whoever works on it knows that the requester does not hear him.
 */
import * as z from 'zod/mini';
import type { Desk } from '../core/config/desk.ts';
import { personOf } from '../core/mail/standing.ts';
import { change } from '../core/ticket/change.ts';
import type { Happening, Ticket } from '../core/ticket/ticket.ts';
import { failed, mark, type Undeliverable } from '../core/ticket/undeliverable.ts';
import { queue, type World } from './handler.ts';

const Recipient = z.object({ emailAddress: z.string(), status: z.optional(z.string()) });

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
export const Feedback = z.object({
  eventType: z.string(),
  mail: z.object({
    messageId: z.string(),
    destination: z._default(z.array(z.string()), []),
    tags: z._default(z.record(z.string(), z.array(z.string())), {}),
  }),
  bounce: z.optional(z.object({ bounceType: z.string(), bouncedRecipients: z.array(Recipient) })),
  complaint: z.optional(z.object({ complainedRecipients: z.array(z.object({ emailAddress: z.string() })) })),
  deliveryDelay: z.optional(z.object({ delayedRecipients: z.array(Recipient) })),
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
  if (!ticketId || (await world.updates.wasOnce(what))) return;
  const ticket = await world.tickets.read(ticketId);
  const now = world.now();
  const said = ticket && sayingOf(feedback, updateId, ticket, now, world.desk);
  if (!ticket || !said || said.happenings.length === 0) return;
  const realNow = world.realNow();
  await world.tickets.commit(
    change(ticket, said.happenings, now, world.desk),
    [],
    [
      world.updates.onceWith(what, realNow + MONTH),
      ...world.addresses.writes({ undeliverable: said.undeliverable }, now, realNow),
    ],
  );
}

/** Usually the sender recorded it long ago. */
async function settle(updateId: string, messageId: string, world: World): Promise<void> {
  const update = await world.updates.read(updateId);
  if (update?.state !== 'sending') return;
  const sent = await world.mailer.messageIdOf(messageId);
  await world.updates.settle({ ...update, state: 'sent', messageId: sent }, world.realNow());
  world.log.info('settled by its Send event', { update: updateId });
}

interface Saying {
  happenings: Happening[];
  /** Where nothing will arrive any more, or is not wanted. */
  undeliverable: Undeliverable[];
}

/** Of mail to the desk's own people nothing is recorded: no ticket waits for them. */
function sayingOf(
  { eventType, mail, bounce, complaint, deliveryDelay }: z.output<typeof Feedback>,
  update: string,
  ticket: Ticket,
  now: string,
  desk: Desk,
): Saying {
  const outside = <R extends { emailAddress: string }>(recipients: R[] = []) =>
    recipients
      .map((recipient) => ({ ...recipient, address: recipient.emailAddress.toLowerCase() }))
      .filter(({ address }) => !personOf(address, desk));
  switch (eventType) {
    case 'Bounce': {
      const permanent = bounce?.bounceType === 'Permanent';
      const failures = outside(bounce?.bouncedRecipients).map(({ address, status = null }) => ({
        ...{ address, status, permanent, update },
      }));
      return {
        happenings: failed(ticket, failures, now),
        undeliverable: permanent
          ? failures.map(({ address, status }) => mark(address, 'bounce', status, now))
          : [],
      };
    }
    // It is our mail that SES does not take: that says nothing of the address.
    case 'Reject':
    case 'Rendering Failure': {
      const refused = outside(mail.destination.map((emailAddress) => ({ emailAddress })));
      const facts = { kind: 'delivery-failed', permanent: true, status: null, update } as const;
      return { happenings: refused.map(({ address }) => ({ ...facts, address })), undeliverable: [] };
    }
    case 'DeliveryDelay':
      return {
        happenings: outside(deliveryDelay?.delayedRecipients).map(({ address, status = null }) => ({
          ...{ kind: 'delivery-delayed', address, status, update },
        })),
        undeliverable: [],
      };
    case 'Complaint': {
      const complaints = outside(complaint?.complainedRecipients);
      return {
        happenings: complaints.map(({ address }) => ({ kind: 'complained', address })),
        undeliverable: complaints.map(({ address }) => mark(address, 'complaint', null, now)),
      };
    }
    default:
      return { happenings: [], undeliverable: [] };
  }
}

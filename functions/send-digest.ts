/** A digest or a report leaves: as its tickets are now, for whom they are now. */
import { InvalidInputError } from '../core/faults.ts';
import type { Outgoing } from '../core/mail/compose.ts';
import { personOf } from '../core/mail/standing.ts';
import { digestId, replyAddress } from '../core/mail/token.ts';
import { mayRead, type Plan, updateId } from '../core/ticket/audience.ts';
import { digestView } from '../templates/digest/view.ts';
import { renderUpdate } from '../templates/render.ts';
import { deliver } from './deliver.ts';
import type { World } from './handler.ts';
import type { reportMail } from './report-mail.ts';
import type { writeAsked } from './write-report.ts';

/** A digest or a report: as its tickets are now. What its reader may not read any more is not in it, and keeps its number. */
export async function sendDigest(pk: string, sk: string, world: World): Promise<void> {
  const { desk } = world;
  const digest = await world.digests.event(pk, sk);
  if (!digest) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  const person = personOf(digest.person, desk);
  if (!person) return;
  const found = await world.tickets.readAll(digest.entries.map(({ ticketId }) => ticketId));
  const tickets = new Map(
    found
      .filter((ticket) => mayRead(person.address, ticket, desk) && (desk.shadow || !ticket.shadow))
      .map((ticket) => [ticket.id, ticket]),
  );
  const { kind } = digest;
  if (kind === 'nothing-to-tell' || (kind === 'digest' && tickets.size === 0)) return;
  const id = digestId(digest.number);
  const plan: Plan = {
    ...{ id: updateId(id, kind, person.address), kind, to: person },
    ...{ audience: person.role === 'agent' ? 'agent' : 'lead', message: null, history: false, speaker: null },
  };
  const own = desk.addresses.find(({ team }) => team === person.team) ?? desk.addresses[0];
  if (!own) throw new TypeError('a desk has an address');
  const write = async (): Promise<Outgoing> => {
    const replyTo = await digestAddress(own.address, id, person.address, digest.answerableUntil, world);
    return {
      ...{ id: plan.id, kind, ticketId: null, audience: plan.audience, personal: false, replyTo },
      ...{
        from: { address: own.address, name: own.name },
        to: { address: person.address, name: person.name },
      },
      ...{
        cc: [],
        messageId: `${plan.id}@${desk.domain}`,
        inReplyTo: null,
        references: [],
        date: world.now(),
      },
      ...(digest.kind === 'report'
        ? await writeReportMail({ plan, report: digest, person, tickets, replyTo }, world)
        : {
            content: renderUpdate(digestView({ plan, digest, tickets, person, desk, now: world.now() })),
            files: [],
          }),
    };
  };
  await deliver(plan, null, write, world);
}

/** A few a week, and a table's writer with it: no other mail waits until that is loaded. */
async function writeReportMail(...given: Parameters<typeof reportMail>): ReturnType<typeof reportMail> {
  const { reportMail } = await import('./report-mail.ts');
  return reportMail(...given);
}

/** Each in a mail of its own, beside the transcript that says so. */
export async function writeReportsAsked(...given: Parameters<typeof writeAsked>): Promise<void> {
  if (!given[0].some(({ what }) => what === 'report')) return;
  const { writeAsked } = await import('./write-report.ts');
  await writeAsked(...given);
}

/** Where lines such as `1 close` mean the tickets of this digest. */
export async function digestAddress(
  mailbox: string,
  id: string,
  participant: string,
  expires: number,
  { keys }: World,
): Promise<string> {
  return replyAddress(mailbox, { purpose: 'digest', id, participant, expires }, await keys());
}

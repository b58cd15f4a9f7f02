/** Refusals and codes, and that an agent is away: what somebody is told outside of any ticket. */
import { InvalidInputError } from '../core/faults.ts';
import type { Outgoing } from '../core/mail/compose.ts';
import type { MailEvent } from '../core/mail/record.ts';
import { personOf } from '../core/mail/standing.ts';
import { oneTimeCode, replyAddress } from '../core/mail/token.ts';
import { type Plan, updateId } from '../core/ticket/audience.ts';
import { ANSWERABLE_FOR } from '../core/ticket/digest.ts';
import { noticeView } from '../templates/notices.ts';
import { renderUpdate } from '../templates/render.ts';
import { inWords, lookAll, servicesIn } from './asked.ts';
import { deliver } from './deliver.ts';
import type { World } from './handler.ts';
import { digestAddress, writeReportsAsked } from './send-digest.ts';

/** Refusals and codes, and that an agent is away: what somebody is told outside of any ticket. */
export async function answerSender(pk: string, sk: string, world: World): Promise<void> {
  const event = await world.ledger.event(pk, sk);
  if (!event) throw new InvalidInputError(`there is no event ${pk} ${sk}`);
  const { kind, audience: usual } = MAILS[event.kind];
  const outside = event.kind === 'commanded' && !personOf(event.to.address, world.desk);
  const audience = outside ? 'requester' : usual;
  if (event.kind === 'refused' && !(await mayRefuse(event, pk, world))) return;
  if (event.kind === 'away' && !(await mayTell(event, pk, world))) return;
  const id = updateId(`${pk.slice('MAIL#'.length)}-${event.number}`, kind, event.to.address);
  const plan: Plan = {
    id,
    kind,
    to: event.to,
    audience,
    message: null,
    history: false,
    speaker: null,
  };
  await deliver(plan, null, () => writeToSender(plan, event, pk.slice('MAIL#'.length), world), world);
  if (event.kind === 'commanded')
    await writeReportsAsked(event.looks, event.to.address, `${pk} ${sk}`, world);
}

const DAY = 86_400_000;

const MAILS = {
  refused: { kind: 'refusal', audience: 'sender' },
  held: { kind: 'code', audience: 'agent' },
  away: { kind: 'note', audience: 'lead' },
  left: { kind: 'note', audience: 'lead' },
  commanded: { kind: 'transcript', audience: 'agent' },
} as const satisfies Record<MailEvent['kind'], Pick<Plan, 'kind' | 'audience'>>;

/** Two notices that come at the same moment say the same. */
async function mayTell(
  { person, until }: Extract<MailEvent, { kind: 'away' }>,
  pk: string,
  world: World,
): Promise<boolean> {
  const realNow = world.realNow();
  return world.updates.once(`away#${person}#${until}`, pk, realNow + 2 * DAY, realNow);
}

/** One refusal for each sender, reason and day: two machines that answer each other fall silent. */
async function mayRefuse(
  { to, reason, at }: Extract<MailEvent, { kind: 'refused' }>,
  pk: string,
  world: World,
): Promise<boolean> {
  const realNow = world.realNow();
  return world.updates.once(
    `refusal#${to.address}#${reason}#${at.slice(0, 10)}`,
    pk,
    realNow + 2 * DAY,
    realNow,
  );
}

async function writeToSender(plan: Plan, event: MailEvent, mailId: string, world: World): Promise<Outgoing> {
  const { desk } = world;
  const keys = await world.keys();
  const mailbox = desk.addresses[0];
  if (!mailbox) throw new TypeError('a desk has an address');
  const expires = world.realNow() + DAY;
  const replyTo =
    event.kind === 'held'
      ? replyAddress(
          mailbox.address,
          { purpose: 'code', id: event.codeId, participant: event.to.address, expires },
          keys,
        )
      : event.kind === 'commanded' && event.digest
        ? await digestAddress(
            mailbox.address,
            event.digest,
            event.to.address,
            world.realNow() + ANSWERABLE_FOR,
            world,
          )
        : mailbox.address;
  const code = event.kind === 'held' ? oneTimeCode(mailId, event.round, keys) : null;
  const found = event.kind === 'commanded' ? await lookAll(event.looks, event.to.address, world) : [];
  // Who asks for his own tickets is spoken to as in the newest of them.
  const own = found.flatMap((each) => (each.look.what === 'own' && 'tickets' in each ? each.tickets : []));
  const language = own[0]?.language ?? event.language;
  const shown = (await inWords(found, event.to.address, language, world)).join('\n\n\n');
  return {
    id: plan.id,
    kind: plan.kind,
    ticketId: null,
    audience: plan.audience,
    personal: false,
    from: { address: mailbox.address, name: mailbox.name },
    to: event.to,
    replyTo,
    cc: [],
    messageId: `${plan.id}@${desk.domain}`,
    inReplyTo: event.messageId,
    references: event.messageId ? [event.messageId] : [],
    date: world.now(),
    content: renderUpdate(
      noticeView({
        ...{ plan, event: { ...event, language }, code, shown, desk },
        services: servicesIn(found, event.to.address, language, world),
      }),
    ),
    files: [],
  };
}

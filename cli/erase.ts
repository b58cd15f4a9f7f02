/** What erasing a person would take, in words, and the certificate of what it took. */
import type { KeptBy } from '../aws/backups.ts';
import type { Erasure, Traces } from '../aws/erasure.ts';
import type { Desk } from '../core/config/desk.ts';
import { personOf } from '../core/mail/standing.ts';
import { Refused } from './refused.ts';

/** A rough form is enough: it is what the table is searched for. */
export function addressOf(text: string): string {
  const address = text.trim().toLowerCase();
  if (/^[^\s@<>"]{1,64}@[^\s@<>"]{3,255}$/.test(address)) return address;
  throw new Refused(`«${text}» is no address; allowed is one such as nora@example.org.`);
}

/** The desk would go on writing to its own people, and could not say who did what. */
export function refuseStaff(address: string, desk: Desk): void {
  const person = personOf(address, desk);
  if (person)
    throw new Refused(
      `${address} is ${person.name} of the desk's people. Take him out of desk.yaml and deploy: the desk gives his tickets to others. Then erase him.`,
    );
  if (desk.addresses.some((each) => each.address === address))
    throw new Refused(`${address} is one of the desk's own addresses; it names nobody.`);
}

export function describeTraces(address: string, traces: Traces): string {
  const { tickets, messages, named, events, mails, updates, articles, remembered, bodies, others } = traces;
  const his = messages.filter((each) => each.his);
  const ownMails = mails.filter((each) => each.his);
  const running = tickets.filter(({ status }) => status !== 'closed');
  const lines = [
    ...tickets.map(
      ({ id, subject, status, messages: all, byOthers, files, mails: raw }) =>
        `ticket ${id} «${subject}», ${status}: ${all} messages (${byOthers} by others), ${files} files, ${raw} raw mails`,
    ),
    ...line(
      his.length,
      'of his messages in others’ tickets, with their files',
      his.map(({ id }) => id),
    ),
    ...line(messages.length - his.length, 'messages of others lose his address; their raw mail goes'),
    ...line(named.length, 'others’ tickets in which he takes part no more, or is not named', named),
    ...line(events, 'events of others’ tickets name him by his pseudonym'),
    ...line(ownMails.length, 'records of his mails lose sender and subject; the raw mail goes'),
    ...line(mails.length - ownMails.length, 'records of others’ mails lose his address; the raw mail goes'),
    ...line(updates, 'records of mail to him lose his address'),
    ...line(articles.length, 'articles lose his address', articles),
    ...line(bodies.length, 'long texts in the bucket lose his address'),
    ...line(remembered.length, 'things that are remembered of his address are forgotten', remembered),
    ...line(others.length, 'other records lose his address', others),
  ];
  if (lines.length === 0) return `Nothing here names ${address}.`;
  return [
    `What erasing ${address} would do:`,
    ...lines.map((each) => `  ${each}`),
    ...(running.length > 0
      ? [`Not closed yet: ${running.map(({ id }) => id).join(', ')}. Nobody will answer there any more.`]
      : []),
    `Nothing has been changed. To do it: desk erase ${address} --confirm ${address}`,
  ].join('\n');
}

const MOST_SHOWN = 10;

function line(count: number, what: string, which: string[] = []): string[] {
  if (count === 0) return [];
  const shown = which.slice(0, MOST_SHOWN);
  const more = which.length > shown.length ? ` and ${which.length - shown.length} more` : '';
  return [`${count} ${what}${shown.length > 0 ? `: ${shown.join(', ')}${more}` : ''}`];
}

export interface Certificate {
  person: string;
  pseudonym: string;
  /** When it began, ISO 8601 UTC. */
  at: string;
  erased: {
    tickets: string[];
    messages: number;
    mails: number;
    events: number;
    updates: number;
    articles: number;
    remembered: number;
    others: number;
  };
  /** Of the list that goes with it, a line for each thing. */
  list: { things: number; sha256: string };
  /** What still named him at the end: empty, or mail that came in while it ran. */
  left: string[];
  /** Who still holds what was erased, and until when. */
  held: { where: string; until: string }[];
}

const DAY = 86_400_000;

export function certificateOf(
  person: string,
  at: string,
  traces: Traces,
  { pseudonym, list, listHash, left }: Erasure,
  kept: KeptBy | null,
  desk: Desk,
): Certificate {
  const { tickets, messages, mails, events, updates, articles, remembered, others } = traces;
  const until = (days: number) => new Date(Date.parse(at) + days * DAY).toISOString();
  const logs = Number.parseInt(desk.retention.logs, 10);
  return {
    ...{ person, pseudonym, at },
    erased: {
      tickets: tickets.map(({ id }) => id),
      messages:
        messages.filter(({ his }) => his).length + tickets.reduce((sum, each) => sum + each.messages, 0),
      mails: mails.length + tickets.reduce((sum, each) => sum + each.mails, 0),
      ...{ events, updates },
      articles: articles.length,
      remembered: remembered.length,
      others: others.length,
    },
    list: { things: list.length, sha256: listHash },
    left,
    held: [
      ...(kept === null
        ? [
            { where: 'This laptop keeps no backups of its own.', until: at },
            {
              where: 'Its data folder keeps what it sent, for the mailbox page, until npm start -- --fresh.',
              until: 'unknown',
            },
          ]
        : [
            ...(kept.tableDays > 0
              ? [
                  {
                    where: `The table can be put back to any second of the last ${kept.tableDays} days (point-in-time recovery).`,
                    until: until(kept.tableDays),
                  },
                ]
              : []),
            kept.bucketVersions === 'off'
              ? { where: 'The bucket keeps no versions: what was deleted is gone.', until: at }
              : {
                  where: `The bucket's versioning is ${kept.bucketVersions}: older versions stay until somebody deletes them.`,
                  until: 'unknown',
                },
            {
              where: 'Queues and dead-letter queues hold notifications of mail for 14 days.',
              until: until(14),
            },
          ]),
      {
        where: `Logs are kept for ${logs} days. They hold ids of mails and tickets, and no addresses or words.`,
        until: until(logs),
      },
      {
        where:
          'Folders of desk export and desk backup, and mailboxes of those who were written to, are not known to the desk.',
        until: 'unknown',
      },
    ],
  };
}

export function describeCertificate({
  person,
  pseudonym,
  at,
  erased,
  list,
  left,
  held,
}: Certificate): string {
  return [
    'Certificate of erasure',
    '',
    `Of:    ${person}`,
    `Begun: ${at}`,
    '',
    `${erased.tickets.length} tickets: ${erased.tickets.join(', ') || 'none'}`,
    `${erased.messages} messages, ${erased.mails} mails, ${erased.events} events, ${erased.updates} records of mail to him,`,
    `${erased.articles} articles, ${erased.remembered} things that were remembered of his address, ${erased.others} others.`,
    '',
    `The ids of his tickets are not given to anybody else. What happened, and when, stays in the audit trail, which names`,
    `him ${pseudonym}. The key by which that could be told to be him is deleted.`,
    '',
    `List of ${list.things} things, SHA-256 ${list.sha256}`,
    left.length === 0
      ? 'Nothing names him any more.'
      : `These still name him; run it again: ${left.join(', ')}`,
    '',
    'Copies:',
    ...held.map(({ where, until }) => `- ${where}${until === at ? '' : ` Until ${until}.`}`),
    '',
    'Not searched: files that others sent, and raw mail of others that became no message; what in words describes him',
    'without his address.',
  ].join('\n');
}

/** What happens to a desk, and what was before. */

import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import type { Desk } from '../../core/config/desk.ts';
import { loadDesk } from '../../core/config/load.ts';
import { MARTHA, MONDAY, NORA, PROVEN } from '../../test/sample.ts';
import { type Run, until } from './desk.ts';
import { type Sent, sendTo } from './site.ts';

export interface Scenario {
  name: string;
  /** Nothing goes wrong here. */
  begin(run: Run): Promise<void>;
  /** What comes from outside; of all calls that are made then, each is a point. */
  act(run: Run): Promise<void>;
}

export const BEGIN = Date.parse(MONDAY);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** All that comes of a mail has been done by then, a held answer and the measures with it. */
const QUIET = 5 * MINUTE;

const HELENE = 'helene.roth@example.test';
const ADA = 'ada.osei@example.test';

export function drillDesk(): Desk {
  const loaded = loadDesk(readFileSync('desk.yaml', 'utf8'));
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('; '));
  return loaded.desk;
}

const goOn = (run: Run, ms: number) => until(run, run.site.now + ms);
const printer = (run: Run, mailId = 'printer', subject = 'The printer is jammed') =>
  write(run, { mailId, from: NORA, subject, text: 'It eats the paper.', file: 'jam.txt' });

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'new mail',
    begin: async () => {},
    async act(run) {
      printer(run);
      await goOn(run, QUIET);
    },
  },
  {
    name: 'reply',
    async begin(run) {
      printer(run);
      await goOn(run, QUIET);
    },
    async act(run) {
      await answer(run, { mailId: 'reply', kind: 'acknowledgement', to: NORA, text: 'It smokes, too.' });
      await goOn(run, QUIET);
    },
  },
  {
    name: 'command',
    async begin(run) {
      printer(run);
      await goOn(run, QUIET);
    },
    async act(run) {
      const text = 'Please take the paper out.\n\n#priority P2\n#tag +paper';
      await answer(run, { mailId: 'command', kind: 'assignment', text });
      await goOn(run, QUIET);
    },
  },
  {
    name: 'merge',
    async begin(run) {
      printer(run);
      await goOn(run, QUIET);
      printer(run, 'again', 'It is jammed once more');
      await goOn(run, QUIET);
    },
    async act(run) {
      const [first, second] = run.site.sent.filter(({ kind }) => kind === 'acknowledgement');
      await answer(run, {
        mailId: 'merge',
        kind: 'assignment',
        about: second,
        text: `#merge ${first?.ticketId}`,
      });
      await goOn(run, QUIET);
    },
  },
  {
    name: 'escalation',
    async begin(run) {
      printer(run);
      await goOn(run, 2.9 * HOUR);
    },
    // Its warning, and that the first response is late: the lead is told, and it climbs.
    act: (run) => goOn(run, 1.3 * HOUR),
  },
  {
    name: 'bounce',
    async begin(run) {
      printer(run);
      await goOn(run, QUIET);
    },
    async act(run) {
      const bouncedRecipients = [{ emailAddress: NORA, status: '5.1.1' }];
      report(run, 'acknowledgement', 'Bounce', { bounce: { bounceType: 'Permanent', bouncedRecipients } });
      await goOn(run, QUIET);
    },
  },
  {
    name: 'approval',
    async begin(run) {
      printer(run);
      await goOn(run, QUIET);
      const text = `#approval ${MARTHA} a new printer, 300 €`;
      await answer(run, { mailId: 'asks', kind: 'assignment', text });
      await goOn(run, QUIET);
    },
    async act(run) {
      await answer(run, { mailId: 'vote', kind: 'approval', text: 'approve\n\nThe small one.' });
      await goOn(run, QUIET);
    },
  },
  {
    name: 'digest',
    async begin(run) {
      write(run, {
        mailId: 'pay',
        from: NORA,
        to: 'hr@desk.example.test',
        subject: 'Payslip',
        text: 'It is wrong.',
      });
      await goOn(run, QUIET);
      await answer(run, { mailId: 'gives', kind: 'assignment', text: `#assign ${HELENE}`, from: ADA });
      await goOn(run, QUIET);
      await until(run, Date.parse('2026-11-24T06:30:00.000Z'));
    },
    // Her working day begins, and she is handed what waited.
    async act(run) {
      callDigests(run, 4);
      await goOn(run, 90 * MINUTE);
      const [digest] = run.site.sent.filter(({ kind }) => kind === 'digest');
      if (digest) await answer(run, { mailId: 'lines', kind: 'digest', text: '1 priority P2' });
      await goOn(run, QUIET);
    },
  },
  {
    name: 'feedback',
    async begin(run) {
      printer(run);
      await goOn(run, QUIET);
    },
    async act(run) {
      const delayedRecipients = [{ emailAddress: NORA, status: '4.4.7' }];
      report(run, 'acknowledgement', 'DeliveryDelay', { deliveryDelay: { delayedRecipients } });
      const complainedRecipients = [{ emailAddress: NORA }];
      report(run, 'acknowledgement', 'Complaint', { complaint: { complainedRecipients } });
      await goOn(run, QUIET);
    },
  },
];

/** Every quarter of an hour from now. */
function callDigests({ site }: Run, times: number): void {
  for (let n = 0; n < times; n++)
    site.calls.push({ fn: 'send-digests', at: site.now + 15 * MINUTE * (n + 1), left: 2 });
}

interface Written {
  mailId: string;
  from: string;
  to?: string;
  subject: string;
  text: string;
  file?: string;
  inReplyTo?: string;
  isProven?: boolean;
}

/** SES writes it into the bucket, and says so. */
function write({ site }: Run, written: Written): void {
  const {
    mailId,
    from,
    to = 'support@desk.example.test',
    subject,
    text,
    file,
    inReplyTo,
    isProven,
  } = written;
  const part = (lines: string[]) => ['--b', ...lines];
  const lines = [
    ...[`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${mailId}@mail.example.org>`],
    ...(inReplyTo ? [`In-Reply-To: <${inReplyTo}>`] : []),
    ...['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', ''],
    ...part(['Content-Type: text/plain; charset=utf-8', '', text]),
    ...(file
      ? part([`Content-Type: text/plain; name="${file}"`, 'Content-Disposition: attachment', '', 'A file.'])
      : []),
    ...['--b--', ''],
  ];
  const key = `in/${mailId}`;
  site.objects.set(key, { content: Buffer.from(lines.join('\r\n')), at: site.now });
  const timestamp = new Date(site.now).toISOString();
  const verdicts = isProven ? PROVEN : { spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' };
  const notification = {
    notificationType: 'Received',
    mail: { messageId: mailId, timestamp, source: from },
    receipt: {
      ...{ timestamp, recipients: [to] },
      ...{ spfVerdict: { status: verdicts.spf }, dkimVerdict: { status: verdicts.dkim } },
      ...{ dmarcVerdict: { status: verdicts.dmarc }, dmarcPolicy: 'none' },
      ...{ spamVerdict: { status: 'PASS' }, virusVerdict: { status: 'PASS' } },
      action: { type: 'S3', bucketName: 'drill', objectKey: key },
    },
  };
  sendTo(site, 'mail', JSON.stringify(notification), 100);
}

/** The last mail of the kind, to this address or about the same ticket as another one. */
function last({ site }: Run, kind: string, to?: string, about?: Sent): Sent {
  const found = site.sent.findLast(
    (each) =>
      each.kind === kind &&
      (to === undefined || each.to === to) &&
      (about === undefined || each.ticketId === about.ticketId),
  );
  if (!found)
    throw new Error(
      `no ${kind} has left; but ${site.sent.map((each) => `${each.kind} to ${each.to}`).join(', ')}`,
    );
  return found;
}

async function answer(
  run: Run,
  {
    mailId,
    kind,
    to,
    text,
    about,
    from,
  }: { mailId: string; kind: string; to?: string; text: string; about?: Sent; from?: string },
): Promise<void> {
  const mail = last(run, kind, to, about);
  const { subject = '', replyTo } = await simpleParser(Buffer.from(mail.raw));
  write(run, {
    ...{ mailId, from: from ?? mail.to, to: replyTo?.value[0]?.address, subject: `Re: ${subject}`, text },
    ...{ inReplyTo: `${mail.messageId}@email.amazonses.com`, isProven: mail.to.endsWith('@example.test') },
  });
}

/** SES says what became of a mail. */
function report(run: Run, kind: string, eventType: string, more: object): void {
  const { messageId, to, tags } = last(run, kind);
  const said = { eventType, mail: { messageId, destination: [to], tags }, ...more };
  sendTo(run.site, 'feedback', JSON.stringify(said), 1000);
}

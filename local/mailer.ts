/**
 * SES v1, sending: takes a mail as SendRawEmail does, makes of it what recipients would see, keeps it for the mailbox
 * page, and publishes what becomes of it through the configuration set. The mail, its events and its way to the
 * relay commit together.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DeskClock } from './clock.ts';
import { AwsFault } from './fault.ts';
import type { Service } from './gateway.ts';
import type { Field } from './headers.ts';
import { fieldValue, mailDate, readHead } from './headers.ts';
import { drill, eventsOf } from './mail-events.ts';
import type { Fields } from './protocol.ts';
import type { Receiver } from './receipt.ts';
import type { State } from './state.ts';
import type { Topics } from './topics.ts';

export interface ConfigurationSet {
  name: string;
  /** Event types in lower case. */
  destinations: { topicArn: string; events: string[] }[];
}

export interface MailerSetting {
  /** Domains and addresses in whose name the account may write. */
  identities: string[];
  configurationSets: ConfigurationSet[];
}

/** A mail that went out, as its `.json` beside the `.eml` says it. */
export interface SentMail {
  id: string;
  /** ISO 8601 UTC, desk time. */
  at: string;
  source: string;
  recipients: string[];
  subject: string;
  /** X-Replydesk-Update and X-Replydesk-Ticket. */
  update: string | null;
  ticket: string | null;
  tags: Record<string, string>;
  /** What became of it, by what the address's name orders. */
  outcome: 'delivered' | 'bounced' | 'complained' | 'suppressed' | 'rejected';
}

export interface Mailer {
  service: Service;
  /** What SES says on a topic when it is made an event destination. It is not JSON. */
  announce(): void;
  /** Everybody who got mail, and how much of it. */
  people(): { address: string; mails: number }[];
  /** Newest first. */
  mailbox(address: string, most: number): SentMail[];
  find(id: string): { mail: SentMail; file: string } | null;
  /** Is there mail on its way back to the desk's own addresses? */
  isBusy(): boolean;
  stop(): void;
}

interface World {
  state: State;
  clock: DeskClock;
  topics: Topics;
  receiver: Receiver;
  dataDir: string;
  region: string;
  accountId: string;
  /** Hears of each recipient that a relay should have the mail for, within the transaction. */
  relay(id: string, recipients: string[]): void;
  mayPublish(configurationSet: string, topicArn: string): void;
  report(fault: unknown): void;
}

const LARGEST_MAIL = 10 * 1024 * 1024;
const MOST_RECIPIENTS = 50;
/**
 * https://docs.aws.amazon.com/ses/latest/dg/header-fields.html: these may stand once. And RFC 5322 3.6 says it of `bcc`,
 * `cc` and `to`.
 */
const ONCE = new Set(
  [
    'accept-language acceptlanguage archived-at auto-submitted bounces-to comments content-alternative content-base',
    'content-class content-description content-disposition content-duration content-id content-language content-length',
    'content-location content-md5 content-transfer-encoding content-type date delivered-to',
    'disposition-notification-options disposition-notification-to dkim-signature domainkey-signature errors-to from',
    'importance in-reply-to keywords list-archive list-help list-id list-owner list-post list-subscribe',
    'list-unsubscribe list-unsubscribe-post message-context message-id mime-version organization original-from',
    'original-message-id original-recipient original-subject precedence priority references reply-to return-path',
    'return-receipt-to sender solicitation sensitivity subject thread-index thread-topic user-agent vbr-info bcc cc to',
  ].flatMap((names) => names.split(' ')),
);
/** In a header SES reads orders that the call has as well; two ways of saying it would be one too many here. */
const ORDERS = /^x-ses-(configuration-set|message-tags|source-arn|from-arn|return-path-arn)$/;
/** https://docs.aws.amazon.com/ses/latest/APIReference/API_MessageTag.html */
const TAG = /^[A-Za-z0-9_-]{1,256}$/;

/** SES signs what the desk sends in the desk's name. */
const PROVEN = {
  spf: 'PASS',
  dkim: 'PASS',
  dmarc: 'PASS',
  spam: 'PASS',
  virus: 'PASS',
  policy: 'none',
} as const;

export function openMailer(world: World, setting: MailerSetting): Mailer {
  const { state, clock, topics, receiver, region, accountId } = world;
  const sent = join(world.dataDir, 'sent');
  const unfinished = join(sent, '.unfinished');
  mkdirSync(unfinished, { recursive: true });
  state.db.exec(`
    CREATE TABLE IF NOT EXISTS sent (id TEXT PRIMARY KEY, mail TEXT NOT NULL, comes_back INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS sent_coming_back ON sent (comes_back) WHERE comes_back = 1;
    CREATE TABLE IF NOT EXISTS sent_to (recipient TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (recipient, id)) STRICT, WITHOUT ROWID;
  `);
  const sql = {
    insert: state.db.prepare('INSERT INTO sent VALUES (?, ?, ?)'),
    address: state.db.prepare('INSERT INTO sent_to VALUES (?, ?)'),
    find: state.db.prepare('SELECT mail FROM sent WHERE id = ?'),
    comingBack: state.db.prepare('SELECT id, mail FROM sent WHERE comes_back = 1'),
    cameBack: state.db.prepare('UPDATE sent SET comes_back = 0 WHERE id = ?'),
    people: state.db.prepare(
      'SELECT recipient, count(*) AS mails FROM sent_to GROUP BY recipient ORDER BY recipient',
    ),
    mailbox: state.db.prepare(
      'SELECT mail FROM sent JOIN sent_to USING (id) WHERE recipient = ? ORDER BY id DESC LIMIT ?',
    ),
  };
  // What a killed desk had accepted is completed; what it had not is nobody's mail.
  for (const name of readdirSync(unfinished)) {
    const id = name.replace(/\.(eml|json)$/, '');
    if (sql.find.get(id)) renameSync(join(unfinished, name), join(sent, name));
    else rmSync(join(unfinished, name));
  }

  let stopped = false;
  const arn = (resource: string) => `arn:aws:ses:${region}:${accountId}:${resource}`;

  const sendRawEmail = (input: Fields, principal: string): Fields => {
    const sending = readSending(input, setting, region);
    if (sending.recipients.some((recipient) => drill(recipient) === 'throttle')) {
      throw new AwsFault('Throttling', 'Maximum sending rate exceeded.');
    }
    if (sending.recipients.some((recipient) => drill(recipient) === 'quota')) {
      throw new AwsFault('Throttling', 'Daily message quota exceeded.');
    }
    const id = sesSentId();
    const at = clock.now();
    const message = asSent(sending, id, at, region);
    const fields = readHead(message)?.fields ?? [];
    const mail: SentMail = {
      id,
      at: new Date(at).toISOString(),
      source: sending.source,
      recipients: sending.recipients,
      subject: fieldValue(fields, 'subject') ?? '',
      update: fieldValue(fields, 'x-replydesk-update') ?? null,
      ticket: fieldValue(fields, 'x-replydesk-ticket') ?? null,
      tags: sending.tags,
      outcome: outcomeOf(sending.recipients),
    };
    const own = mail.recipients.some(receiver.accepts);
    const files = { eml: message, json: JSON.stringify(mail, null, 2) };
    for (const [kind, content] of Object.entries(files))
      writeFileSync(join(unfinished, `${id}.${kind}`), content);
    state.transaction(() => {
      sql.insert.run(id, JSON.stringify(mail), own ? 1 : 0);
      for (const recipient of new Set(mail.recipients)) sql.address.run(recipient.toLowerCase(), id);
      // What is suppressed is counted as sent and goes nowhere; neither does what SES rejects.
      const leaving =
        mail.outcome === 'rejected'
          ? []
          : mail.recipients.filter((recipient) => drill(recipient) !== 'suppressed');
      if (leaving.length > 0) world.relay(id, leaving);
      if (sending.set) publish(sending.set, mail, sending.fields, principal);
    });
    for (const kind of Object.keys(files))
      renameSync(join(unfinished, `${id}.${kind}`), join(sent, `${id}.${kind}`));
    if (own) setImmediate(() => comeBack(mail, message));
    return { MessageId: id };
  };

  const publish = (set: ConfigurationSet, mail: SentMail, fields: Field[], principal: string) => {
    const sourceArn = arn(`identity/${domainOf(mail.source)}`);
    const events = eventsOf(mail, fields, {
      ...{ principal, configurationSet: set.name, accountId, sourceArn },
      feedbackId: sesSentId,
    });
    for (const { topicArn, events: wanted } of set.destinations) {
      for (const [type, body] of events) {
        if (!wanted.includes(type)) continue;
        world.mayPublish(set.name, topicArn);
        topics.publish(topicArn, JSON.stringify(body));
      }
    }
  };

  /** Mail to the desk's own addresses comes in again, proven: SES signs in the desk's name. */
  const comeBack = (mail: SentMail, message: Buffer): void => {
    if (stopped) return;
    const own = mail.recipients.filter(receiver.accepts);
    receiver
      .receive(
        {
          // Without a MAIL FROM domain of the identity's own the envelope's sender is SES's, one for each mail.
          from: `${mail.id}@${region === 'us-east-1' ? 'amazonses.com' : sesDomain(region)}`,
          recipients: own,
          client: 'a8-1.smtp-out.amazonses.com',
          verdicts: PROVEN,
        },
        readHead(message)?.fields ?? [],
        Readable.from([message]),
      )
      .then(() => void sql.cameBack.run(mail.id))
      .catch(world.report);
  };

  const service: Service = {
    protocol: 'query',
    operations: {
      SendRawEmail: sendRawEmail,
      DescribeActiveReceiptRuleSet() {
        const active = receiver.activeRuleSet();
        return active === null ? {} : receiver.describe(active);
      },
      SetActiveReceiptRuleSet(input) {
        receiver.activate(input.RuleSetName === undefined ? null : String(input.RuleSetName));
        return {};
      },
      GetSendQuota: () => ({ Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 0 }),
    },
    needs(operation, input) {
      if (operation !== 'SendRawEmail') return [{ action: `ses:${operation}`, resource: '*' }];
      const head = readHead(
        Buffer.from(String((input.RawMessage as Fields | undefined)?.Data ?? ''), 'base64'),
      );
      const source = bare(String(input.Source ?? ''));
      const context = { 'ses:FromAddress': bare(fieldValue(head?.fields ?? [], 'from') ?? source) };
      const identity = setting.identities.includes(source) ? source : domainOf(source);
      return [
        { action: 'ses:SendRawEmail', resource: arn(`identity/${identity}`), context },
        ...(input.ConfigurationSetName === undefined
          ? []
          : [
              {
                action: 'ses:SendRawEmail',
                resource: arn(`configuration-set/${input.ConfigurationSetName}`),
                context,
              },
            ]),
      ];
    },
  };

  for (const row of sql.comingBack.all()) {
    setImmediate(() =>
      comeBack(JSON.parse(String(row.mail)) as SentMail, readFileSync(join(sent, `${row.id}.eml`))),
    );
  }
  return {
    service,
    people: () =>
      sql.people.all().map(({ recipient, mails }) => ({ address: String(recipient), mails: Number(mails) })),
    mailbox: (address, most) =>
      sql.mailbox.all(address, most).map(({ mail }) => JSON.parse(String(mail)) as SentMail),
    find(id) {
      const row = sql.find.get(id);
      return row ? { mail: JSON.parse(String(row.mail)) as SentMail, file: join(sent, `${id}.eml`) } : null;
    },
    isBusy: () => sql.comingBack.get() !== undefined,
    announce() {
      for (const set of setting.configurationSets) {
        for (const { topicArn } of set.destinations) {
          world.mayPublish(set.name, topicArn);
          topics.publish(topicArn, 'Successfully validated SNS topic for Amazon SES event publishing.');
        }
      }
    },
    stop() {
      stopped = true;
    },
  };
}

interface Sending {
  raw: Buffer;
  fields: Field[];
  bodyAt: number;
  source: string;
  recipients: string[];
  tags: Record<string, string>;
  set: ConfigurationSet | null;
}

/** https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html, with what SES refuses. */
function readSending(input: Fields, setting: MailerSetting, region: string): Sending {
  const refused = (why: string) => new AwsFault('InvalidParameterValue', why);
  const raw = Buffer.from(String((input.RawMessage as Fields | undefined)?.Data ?? ''), 'base64');
  if (raw.length > LARGEST_MAIL)
    throw refused(`Message length is more than ${LARGEST_MAIL} bytes long: '${raw.length}'.`);
  const { fields, bodyAt } = readHead(raw) ?? { fields: [], bodyAt: raw.length };
  checkFields(fields);
  const from = bare(fieldValue(fields, 'from') ?? '');
  const source = bare(String(input.Source ?? from));
  const recipients = ((input.Destinations ?? []) as string[]).map(bare);
  if (recipients.length === 0)
    throw refused('The laptop takes recipients from Destinations only, and there are none.');
  if (recipients.length > MOST_RECIPIENTS) throw refused(`Recipient count exceeds ${MOST_RECIPIENTS}.`);
  const invalid = recipients.find((recipient) => !/^[\x21-\x7e]+@[A-Za-z0-9.-]+$/.test(recipient));
  if (invalid !== undefined) throw refused(`Invalid email address: ${invalid}`);
  const unverified = [source, from].find((address) => !verified(setting.identities, address));
  if (unverified !== undefined) {
    throw new AwsFault(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${unverified}`,
    );
  }
  const name = input.ConfigurationSetName;
  const set = name === undefined ? null : setting.configurationSets.find((each) => each.name === name);
  if (set === undefined)
    throw new AwsFault('ConfigurationSetDoesNotExist', `Configuration set <${name}> does not exist.`);
  const tags = ((input.Tags ?? []) as { Name: string; Value: string }[]).map(({ Name, Value }) => [
    Name,
    Value,
  ]);
  const wrong = tags.flat().find((word) => !TAG.test(String(word)));
  if (wrong !== undefined)
    throw refused(`Invalid tag <${wrong}>: letters, digits, '_' and '-' only, at most 256.`);
  return { raw, fields, bodyAt, source, recipients, tags: Object.fromEntries(tags), set };
}

function outcomeOf(recipients: string[]): SentMail['outcome'] {
  const drills = recipients.map(drill);
  if (drills.includes('reject')) return 'rejected';
  if (drills.includes('suppressed')) return 'suppressed';
  if (drills.includes('bounce')) return 'bounced';
  return drills.includes('complaint') ? 'complained' : 'delivered';
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** `Ada <ada@example.com>` or the address alone, as Source and Destinations may have it. */
function bare(address: string): string {
  return (/<([^<>]*)>\s*$/.exec(address)?.[1] ?? address).trim();
}

function verified(identities: string[], address: string): boolean {
  const domain = domainOf(address).toLowerCase();
  return identities.some((identity) =>
    identity.includes('@') ? address === identity : domain === identity || domain.endsWith(`.${identity}`),
  );
}

function checkFields(fields: Field[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    const lower = name.toLowerCase();
    if (seen.has(lower) && ONCE.has(lower))
      throw new AwsFault('InvalidParameterValue', `Duplicate header '${name}'.`);
    if (ORDERS.test(lower))
      throw new AwsFault(
        'InvalidParameterValue',
        `The laptop takes '${name}' from the call, not as a header.`,
      );
    seen.add(lower);
  }
  if (!seen.has('from')) throw new AwsFault('InvalidParameterValue', "Missing required header 'From'.");
}

let latestId = 0;

/** As SES makes them, and in their order of sending: `0100` and the time in hex, a uuid, `-000000`. */
function sesSentId(): string {
  // Real time, with a count on for mails of one millisecond.
  latestId = Math.max(latestId + 1, Date.now());
  return `0100${latestId.toString(16).padStart(12, '0')}-${randomUUID()}-000000`;
}

/**
 * What recipients see: SES's Message-ID and Date, and what it adds besides, but for its DKIM signatures. No Bcc, and no
 * Return-Path, since that is the envelope's.
 */
function asSent({ raw, fields, bodyAt }: Sending, id: string, at: number, region: string): Buffer {
  const kept = fields
    .filter(({ name }) => !['message-id', 'date', 'bcc', 'return-path'].includes(name.toLowerCase()))
    .map((field) => field.raw.replace(/\r?\n/g, '\r\n'));
  const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '.');
  const added = [
    `Message-ID: <${id}@${sesDomain(region)}>`,
    `Date: ${mailDate(at)}`,
    `X-SES-Outgoing: ${day}-127.0.0.1`,
    `Feedback-ID: ::1.${region}.laptop:AmazonSES`,
  ];
  const head = `${kept.join('')}${added.join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), raw.subarray(bodyAt)]);
}

function sesDomain(region: string): string {
  return region === 'us-east-1' ? 'email.amazonses.com' : `${region}.amazonses.com`;
}

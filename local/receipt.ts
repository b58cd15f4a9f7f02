/**
 * SES receiving: the active rule set of the template decides what becomes of a mail. It is stored with the headers
 * that SES writes above it and its receipt is published; only then has it been taken in.
 */
import { randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import addressparser from 'nodemailer/lib/addressparser';
import type { Buckets } from './buckets.ts';
import type { DeskClock } from './clock.ts';
import { AwsFault } from './fault.ts';
import type { Field } from './headers.ts';
import { fieldValue, headersForNotice, mailDate, readHead } from './headers.ts';
import type { Fields } from './protocol.ts';
import type { State } from './state.ts';
import type { Topics } from './topics.ts';

export type Verdict = 'PASS' | 'FAIL' | 'GRAY' | 'PROCESSING_FAILED' | 'DISABLED';
export interface Verdicts {
  spf: Verdict;
  dkim: Verdict;
  dmarc: Verdict;
  spam: Verdict;
  virus: Verdict;
  policy: 'none' | 'quarantine' | 'reject';
}

export interface RuleSetting {
  name: string;
  ruleSet: string;
  /** Domains, `.domain` for its subdomains, or addresses; empty: every recipient. */
  recipients: string[];
  scan: boolean;
  enabled: boolean;
  actions: ({ kind: 'store'; bucket: string; prefix: string; topicArn: string | null } | { kind: 'stop' })[];
}

export interface Incoming {
  /** Envelope. */
  from: string;
  recipients: string[];
  /** Who connected, as the Received field names him. */
  client: string;
  verdicts: Verdicts;
}

export interface Receiver {
  /** Does the active rule set take mail for the address? */
  accepts(recipient: string): boolean;
  /** `head` are the fields of the message, which `body` begins with. Returns SES's id when mail and receipt are stored. */
  receive(incoming: Incoming, fields: Field[], body: Readable): Promise<string>;
  activeRuleSet(): string | null;
  activate(ruleSet: string | null): void;
  describe(ruleSet: string): Fields;
  /** What SES does when a rule is made: it writes a notice to the bucket, under a name that is nobody's mail. */
  announce(): Promise<void>;
}

/** Checks that SES may do the thing, by the policies of bucket and topic. Throws AwsFault. */
export type Delivering = (
  rule: { ruleSet: string; name: string },
  action: 's3:PutObject' | 'sns:Publish',
  resource: string,
) => void;

export function openReceiver(
  world: { state: State; clock: DeskClock; buckets: Buckets; topics: Topics; region: string },
  may: Delivering,
  rules: RuleSetting[],
): Receiver {
  const { state, clock, buckets, topics, region } = world;
  const ruleSets = new Set(rules.map(({ ruleSet }) => ruleSet));
  const active = () => state.read<string | null>('active-rule-set') ?? null;
  const activeRules = () => rules.filter((rule) => rule.ruleSet === active() && rule.enabled);

  const store = async (
    rule: RuleSetting,
    action: RuleSetting['actions'][number] & { kind: 'store' },
    id: string,
    incoming: Incoming,
    matched: string[],
    fields: Field[],
    body: Readable,
  ) => {
    const key = `${action.prefix}${id}`;
    const verdicts = rule.scan
      ? incoming.verdicts
      : { ...incoming.verdicts, spam: 'DISABLED' as const, virus: 'DISABLED' as const };
    const at = clock.now();
    const head = writtenAbove(incoming, verdicts, matched[0] ?? '', id, at, region, fields);
    may(rule, 's3:PutObject', `arn:aws:s3:::${action.bucket}/${key}`);
    const { topicArn } = action;
    // SES would go on trying to publish for hours; here the mail is stored and told of together, or its sender keeps it.
    await buckets.put(action.bucket, key, Readable.from(joined(head, body)), () => {
      if (topicArn === null) return;
      may(rule, 'sns:Publish', topicArn);
      topics.publish(
        topicArn,
        JSON.stringify(
          notice(
            action,
            key,
            id,
            incoming,
            matched,
            verdicts,
            [...fieldsOf(Buffer.from(`${head}\r\n`)), ...fields],
            at,
          ),
        ),
      );
    });
  };

  return {
    accepts: (recipient) => activeRules().some((rule) => matchedBy(rule, [recipient]).length > 0),

    async receive(incoming, fields, body) {
      const id = sesMailId();
      const matching = activeRules().filter((rule) => matchedBy(rule, incoming.recipients).length > 0);
      const whole = matching.length > 1 ? await drain(body) : null;
      for (const rule of matching) {
        for (const action of rule.actions) {
          if (action.kind === 'stop') return id;
          await store(
            rule,
            action,
            id,
            incoming,
            matchedBy(rule, incoming.recipients),
            fields,
            whole ? Readable.from([whole]) : body,
          );
        }
      }
      return id;
    },

    activeRuleSet: active,

    activate(ruleSet) {
      if (ruleSet !== null && !ruleSets.has(ruleSet))
        throw new AwsFault('RuleSetDoesNotExist', `Rule set does not exist: ${ruleSet}`);
      state.write('active-rule-set', ruleSet);
    },

    describe: (ruleSet) => ({
      Metadata: { Name: ruleSet, CreatedTimestamp: clock.iso() },
      Rules: rules
        .filter((rule) => rule.ruleSet === ruleSet)
        .map(({ name, enabled, scan, recipients }) => ({
          Name: name,
          Enabled: enabled,
          ScanEnabled: scan,
          Recipients: recipients,
        })),
    }),

    async announce() {
      for (const rule of rules) {
        for (const action of rule.actions) {
          if (action.kind === 'stop') continue;
          const key = `${action.prefix}AMAZON_SES_SETUP_NOTIFICATION`;
          may(rule, 's3:PutObject', `arn:aws:s3:::${action.bucket}/${key}`);
          await buckets.put(action.bucket, key, Readable.from([SETUP_NOTICE]));
        }
      }
    },
  };
}

const SETUP_NOTICE = [
  'From: Amazon Web Services <no-reply-aws@amazon.com>',
  'Subject: Amazon SES Setup Notification',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=UTF-8',
  '',
  'You received this message because you attempted to set up Amazon SES to deliver emails to this S3 bucket.',
  '',
].join('\r\n');

function matchedBy(rule: RuleSetting, recipients: string[]): string[] {
  if (rule.recipients.length === 0) return recipients;
  return recipients.filter((recipient) => {
    const address = recipient.toLowerCase();
    const domain = address.slice(address.lastIndexOf('@') + 1);
    return rule.recipients.some((wanted) =>
      wanted.startsWith('.')
        ? domain.endsWith(wanted)
        : wanted.includes('@')
          ? address === wanted
          : domain === wanted,
    );
  });
}

/** SES's ids of mail that comes in: forty digits of base 32. */
function sesMailId(): string {
  return Array.from({ length: 40 }, () => '0123456789abcdefghijklmnopqrstuv'[randomInt(32)]).join('');
}

/**
 * The headers that SES prepends, in its order and as it folds them. The sender's own copies of them stay below, where they
 * mean nothing. https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html shows them, and that
 * without a DKIM signature nothing is said of it.
 */
function writtenAbove(
  incoming: Incoming,
  verdicts: Verdicts,
  recipient: string,
  id: string,
  at: number,
  region: string,
  fields: Field[],
): string {
  const { client } = incoming;
  const headerDomain = /@([^\s>@,]+)>?\s*$/.exec(fieldValue(fields, 'from') ?? '')?.[1] ?? 'unknown';
  const spf = spfResult(incoming, verdicts.spf);
  return [
    `Return-Path: <${incoming.from}>`,
    `Received: from ${client} (${client} [${CLIENT_IP}])\r\n by inbound-smtp.${region}.amazonaws.com with SMTP id ${id}\r\n for ${recipient};\r\n ${mailDate(at)} (UTC)`,
    ...(verdicts.spam === 'DISABLED' ? [] : [`X-SES-Spam-Verdict: ${verdicts.spam}`]),
    ...(verdicts.virus === 'DISABLED' ? [] : [`X-SES-Virus-Verdict: ${verdicts.virus}`]),
    `Received-SPF: ${spf}`,
    'Authentication-Results: amazonses.com;',
    ` spf=${spf}`,
    ...(verdicts.dkim === 'GRAY' ? [] : [` dkim=${RESULTS[verdicts.dkim]} header.i=@${headerDomain};`]),
    ` dmarc=${RESULTS[verdicts.dmarc]} header.from=${headerDomain};`,
    `X-SES-RECEIPT: ${Buffer.from(id).toString('base64')}`,
    `X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=; c=relaxed/simple; s=laptop; d=amazonses.com; t=${Math.floor(at / 1000)}; v=1; bh=; h=From:To:Cc:Bcc:Subject:Date:Message-ID:MIME-Version:Content-Type:X-SES-RECEIPT;`,
    '',
  ].join('\r\n');
}

const CLIENT_IP = '127.0.0.1';
const RESULTS: Record<Verdict, string> = {
  PASS: 'pass',
  FAIL: 'fail',
  GRAY: 'none',
  PROCESSING_FAILED: 'temperror',
  DISABLED: 'none',
};

/** RFC 7208 9.1. A bounce has no sender; what is checked then is who says that he sends it. */
function spfResult({ from, client }: Incoming, verdict: Verdict): string {
  const sender = from === '' ? `postmaster@${client}` : from;
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const why: Record<string, string> = {
    pass: `domain of ${domain} designates ${CLIENT_IP} as permitted sender`,
    fail: `domain of ${domain} does not designate ${CLIENT_IP} as permitted sender`,
    none: `${CLIENT_IP} is neither permitted nor denied by domain of ${domain}`,
    temperror: `error in processing during lookup of ${domain}`,
  };
  const result = RESULTS[verdict];
  return `${result} (spfCheck: ${why[result]}) client-ip=${CLIENT_IP}; envelope-from=${sender}; helo=${client};`;
}

/** https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html */
function notice(
  action: { bucket: string; prefix: string; topicArn: string | null },
  key: string,
  id: string,
  incoming: Incoming,
  matched: string[],
  verdicts: Verdicts,
  fields: Field[],
  at: number,
): Fields {
  const timestamp = new Date(at).toISOString();
  const verdict = (status: Verdict) => ({ status });
  return {
    notificationType: 'Received',
    mail: {
      timestamp,
      source: incoming.from,
      messageId: id,
      // Not the envelope's recipients: that page says the addresses in To and Cc.
      destination: ['to', 'cc'].flatMap((name) =>
        addressparser(fieldValue(fields, name) ?? '', { flatten: true }).map(({ address }) => address),
      ),
      ...headersForNotice(fields, { returnPath: incoming.from }),
    },
    receipt: {
      timestamp,
      processingTimeMillis: 1,
      recipients: matched,
      spamVerdict: verdict(verdicts.spam),
      virusVerdict: verdict(verdicts.virus),
      spfVerdict: verdict(verdicts.spf),
      dkimVerdict: verdict(verdicts.dkim),
      dmarcVerdict: verdict(verdicts.dmarc),
      ...(verdicts.dmarc === 'FAIL' ? { dmarcPolicy: verdicts.policy } : {}),
      action: {
        type: 'S3',
        topicArn: action.topicArn,
        bucketName: action.bucket,
        objectKeyPrefix: action.prefix,
        objectKey: key,
      },
    },
  };
}

async function* joined(head: string, body: Readable): AsyncGenerator<Buffer> {
  yield Buffer.from(head);
  for await (const part of body) yield part as Buffer;
}

async function drain(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** For callers that hold the whole message. */
export function fieldsOf(message: Buffer): Field[] {
  return readHead(message)?.fields ?? [];
}

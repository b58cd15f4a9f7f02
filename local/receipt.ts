/**
 * SES receiving: the active rule set of the template decides what becomes of a mail. It is stored with the headers
 * that SES writes above it and its receipt is published; only then has it been taken in.
 */
import { randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
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
    await buckets.put(action.bucket, key, Readable.from(joined(head, body)));
    if (action.topicArn === null) return;
    may(rule, 'sns:Publish', action.topicArn);
    topics.publish(
      action.topicArn,
      JSON.stringify(notice(action, key, id, incoming, matched, verdicts, fields, at)),
    );
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

/** SES's ids of mail that comes in: forty letters and digits, and what ends with the region's tail in the account. */
function sesMailId(): string {
  return Array.from({ length: 40 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[randomInt(36)]).join('');
}

/**
 * The headers that SES prepends, in its order. The sender's own copies of them stay below, where they mean nothing.
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html
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
  const from = incoming.from;
  const domain = from.slice(from.lastIndexOf('@') + 1) || 'unknown';
  const headerDomain = /@([^\s>@,]+)>?\s*$/.exec(fieldValue(fields, 'from') ?? '')?.[1] ?? 'unknown';
  const said = (verdict: Verdict) =>
    ({ PASS: 'pass', FAIL: 'fail', GRAY: 'none', PROCESSING_FAILED: 'temperror', DISABLED: 'none' })[verdict];
  const spf = said(verdicts.spf);
  return [
    `Return-Path: <${from}>`,
    `Received: from ${incoming.client} by inbound-smtp.${region}.amazonaws.com with SMTP id ${id}\r\n for ${recipient};\r\n ${mailDate(at)} (UTC)`,
    ...(verdicts.spam === 'DISABLED' ? [] : [`X-SES-Spam-Verdict: ${verdicts.spam}`]),
    ...(verdicts.virus === 'DISABLED' ? [] : [`X-SES-Virus-Verdict: ${verdicts.virus}`]),
    `Received-SPF: ${spf} (spfCheck: domain of ${domain} ${spf}) client-ip=127.0.0.1; envelope-from=${from}; helo=${incoming.client};`,
    `Authentication-Results: amazonses.com;\r\n spf=${spf} (spfCheck: domain of ${domain} ${spf}) client-ip=127.0.0.1; envelope-from=${from}; helo=${incoming.client};\r\n dkim=${said(verdicts.dkim)} header.i=@${headerDomain};\r\n dmarc=${said(verdicts.dmarc)} header.from=${headerDomain};`,
    `X-SES-RECEIPT: ${Buffer.from(id).toString('base64')}`,
    `X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; s=laptop; d=amazonses.com; t=${Math.floor(at / 1000)}; v=1; bh=; h=; b=`,
    '',
  ].join('\r\n');
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
      destination: incoming.recipients,
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

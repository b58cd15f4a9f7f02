/** What SES said of a mail when it took it in: read from its notification, or from the headers that it put on top of the stored mail. */
import * as z from 'zod/mini';
import type { Receipt, Verdict } from './email.ts';
import { type Field, splitHead, withoutComments } from './header.ts';

/** No head that SES and a person's programs write is longer. */
export const HEAD_OCTETS = 256 * 1024;

const VERDICTS = [
  'PASS',
  'FAIL',
  'GRAY',
  'PROCESSING_FAILED',
  'DISABLED',
] as const satisfies readonly Verdict[];

/** A verdict that we do not know says nothing. */
const VerdictField = z.catch(
  z.pipe(
    z.object({ status: z.string() }),
    z.transform(({ status }) => asVerdict(status)),
  ),
  'GRAY',
);

const LowerCase = z.string().check(z.trim(), z.toLowerCase());

const NotEmpty = z.string().check(z.minLength(1));

/**
 * The notification of a receipt rule's S3 action, delivered raw through SNS.
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
export const ReceivedNotification = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({ messageId: NotEmpty, timestamp: z.string(), source: z._default(z.string(), '') }),
  receipt: z.object({
    timestamp: z.string(),
    recipients: z.array(LowerCase),
    spfVerdict: VerdictField,
    dkimVerdict: VerdictField,
    dmarcVerdict: VerdictField,
    spamVerdict: VerdictField,
    virusVerdict: VerdictField,
    dmarcPolicy: z.catch(z.nullable(z.pipe(LowerCase, z.enum(['none', 'quarantine', 'reject']))), null),
    action: z.object({ type: z.literal('S3'), bucketName: NotEmpty, objectKey: NotEmpty }),
  }),
});

/** Reads the notification. Throws zod's error for anything else than the notification of an S3 action. */
export function readReceipt(notification: unknown): { receipt: Receipt; bucket: string; key: string } {
  const { mail, receipt } = ReceivedNotification.parse(notification);
  return {
    receipt: {
      mailId: mail.messageId,
      receivedAt: new Date(receipt.timestamp).toISOString(),
      recipients: receipt.recipients,
      returnPath: mail.source.replace(/[<>\s]/g, '').toLowerCase(),
      spf: receipt.spfVerdict,
      dkim: receipt.dkimVerdict,
      dmarc: receipt.dmarcVerdict,
      spam: receipt.spamVerdict,
      virus: receipt.virusVerdict,
      dmarcPolicy: receipt.dmarcPolicy,
    },
    bucket: receipt.action.bucketName,
    key: receipt.action.objectKey,
  };
}

/** The notification as SES would have said it: with it a stored mail is handed in once more. */
export function notificationOf(receipt: Receipt, objectKey: string, bucketName: string) {
  const { mailId, receivedAt, recipients, returnPath, spf, dkim, dmarc, spam, virus, dmarcPolicy } = receipt;
  return {
    notificationType: 'Received',
    mail: { messageId: mailId, timestamp: receivedAt, source: returnPath },
    receipt: {
      timestamp: receivedAt,
      recipients,
      spfVerdict: { status: spf },
      dkimVerdict: { status: dkim },
      dmarcVerdict: { status: dmarc },
      spamVerdict: { status: spam },
      virusVerdict: { status: virus },
      dmarcPolicy,
      action: { type: 'S3', bucketName, objectKey },
    },
  };
}

/**
 * The fallback when only the stored object is left. SES writes its headers above everything that the sender wrote and
 * ends them with X-SES-RECEIPT; only what stands above that, the first of each name, is believed. A mail without that
 * line did not come through SES, and says nothing.
 */
export function receiptFromHeaders(mailId: string, receivedAt: string, raw: Uint8Array): Receipt {
  const trusted = sesFields(splitHead(raw.subarray(0, HEAD_OCTETS)).fields);
  const first = (name: string): string => trusted.find((field) => field.name === name)?.octets ?? '';
  const received = first('received');
  const results = authenticationResults(first('authentication-results'));
  return {
    mailId,
    receivedAt,
    recipients: [...received.matchAll(/\bfor\s+<?([^\s<>;]{3,320}@[^\s<>;]{1,255})>?/gi)]
      .slice(0, 1)
      .map(([, address]) => (address ?? '').toLowerCase()),
    returnPath: first('return-path')
      .replace(/[<>\s]/g, '')
      .toLowerCase(),
    spf: fromResult(results.get('spf') ?? /^\s*(\w+)/.exec(first('received-spf'))?.[1]),
    dkim: fromResult(results.get('dkim')),
    dmarc: fromResult(results.get('dmarc')),
    spam: asVerdict(first('x-ses-spam-verdict')),
    virus: asVerdict(first('x-ses-virus-verdict')),
    // The headers do not carry the policy.
    dmarcPolicy: null,
  };
}

function sesFields(fields: readonly Field[]): readonly Field[] {
  const end = fields.findIndex(({ name }) => name === 'x-ses-receipt');
  return end < 0 ? [] : fields.slice(0, end);
}

/** RFC 8601: `amazonses.com; spf=pass (…) …; dkim=pass header.i=@example.com; dmarc=none`. Of several results for one method a pass counts. */
function authenticationResults(value: string): ReadonlyMap<string, string> {
  const [server = '', ...results] = withoutComments(value).split(';');
  const methods = new Map<string, string>();
  if (server.trim().toLowerCase() !== 'amazonses.com') return methods;
  for (const result of results) {
    const [, method, outcome] = /^\s*(spf|dkim|dmarc)\s*=\s*(\w+)/i.exec(result) ?? [];
    // SES signs with its own domain for those who have no key; that proves nothing of the sender.
    const unaligned = method?.toLowerCase() === 'dkim' && /header\.[di]\s*=\s*@?amazonses\.com/i.test(result);
    if (method && outcome && methods.get(method.toLowerCase()) !== 'pass')
      methods.set(method.toLowerCase(), unaligned ? 'none' : outcome.toLowerCase());
  }
  return methods;
}

function fromResult(result: string | undefined): Verdict {
  switch (result?.toLowerCase()) {
    case 'pass':
      return 'PASS';
    case 'fail':
      return 'FAIL';
    case 'temperror':
    case 'permerror':
      return 'PROCESSING_FAILED';
    default:
      return 'GRAY';
  }
}

function asVerdict(status: string): Verdict {
  return VERDICTS.find((verdict) => verdict === status.trim().toUpperCase()) ?? 'GRAY';
}

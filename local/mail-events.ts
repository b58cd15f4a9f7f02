/** What becomes of a mail that SES took, and how SES tells it through a configuration set. */
import type { Field } from './headers.ts';
import { headersForNotice } from './headers.ts';
import type { SentMail } from './mailer.ts';
import type { Fields } from './protocol.ts';

/** At this domain of the sample's people some names make things happen. */
const DRILL_DOMAIN = 'example.test';

type Drill = 'bounce' | 'complaint' | 'throttle' | 'quota' | 'suppressed' | 'delay' | 'reject';

/** What the address orders by its name: `bounce@…`, also with a tag, `bounce+anything@…`. */
export function drill(recipient: string): Drill | null {
  const [local = '', domain] = recipient.toLowerCase().split('@');
  if (domain !== DRILL_DOMAIN) return null;
  return (/^(bounce|complaint|throttle|quota|suppressed|delay|reject)(\+|$)/.exec(local)?.[1] ??
    null) as Drill | null;
}

interface Account {
  /** Who called SES. */
  principal: string;
  configurationSet: string;
  accountId: string;
  /** Of the sender's identity. */
  sourceArn: string;
  /** An id for each report that comes back. */
  feedbackId: () => string;
}

const MTA = 'a8-1.smtp-out.amazonses.com';
/** SES goes on trying for so long. */
const TRIES_FOR = 14 * 3_600_000;

/**
 * The events of a mail in their order, each with its type in lower case. `fields` are those that the sender wrote, as SES
 * shows them: with his own Message-ID and Date. Only `messageId` of the mail and its common headers is SES's, bare.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function eventsOf(mail: SentMail, fields: Field[], account: Account): [type: string, body: Fields][] {
  const common = commonOf(mail, fields, account);
  const event = (eventType: string, name: string, body: Fields): [string, Fields] => [
    eventType.toLowerCase(),
    { eventType, mail: eventType === 'Delivery' ? leaving(common) : common, [name]: body },
  ];
  const those = (kind: string) => mail.recipients.filter((recipient) => drill(recipient) === kind);
  const bounced = (recipients: string[], subType: string, diagnosticCode: string, reportingMTA: string) =>
    event('Bounce', 'bounce', {
      feedbackId: account.feedbackId(),
      bounceType: 'Permanent',
      bounceSubType: subType,
      bouncedRecipients: recipients.map((emailAddress) => ({
        emailAddress,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode,
      })),
      timestamp: mail.at,
      reportingMTA,
    });

  // One recipient at most is refused here for what the mail holds; SES goes by the mail, and then nobody gets it.
  if (those('reject').length > 0) return [event('Reject', 'reject', { reason: 'Bad content' })];
  const events = [event('Send', 'send', {})];
  const delayed = those('delay');
  if (delayed.length > 0) {
    const deliveryDelay = {
      timestamp: mail.at,
      delayType: 'TransientCommunicationFailure',
      expirationTime: new Date(Date.parse(mail.at) + TRIES_FOR).toISOString(),
      delayedRecipients: delayed.map((emailAddress) => ({
        emailAddress,
        status: '4.4.1',
        diagnosticCode: 'smtp; 421 4.4.1 Unable to connect to remote host',
      })),
    };
    events.push(event('DeliveryDelay', 'deliveryDelay', deliveryDelay));
  }
  const delivered = mail.recipients.filter(
    (recipient) => !['bounce', 'suppressed'].includes(drill(recipient) ?? ''),
  );
  if (delivered.length > 0) {
    const delivery = {
      timestamp: mail.at,
      processingTimeMillis: 1,
      recipients: delivered,
      smtpResponse: '250 2.0.0 Ok',
      remoteMtaIp: '127.0.0.1',
      reportingMTA: MTA,
    };
    events.push(event('Delivery', 'delivery', delivery));
  }
  const [bounces, suppressed, complaints] = [those('bounce'), those('suppressed'), those('complaint')];
  if (bounces.length > 0)
    events.push(bounced(bounces, 'General', 'smtp; 550 5.1.1 user unknown', `dns; ${MTA}`));
  if (suppressed.length > 0) {
    const why =
      'Amazon SES did not send the message to this address because it is on the suppression list for your account.';
    events.push(bounced(suppressed, 'OnAccountSuppressionList', why, 'dns; amazonses.com'));
  }
  if (complaints.length > 0) {
    const complaint = {
      feedbackId: account.feedbackId(),
      complaintSubType: null,
      complainedRecipients: complaints.map((emailAddress) => ({ emailAddress })),
      timestamp: mail.at,
      userAgent: 'Laptop/1',
      complaintFeedbackType: 'abuse',
      arrivalDate: mail.at,
    };
    events.push(event('Complaint', 'complaint', complaint));
  }
  return events;
}

/** By which address of SES it left, is only known then. */
function leaving(common: Fields): Fields {
  return { ...common, tags: { ...(common.tags as Fields), 'ses:outgoing-ip': ['127.0.0.1'] } };
}

function commonOf(mail: SentMail, fields: Field[], account: Account): Fields {
  const tags = {
    'ses:operation': 'SendRawEmail',
    'ses:configuration-set': account.configurationSet,
    'ses:source-ip': '127.0.0.1',
    'ses:from-domain': mail.source.slice(mail.source.lastIndexOf('@') + 1),
    'ses:caller-identity': account.principal,
    ...mail.tags,
  };
  return {
    timestamp: mail.at,
    source: mail.source,
    sourceArn: account.sourceArn,
    sendingAccountId: account.accountId,
    messageId: mail.id,
    destination: mail.recipients,
    ...headersForNotice(fields, { messageId: mail.id }),
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  };
}

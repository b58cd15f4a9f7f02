/** What becomes of a mail that SES took, and how SES tells it through a configuration set. */
import type { Field } from './headers.ts';
import { headersForNotice } from './headers.ts';
import type { SentMail } from './mailer.ts';
import type { Fields } from './protocol.ts';

/** At this domain of the sample's people some names make things happen. */
const DRILL_DOMAIN = 'example.test';

/** What the address orders by its name: `bounce@…`, also with a tag, `bounce+anything@…`. */
export function drill(recipient: string): 'bounce' | 'complaint' | 'throttle' | 'suppressed' | null {
  const [local = '', domain] = recipient.toLowerCase().split('@');
  if (domain !== DRILL_DOMAIN) return null;
  return (/^(bounce|complaint|throttle|suppressed)(\+|$)/.exec(local)?.[1] ?? null) as ReturnType<
    typeof drill
  >;
}

interface Account {
  /** Who called SES. */
  principal: string;
  configurationSet: string;
  accountId: string;
  /** Of the sender's identity. */
  sourceArn: string;
}

/**
 * The events of a mail in their order, each with its type in lower case.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function eventsOf(mail: SentMail, fields: Field[], account: Account): [type: string, body: Fields][] {
  const common = commonOf(mail, fields, account);
  const event = (eventType: string, name: string, body: Fields): [string, Fields] => [
    eventType.toLowerCase(),
    { eventType, mail: common, [name]: body },
  ];
  const those = (kind: string) => mail.recipients.filter((recipient) => drill(recipient) === kind);
  const bounced = (recipients: string[], subType: string, diagnosticCode: string) =>
    event('Bounce', 'bounce', {
      bounceType: 'Permanent',
      bounceSubType: subType,
      bouncedRecipients: recipients.map((emailAddress) => ({
        emailAddress,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode,
      })),
      timestamp: mail.at,
      feedbackId: mail.id,
    });

  const events = [event('Send', 'send', {})];
  const delivered = mail.recipients.filter(
    (recipient) => !['bounce', 'suppressed'].includes(drill(recipient) ?? ''),
  );
  if (delivered.length > 0) {
    const delivery = {
      timestamp: mail.at,
      processingTimeMillis: 1,
      recipients: delivered,
      smtpResponse: '250 2.0.0 Ok',
      reportingMTA: 'a8-1.smtp-out.amazonses.com',
    };
    events.push(event('Delivery', 'delivery', delivery));
  }
  const [bounces, suppressed, complaints] = [those('bounce'), those('suppressed'), those('complaint')];
  if (bounces.length > 0) events.push(bounced(bounces, 'General', 'smtp; 550 5.1.1 user unknown'));
  if (suppressed.length > 0) {
    const why =
      'Amazon SES did not send the message to this address because it is on the suppression list for your account.';
    events.push(bounced(suppressed, 'OnAccountSuppressionList', why));
  }
  if (complaints.length > 0) {
    const complaint = {
      complainedRecipients: complaints.map((emailAddress) => ({ emailAddress })),
      timestamp: mail.at,
      feedbackId: mail.id,
      complaintSubType: null,
      userAgent: 'Laptop/1',
      complaintFeedbackType: 'abuse',
    };
    events.push(event('Complaint', 'complaint', complaint));
  }
  return events;
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

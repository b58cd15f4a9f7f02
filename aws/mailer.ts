/** SES, sending. One attempt for each call: see clients.ts for why. */
import { QuotaError, UnavailableError } from '../core/faults.ts';
import { mailing } from './clients.ts';

export interface Sending {
  raw: Uint8Array;
  /** The address of the desk; also the envelope's sender. */
  from: string;
  to: string;
  /** Come back with every event about this mail: letters, digits, `_` and `-` only. */
  tags: Record<string, string>;
}

export type Sent =
  | {
      sent: true /** With SES's domain, as it stands in the Message-ID that recipients see. */;
      messageId: string;
    }
  | { sent: false; refused: string };

export interface Mailer {
  /**
   * Throws UnavailableError when SES asks to slow down, QuotaError when it takes no more today, or nothing before an
   * identity is verified: it did not take it. Of any
   * other fault nobody knows. A refusal for good is a value.
   */
  send(sending: Sending): Promise<Sent>;
  /** Of what SES lets the account send in 24 hours, how much has been sent: percent. 0 where there is no bound. */
  quotaUsed(): Promise<number>;
  /** The id that SES gave, as it stands in the Message-ID that recipients see. */
  messageIdOf(bare: string): Promise<string>;
}

/** https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html, Errors */
const FOR_GOOD = new Set(['MessageRejected', 'InvalidParameterValue']);
/**
 * These alone say that SES did not take it. Of a fault of its own, and of an answer that did not come, nobody knows: what was
 * sent all the same would be sent twice.
 */
const LATER = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'LimitExceededException',
]);

export function openMailer(configurationSet: string): Mailer {
  return {
    messageIdOf: withDomain,
    async quotaUsed() {
      const { ses, client } = await mailing();
      const { Max24HourSend = -1, SentLast24Hours = 0 } = await client.send(new ses.GetSendQuotaCommand({}));
      return Max24HourSend > 0 ? (100 * SentLast24Hours) / Max24HourSend : 0;
    },
    async send({ raw, from, to, tags }) {
      const { ses, client } = await mailing();
      try {
        const { MessageId } = await client.send(
          new ses.SendRawEmailCommand({
            RawMessage: { Data: raw },
            Source: from,
            // Never taken from the headers: what stands there must not decide who gets it.
            Destinations: [to],
            ConfigurationSetName: configurationSet,
            Tags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
          }),
        );
        return { sent: true, messageId: await withDomain(MessageId ?? '') };
      } catch (error) {
        if (error instanceof Error && isUnverified(error))
          throw new QuotaError('SES: not verified: our own domain, or in the sandbox the reader’s address', {
            cause: error,
          });
        if (error instanceof Error && FOR_GOOD.has(error.name))
          return { sent: false, refused: `${error.name}: ${error.message}` };
        // It has the name of a moment's throttling, and only its words tell.
        if (error instanceof Error && LATER.has(error.name) && /daily.{0,20}quota/i.test(error.message))
          throw new QuotaError(`SES: ${error.message}`, { cause: error });
        if (error instanceof Error && LATER.has(error.name))
          throw new UnavailableError(`SES: ${error.message}`, { cause: error });
        throw error;
      }
    },
  };
}

/**
 * Of our own domain before its DNS records are seen, or after they are gone; in the sandbox of the reader's as well. Both pass when
 * somebody mends them, and whoever waits for mail must not be taken for undeliverable meanwhile.
 */
function isUnverified({ name, message }: Error): boolean {
  return name === 'MessageRejected' && message.startsWith('Email address is not verified');
}

/** SES writes `email.amazonses.com` in us-east-1 and `REGION.amazonses.com` elsewhere. */
async function withDomain(bare: string): Promise<string> {
  const { client } = await mailing();
  const region = await client.config.region();
  return `${bare}@${region === 'us-east-1' ? 'email.amazonses.com' : `${region}.amazonses.com`}`;
}

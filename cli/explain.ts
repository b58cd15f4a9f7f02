/** What would happen to a mail, and why. Nothing is changed, and no desk need run. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryOf, recall } from '../aws/recall.ts';
import type { Desk } from '../core/config/desk.ts';
import { placeInConversations } from '../core/mail/conversation.ts';
import { dispose } from '../core/mail/dispose.ts';
import type { Email, Receipt } from '../core/mail/email.ts';
import { classifyArrival } from '../core/mail/opening.ts';
import { type Arrival, type Moment, NOTHING_KNOWN, type Outcome } from '../core/mail/outcome.ts';
import { parseEmail, parseHead, UnreadableEmailError } from '../core/mail/parse.ts';
import { readArrival } from '../core/mail/read.ts';
import { receiptFromHeaders } from '../core/mail/receipt.ts';
import type { Keys } from '../core/mail/token.ts';
import { disposeUnread } from '../core/mail/unread.ts';
import { beginService } from '../core/ticket/service.ts';
import { detectLanguage } from '../core/triage/language.ts';
import type { Learned } from '../core/triage/learned.ts';
import type { DeskConnection } from './connect.ts';
import { Refused } from './refused.ts';

export type Explained = Awaited<ReturnType<typeof explainFile>> & {
  parent: string | null;
  thread: string | null;
};

/** `running` is asked which tickets and threads there are; without it every mail is the first. `learned` is the desk's model. */
export async function explain(
  paths: string[],
  desk: Desk,
  running: DeskConnection | null,
  moment: Moment,
  progress: (done: number, all: number) => void,
  learned?: Learned,
): Promise<Explained[]> {
  const files = (await Promise.all(paths.map(list))).flat();
  const mails: Awaited<ReturnType<typeof explainFile>>[] = [];
  for (const file of files) {
    mails.push(await explainFile(file, desk, running, moment, learned));
    progress(mails.length, files.length);
  }
  const places = placeInConversations(mails);
  return mails.map((mail, index) => ({ ...mail, ...(places[index] ?? { parent: null, thread: null }) }));
}

async function list(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => {
    throw new Refused(`There is no file or folder ${path}.`);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function explainFile(
  file: string,
  desk: Desk,
  running: DeskConnection | null,
  moment: Moment,
  learned?: Learned,
) {
  try {
    const raw = await readFile(file);
    const { largest } = desk.mail;
    if (raw.length > largest) {
      const [head, detail] = [parseHead(raw), `${raw.length} octets, and ${largest} are allowed`];
      const receipt = receiptOf(raw, head, file, desk, moment);
      return {
        ...{ file, ...NOTHING, error: null },
        ...outcome(disposeUnread('too-large', detail, head, receipt, desk)),
      };
    }
    const email = await parseEmail(raw);
    const arrival = readArrival(email, receiptOf(raw, email, file, desk, moment), desk);
    return {
      file,
      ...describe(email, arrival, desk, learned),
      ...outcome(await decide(arrival, desk, running, moment)),
      error: null,
    };
  } catch (error) {
    // One mail that cannot be read must not keep the others from being explained: it says so in its own place.
    return {
      file,
      ...NOTHING,
      reason: error instanceof UnreadableEmailError ? ('unreadable' as const) : ('poison' as const),
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    };
  }
}

/** The verdicts that SES wrote on top of a stored mail; for any other, what a mail without proof has. */
function receiptOf(raw: Uint8Array, { to, cc }: Email, file: string, desk: Desk, { now }: Moment): Receipt {
  const stored = receiptFromHeaders(file, now, raw);
  const written = [...to, ...cc]
    .map(({ address }) => address)
    .filter((address) => address.endsWith(`@${desk.domain}`));
  const recipients = stored.recipients.length > 0 ? stored.recipients : written;
  if (stored.recipients.length > 0) return stored;
  return { ...stored, recipients, spam: 'PASS', virus: 'PASS' };
}

async function decide(
  arrival: Arrival,
  desk: Desk,
  running: DeskConnection | null,
  moment: Moment,
): Promise<Outcome> {
  if (!running) return dispose(arrival, NOTHING_KNOWN, moment, desk, NO_KEYS);
  const keys = await running.keys();
  const recalled = await recall(arrival, null, moment, {
    desk,
    keys,
    ledger: running.ledger,
    tickets: running.tickets,
    digests: running.digests,
  });
  return dispose(arrival, memoryOf(recalled), moment, desk, keys);
}

const NO_KEYS: Keys = { current: 1, keys: {} };

/** `email` as it stands in the file: whom the desk takes for its writer is said apart. */
function describe(email: Email, arrival: Arrival, desk: Desk, learned?: Learned) {
  const { writer, trimmed, automatic, bounce, forwarded } = arrival;
  const { category, impact, urgency, priority, reasons } = classifyArrival(arrival, desk, learned);
  const { subject, from, to, cc, date, messageId, inReplyTo, references, text } = email;
  return {
    subject,
    from,
    to,
    cc,
    date,
    messageId,
    inReplyTo,
    references,
    text,
    visibleText: trimmed.visible,
    quoted: trimmed.quoted,
    signature: trimmed.signature,
    attachments: email.attachments.map(({ name, contentType, size, inline }) => ({
      name,
      contentType,
      size,
      inline,
    })),
    writer: { address: arrival.email.from?.address ?? null, ...writer },
    automatic,
    bounce,
    forwarded,
    classification: {
      category,
      impact,
      urgency,
      priority,
      language: detectLanguage(`${subject}\n${trimmed.visible || text}`) ?? desk.language,
      reasons: [
        ...reasons,
        ...beginService(
          { category, priority },
          { subject, text: trimmed.visible || text, from: arrival.email.from?.address ?? '' },
          desk,
        ).reasons,
      ],
    },
  };
}

function outcome({ disposition, reason, clue, detail }: Outcome) {
  return { disposition, reason, clue, detail };
}

const NOTHING = {
  subject: '',
  from: null,
  to: [],
  cc: [],
  date: null,
  messageId: null,
  inReplyTo: null,
  references: [],
  text: '',
  visibleText: '',
  quoted: '',
  signature: '',
  attachments: [],
  writer: null,
  automatic: null,
  bounce: null,
  forwarded: null,
  classification: null,
  disposition: 'quarantined' as const,
  clue: null,
  detail: 'it cannot be read',
};

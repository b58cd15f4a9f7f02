/** An email as it came in: what the rooms behind the parser read. The parser is the only one that makes it. */

/** The address in lower case, `local@domain`; the name decoded, '' when there is none. */
export interface Address {
  address: string;
  name: string;
}

export interface Attachment {
  /** As the sender named it, decoded; never a path to write to as it is. Made up from the type when there is none. */
  name: string;
  contentType: string;
  /** Decoded octets. */
  size: number;
  /** Shown inside the HTML (cid:) and not a file that somebody attached. */
  inline: boolean;
  contentId: string | null;
  content: Uint8Array;
  /** Of the content, in hexadecimal. */
  sha256: string;
  /** What an attached message says, or the header of one that could not be delivered. Absent on everything else, and where it cannot be read. */
  message?: AttachedMessage;
}

/** A message inside an email, as far as anybody asks: a forwarded mail, or what bounced. */
export type AttachedMessage = Pick<
  Email,
  'from' | 'to' | 'cc' | 'subject' | 'date' | 'messageId' | 'inReplyTo' | 'references' | 'text'
>;

export type Cut =
  | 'text'
  | 'html'
  | 'links'
  | 'addresses'
  | 'references'
  | 'attachments'
  | 'messages'
  | 'winmail';

export interface Email {
  /** Decoded, unfolded, '' when absent. */
  subject: string;
  /** The first mailbox of From; null when there is none that is valid. `fromAll` has every one (RFC 5322 3.6.2 allows several; we distrust them). */
  from: Address | null;
  fromAll: Address[];
  sender: Address | null;
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  /** ISO 8601 UTC, null when absent or not a date. */
  date: string | null;
  /** Ids without angle brackets. */
  messageId: string | null;
  inReplyTo: string | null;
  /** All ids of References, oldest first, each once. */
  references: string[];
  /** Unfolded raw values by lower-case field name, in their order. */
  headers: ReadonlyMap<string, readonly string[]>;
  /** The plain text, or the HTML made plain; line ends LF. */
  text: string;
  html: string | null;
  attachments: Attachment[];
  /** The last lines of `text`, which nobody wrote: what an invitation is to, and that an encrypted mail is one. */
  labels: string[];
  /** What somebody's calendar answers to an invitation; absent when it holds none. */
  calendar?: CalendarAnswer;
  /** What is longer or more than is read (core/mail/limits.ts), and was cut. */
  cut: Cut[];
  /** Bodies of message/delivery-status, disposition-notification and feedback-report parts, for who reads reports. */
  reports: { contentType: string; text: string }[];
}

/** An answer to an invitation, as a calendar program writes it. Nothing in it is proven. */
export interface CalendarAnswer {
  /** `countered`: another time is proposed. */
  answer: 'accepted' | 'declined' | 'tentative' | 'countered';
  uid: string;
  /** Of the invitation that is answered. */
  sequence: number | null;
  /** In lower case. */
  attendee: string;
  /** ISO 8601 UTC: the time that is answered, or that is proposed. Null where its zone is not known. */
  start: string | null;
  end: string | null;
  /** Words of the person's. */
  comment: string;
  /** Which program wrote it. */
  program: string;
}

export type Verdict = 'PASS' | 'FAIL' | 'GRAY' | 'PROCESSING_FAILED' | 'DISABLED';

/** What SES said of a mail when it took it in. The only source for verdicts and envelope recipients: headers in the mail are never believed. */
export interface Receipt {
  /** SES's message id, the name of the object under `in/`. */
  mailId: string;
  /** ISO 8601 UTC. */
  receivedAt: string;
  /** SMTP RCPT TO, lower case. */
  recipients: string[];
  /** SMTP MAIL FROM, lower case, '' for the null path. */
  returnPath: string;
  spf: Verdict;
  dkim: Verdict;
  dmarc: Verdict;
  spam: Verdict;
  virus: Verdict;
  /** Said by SES only when DMARC failed. */
  dmarcPolicy: 'none' | 'quarantine' | 'reject' | null;
}

export const AUTOMATIC_KINDS = [
  'bounce',
  'auto-reply',
  'out-of-office',
  'list',
  'complaint',
  'receipt',
  'monitoring',
  'loop',
] as const;

/** Why a mail counts as written by a machine: the rule that fired and what it saw. */
export interface Automatic {
  kind: (typeof AUTOMATIC_KINDS)[number];
  rule: string;
  seen: string;
}

export interface Bounce {
  /** The Message-ID of what did not arrive, when the report encloses it or its header. The sender of a report is nobody's proof: believe it only for ids that we sent. */
  originalMessageId?: string | null;
  recipients: {
    address: string /** RFC 3463 `5.1.1`, null when the report has none. */;
    status: string | null /** The address or domain does not exist or has moved. */;
    permanent: boolean;
  }[];
}

/** Which mail of ours a report speaks of, and of whom. As with a bounce, believe it only for ids that we sent. */
export interface Reported {
  /** Ids of the returned mail and of those that it answered, the nearest first. */
  ids: string[];
  about: string[];
}

export interface Forwarded {
  from: Address | null;
  to: Address[];
  cc: Address[];
  subject: string | null;
  date: string | null;
  text: string;
}

/** A reply taken apart. `visible` is what its writer wrote now; it may be empty. */
export interface Trimmed {
  visible: string;
  quoted: string;
  signature: string;
}

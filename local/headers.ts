/** The head of a message as octets: what SES reads of it, takes out of it and writes above it. Bodies are not touched. */

export interface Field {
  /** As written. */
  name: string;
  /** Unfolded, without the spaces around it. */
  value: string;
  /** With its line ends. */
  raw: string;
}

export interface Head {
  fields: Field[];
  /** Offset of the body, after the empty line. */
  bodyAt: number;
}

/** Null when there is no empty line in it: then it is all head, and not yet whole. */
export function readHead(message: Buffer): Head | null {
  const bodyAt = endOfHead(message);
  return bodyAt === null ? null : { fields: readFields(message.toString('latin1', 0, bodyAt)), bodyAt };
}

function endOfHead(message: Buffer): number | null {
  if (message[0] === 0x0a) return 1;
  if (message[0] === 0x0d && message[1] === 0x0a) return 2;
  for (let at = message.indexOf(0x0a); at >= 0; at = message.indexOf(0x0a, at + 1)) {
    if (message[at + 1] === 0x0a) return at + 2;
    if (message[at + 1] === 0x0d && message[at + 2] === 0x0a) return at + 3;
  }
  return null;
}

function readFields(head: string): Field[] {
  const fields: Field[] = [];
  let raw = '';
  const take = () => {
    const colon = raw.indexOf(':');
    // A line without a name is not a field; SES's own readers skip it too.
    if (colon > 0)
      fields.push({ name: raw.slice(0, colon).trim(), value: unfold(raw.slice(colon + 1)), raw });
    raw = '';
  };
  for (const line of head.match(/[^\n]*\n/g) ?? []) {
    if (/^\r?\n$/.test(line)) break;
    if (!/^[ \t]/.test(line)) take();
    raw += line;
  }
  take();
  return fields;
}

/** Octets above 127 are taken for UTF-8, as SES's JSON shows them. */
function unfold(value: string): string {
  return Buffer.from(value.replace(/\r?\n[ \t]*/g, ' ').trim(), 'latin1').toString();
}

export function fieldValue(fields: Field[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value;
}

/** SES gives at most this much of a mail's head in its notifications, and says so when it left some out. */
const LARGEST_HEADERS = 10 * 1024;

/** The `headers`, `headersTruncated` and `commonHeaders` of SES's notifications. */
export function headersForNotice(fields: Field[], more: Record<string, string>): Record<string, unknown> {
  const headers: { name: string; value: string }[] = [];
  let size = 0;
  for (const { name, value } of fields) {
    size += name.length + Buffer.byteLength(value);
    if (size > LARGEST_HEADERS) break;
    headers.push({ name, value });
  }
  const common: Record<string, unknown> = { ...more };
  for (const [key, name, list] of COMMON) {
    const value = fieldValue(fields, name);
    if (value !== undefined && common[key] === undefined) common[key] = list ? splitAddresses(value) : value;
  }
  return { headersTruncated: headers.length < fields.length, headers, commonHeaders: common };
}

const COMMON: [key: string, name: string, list: boolean][] = [
  ['from', 'from', true],
  ['sender', 'sender', false],
  ['replyTo', 'reply-to', true],
  ['date', 'date', false],
  ['to', 'to', true],
  ['cc', 'cc', true],
  ['bcc', 'bcc', true],
  ['messageId', 'message-id', false],
  ['subject', 'subject', false],
];

/** At the commas that stand in no quotes and no angle brackets. */
function splitAddresses(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let angle = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (character === '\\' && quoted) at++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '<') angle = true;
    else if (!quoted && character === '>') angle = false;
    else if (!quoted && !angle && character === ',') {
      parts.push(value.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(value.slice(start).trim());
  return parts.filter((part) => part !== '');
}

/** `Sat, 21 Nov 2026 14:05:00 +0000`, as RFC 5322 3.3 has it. */
export function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

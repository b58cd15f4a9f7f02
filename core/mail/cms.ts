/** What an S/MIME signature wraps (RFC 5652 5): found, not verified. SES's verdicts say who sent a mail. */

/** 1.2.840.113549.1.7.2 and .1: signed data, and data. */
const SIGNED_DATA = '2a864886f70d010702';
const DATA = '2a864886f70d010701';

const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;
const EXPLICIT = 0xa0;
const OCTETS = 0x04;
const OCTETS_IN_PIECES = 0x24;

interface Element {
  tag: number;
  from: number;
  /** Where the content ends, and where the next element begins: with an indefinite length two zeros lie between. */
  to: number;
  next: number;
}

/** The signed octets; null where there are none to read: encrypted, or not of this kind. */
export function signedContent(octets: Uint8Array): Uint8Array | null {
  const inside = (outer: Element | null | undefined) => (outer ? children(octets, outer, 8) : []);
  const [type, wrapped] = inside(elementAt(octets, 0, octets.length, SEQUENCE));
  if (!holds(octets, type, SIGNED_DATA) || wrapped?.tag !== EXPLICIT) return null;
  // Version, digest algorithms, and then what was signed.
  const content = inside(inside(wrapped)[0])[2];
  const [kind, value] = inside(content);
  if (!holds(octets, kind, DATA) || value?.tag !== EXPLICIT) return null;
  const [string] = inside(value);
  if (string?.tag === OCTETS) return octets.subarray(string.from, string.to);
  if (string?.tag !== OCTETS_IN_PIECES) return null;
  return Buffer.concat(children(octets, string, MAX_PIECES).map(({ from, to }) => octets.subarray(from, to)));
}

/** Pieces of a kilobyte, of the largest mail that there is. */
const MAX_PIECES = 50_000;

function holds(octets: Uint8Array, element: Element | undefined, id: string): boolean {
  return (
    element?.tag === OBJECT_ID &&
    Buffer.from(octets.subarray(element.from, element.to)).toString('hex') === id
  );
}

function children(octets: Uint8Array, outer: Element, most: number): Element[] {
  const found: Element[] = [];
  for (let at = outer.from; at < outer.to && found.length < most; ) {
    const element = elementAt(octets, at, outer.to);
    if (!element) break;
    found.push(element);
    at = element.next;
  }
  return found;
}

/** X.690 8.1. A length that leads beyond the end is cut there. */
function elementAt(octets: Uint8Array, at: number, end: number, only?: number): Element | null {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined || at + 2 > end || (only !== undefined && tag !== only))
    return null;
  if (first === 0x80) return indefinite(octets, tag, at + 2, end);
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4) return null;
  let length = more === 0 ? first : 0;
  for (let nth = 0; nth < more; nth += 1) length = length * 256 + (octets[at + 2 + nth] ?? 0);
  const from = at + 2 + more;
  const to = Math.min(end, from + length);
  return { tag, from, to, next: to };
}

/**
 * Without a length an element ends at two zeros, behind all that is in it. The outer ones are walked to the end of
 * the octets, where theirs are; the string of pieces is walked piece by piece.
 */
function indefinite(octets: Uint8Array, tag: number, from: number, end: number): Element {
  if (tag !== OCTETS_IN_PIECES) return { tag, from, to: end, next: end };
  let at = from;
  for (let nth = 0; nth < MAX_PIECES && at < end && octets[at] === OCTETS; nth += 1)
    at = elementAt(octets, at, end)?.next ?? end;
  return { tag, from, to: at, next: Math.min(end, at + 2) };
}

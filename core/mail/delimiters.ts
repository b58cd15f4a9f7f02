/**
 * The lines between the parts of a multipart, as mailers break them: white space behind the boundary, and inner
 * multiparts that are never closed, so that the delimiter of an outer one must close them.
 */
import { isLostParameter, splitHead } from './header.ts';

/** The boundary that a Content-Type names, null when it names none. */
export function boundaryOf(contentType: string): string | null {
  const said = /;\s*boundary\s*=\s*(?:"([^"]{1,2000})"|([^\s;"]{1,2000}))/i.exec(contentType);
  return (said?.[1] ?? said?.[2])?.trimEnd() || null;
}

/**
 * The body in pieces, each delimiter as RFC 2046 5.1.1 wants it. One pass: lines that begin with two dashes are looked
 * at, everything between them is handed on as it is.
 */
export function mendDelimiters(
  fields: readonly { name: string; octets: string }[],
  body: Uint8Array,
): Uint8Array[] {
  const octets = Buffer.from(body.buffer, body.byteOffset, body.length);
  const type = fields.find(({ name }) => name === 'content-type')?.octets ?? '';
  const outer = /^\s*multipart\//i.test(type) ? boundaryOf(type) : null;
  if (outer === null) return [octets];
  const pieces: Uint8Array[] = [];
  const open = [outer];
  const ended = new Set<string>();
  let from = 0;
  let behind = 0;
  let met = 0;
  // What a boundary may begin with: most lines of two dashes are rules in somebody's text.
  const firsts = new Set([outer.charCodeAt(0)]);
  for (
    let at = nextDashes(octets, 0);
    at >= 0 && open.length > 0 && met < MAX_DELIMITERS;
    at = nextDashes(octets, at)
  ) {
    if (!firsts.has(octets[at + 2] ?? 0)) {
      at += 1;
      continue;
    }
    const end = endOfLine(octets, at);
    const line = octets.toString('latin1', at, Math.min(end, at + 2_100)).trimEnd();
    met += 1;
    const place = open.findLastIndex((boundary) => line === `--${boundary}` || line === `--${boundary}--`);
    if (place >= 0) {
      const closes = line.length === (open[place] ?? '').length + 4;
      const unclosed = open.splice(place + 1).reverse();
      const newline = octets[end - 2] === 0x0d ? '\r\n' : '\n';
      const isWhole = octets[end - 1] === 0x0a && end - at === line.length + newline.length;
      if (!isWhole || unclosed.length > 0) {
        pieces.push(octets.subarray(from, at));
        for (const boundary of unclosed) ended.add(`--${boundary}`).add(`--${boundary}--`);
        for (const boundary of unclosed) pieces.push(Buffer.from(`--${boundary}--${newline}`, 'latin1'));
        pieces.push(Buffer.from(`${line}${newline}`, 'latin1'));
        from = end;
      }
      behind = end;
      if (closes) open.pop();
      else {
        for (const lost of lostParameters(octets, end)) {
          pieces.push(octets.subarray(from, lost), Buffer.from(' ', 'latin1'));
          from = lost;
        }
        const inner = innerBoundary(octets, end);
        // The same boundary inside itself is one multipart, not two.
        if (inner !== null && !open.includes(inner) && open.length < MAX_OPEN) {
          open.push(inner);
          firsts.add(inner.charCodeAt(0));
        }
      }
    } else if (ended.has(line)) {
      // A delimiter of a multipart that is over is nobody's text.
      if (at > from) pieces.push(octets.subarray(from, at));
      from = end;
    }
    at = end - 1;
  }
  pieces.push(...lastPiece(octets.subarray(from), Math.max(0, behind - from), open[0]));
  return pieces;
}

/** A text without a line end may have swallowed the last delimiter: `…see you--boundary--`. `behind`: where that text begins. */
function lastPiece(rest: Buffer, behind: number, outer: string | undefined): Uint8Array[] {
  if (outer === undefined) return [rest];
  const end = rest.toString('latin1', Math.max(0, rest.length - outer.length - 16)).trimEnd();
  if (!end.endsWith(`--${outer}--`)) return [rest];
  const at = rest.lastIndexOf(`--${outer}--`, undefined, 'latin1');
  if (at < behind) return [rest];
  return [rest.subarray(0, at), Buffer.from('\r\n', 'latin1'), rest.subarray(at)];
}

/** Lines that may be delimiters and are looked at: a mail of a thousand parts has two thousand. */
const MAX_DELIMITERS = 100_000;

/** Each open multipart is compared with each delimiter. Deeper ones are left to the parser, which stops at its own limit. */
const MAX_OPEN = 200;

/** Where the next line that begins with two dashes begins, at `from` or behind. */
function nextDashes(octets: Buffer, from: number): number {
  if (from === 0 && octets[0] === 0x2d && octets[1] === 0x2d) return 0;
  const found = octets.indexOf('\n--', from, 'latin1');
  return found < 0 ? -1 : found + 1;
}

function endOfLine(octets: Buffer, from: number): number {
  const end = octets.indexOf(0x0a, from);
  return end < 0 ? octets.length : end + 1;
}

/** Lines of a part's header that lost the white space of their folding. */
function lostParameters(octets: Buffer, from: number): number[] {
  const lost: number[] = [];
  let before: string | undefined;
  for (let at = from, nth = 0; at < octets.length && nth < 50; nth += 1) {
    const end = endOfLine(octets, at);
    const line = octets.toString('latin1', at, Math.min(end, at + 1_000)).trimEnd();
    if (line === '') break;
    if (isLostParameter(line, before)) lost.push(at);
    before = line;
    at = end;
  }
  return lost;
}

function innerBoundary(octets: Buffer, from: number): string | null {
  const { fields } = splitHead(octets.subarray(from, from + 16_384));
  const type = fields.find(({ name }) => name === 'content-type')?.octets ?? '';
  return /^\s*multipart\//i.test(type) ? boundaryOf(type) : null;
}

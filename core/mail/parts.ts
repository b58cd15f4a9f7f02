/** Files on their way out: as many mails as they need, and what is too large for any mail in numbered pieces. */
import type { Message } from '../ticket/ticket.ts';
import { safeName } from './file-name.ts';

/** SES takes 10 MB with everything encoded. */
export const MOST_FILE_OCTETS = 7_000_000;
/** SES takes 500 parts. */
const MOST_FILES = 400;

type StoredFile = Pick<Message['attachments'][number], 'name' | 'contentType' | 'size' | 'key'>;

/** A file, or the octets of it from `start` up to `end`. */
export interface Piece {
  name: string;
  contentType: string;
  key: string;
  start: number;
  end: number;
  /** Of which file it is a piece, and the names of all its pieces in order; null when it is whole. */
  pieceOf: { name: string; pieces: string[] } | null;
}

/** One list for each mail, in the order of the files. The same files give the same mails. */
export function packed(files: readonly StoredFile[]): Piece[][] {
  const mails: Piece[][] = [];
  let room = 0;
  for (const piece of files.flatMap(split)) {
    const octets = piece.end - piece.start;
    const last = mails.at(-1);
    if (last && octets <= room && last.length < MOST_FILES) {
      last.push(piece);
      room -= octets;
    } else {
      mails.push([piece]);
      room = MOST_FILE_OCTETS - octets;
    }
  }
  return mails;
}

function split({ name, contentType, size, key }: StoredFile): Piece[] {
  const count = Math.ceil(size / MOST_FILE_OCTETS);
  if (count <= 1) return [{ name, contentType, key, start: 0, end: size, pieceOf: null }];
  // These names are typed into a shell.
  const whole = safeName(name);
  const pieces = Array.from({ length: count }, (_, n) => `${whole}.part-${n + 1}-of-${count}`);
  return pieces.map((piece, n) => ({
    name: piece,
    contentType: 'application/octet-stream',
    key,
    start: n * MOST_FILE_OCTETS,
    end: Math.min(size, (n + 1) * MOST_FILE_OCTETS),
    pieceOf: { name: whole, pieces },
  }));
}

/** What #files and #history show, in words. Only the desk's own people ask for them. */
import type { Desk, Language } from '../core/config/desk.ts';
import type { Piece } from '../core/mail/parts.ts';
import { personOf } from '../core/mail/standing.ts';
import type { Message, Ticket } from '../core/ticket/ticket.ts';
import { timeIn } from './times.ts';
import { withheldIn } from './view.ts';
import { phrase } from './words.ts';

export interface Fetched {
  /** The files of all the mails, in their order. */
  pieces: Piece[];
  /** What was asked for and has no files. */
  none: ('latest' | number)[];
  /** Files that stay where they are because nothing says that they are free of viruses. */
  withheld: number;
  part: { number: number; of: number };
}

/** In each mail: which part it is. In the first: what there is not, and how pieces are joined. */
export function filesIn(language: Language, { pieces, none, withheld, part }: Fetched): string {
  const { number, of } = part;
  const which = of > 1 ? [phrase(language, 'files-part', { number: String(number), of: String(of) })] : [];
  if (number > 1) return which.join('\n');
  return [
    ...which,
    ...none.map((message) =>
      message === 'latest'
        ? phrase(language, 'files-none-latest')
        : phrase(language, 'files-none', { message: String(message) }),
    ),
    ...(withheld > 0 ? [withheldIn(language, withheld)] : []),
    ...joins(language, pieces),
  ].join('\n\n');
}

/** The names hold letters, digits, dots, hyphens and underscores only, so that no shell reads more into them. */
function joins(language: Language, pieces: Piece[]): string[] {
  const split = new Map(pieces.flatMap(({ key, pieceOf }) => (pieceOf ? [[key, pieceOf] as const] : [])));
  return [...split.values()].map(({ name, pieces: names }) =>
    [
      phrase(language, 'files-join', { name, count: String(names.length) }),
      `    Windows:       cmd /c copy /b "${names.join('"+"')}" "${name}"`,
      `    macOS, Linux:  cat ${names.map((piece) => `'${piece}'`).join(' ')} > '${name}'`,
    ].join('\n'),
  );
}

/**
 * What was taken back before it left says so: else a colleague takes it for what the requester knows. What was cut from
 * later messages may be quotes of one that was taken out, and is not shown any more.
 */
export function marked(
  messages: Message[],
  { takenBack = [], redacted = [] }: Ticket,
  language: Language,
): Message[] {
  const first = Math.min(...redacted);
  return messages
    .map((message) => (message.number > first ? { ...message, cut: null } : message))
    .map((message) =>
      takenBack.includes(message.number)
        ? { ...message, text: `${phrase(language, 'taken-back')}\n\n${message.text}`, html: null }
        : message,
    );
}

/** Who said what when, oldest first; what was cut from a message stands below it and says so. Texts are whole. */
export function historyIn(language: Language, messages: Message[], desk: Desk): string {
  return messages.map((message) => entryOf(language, message, desk)).join('\n\n\n');
}

function entryOf(
  language: Language,
  { number, from, at, visibility, text, attachments, cut }: Message,
  desk: Desk,
): string {
  const who =
    personOf(from.address, desk)?.name ?? (from.name ? `${from.name} <${from.address}>` : from.address);
  const facts = [`#${number}`, who, timeIn(language, at, desk)];
  const inside = visibility === 'private' ? [phrase(language, 'history-private')] : [];
  const files = attachments.map(({ name }) => name).join(', ');
  const parts = [
    `── ${[...facts, ...inside].join(' · ')}`,
    text.trim(),
    files === '' ? '' : phrase(language, 'history-files', { files, message: String(number) }),
    cutIn(language, 'history-quoted', cut?.quoted ?? ''),
    cutIn(language, 'history-signature', cut?.signature ?? ''),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Set off, line by line, so that nobody takes it for what was said. */
function cutIn(language: Language, key: 'history-quoted' | 'history-signature', text: string): string {
  if (text.trim() === '') return '';
  return `${phrase(language, key)}\n${text.trim().replace(/^/gm, '  ┊ ')}`;
}

/** Which files of a mail are news to a ticket: what nobody attached, and pictures that it has already, are none. */
import type { Attachment } from './email.ts';

/** A ticket remembers the newest so many pictures; each person who writes has a logo or two. */
export const MAX_PICTURES = 50;

/** Why a file is none that the ticket keeps. Of all of these the stored mail has the octets. */
export type Known =
  /** It proves who wrote, and says nothing. */
  | 'signature'
  /** The half of an Apple file that only an Apple needs (RFC 1740). */
  | 'apple-half'
  /** The same words once more, for a watch or as AMP. */
  | 'other-form'
  /** The ticket has this picture: a logo, or one that was quoted. */
  | 'seen-before'
  /** The mail has it twice. */
  | 'twice';

export interface News {
  files: Attachment[];
  known: { name: string; why: Known }[];
  /** Hashes of the pictures that the ticket has seen now, the newest last. */
  pictures: string[];
}

const NO_FILES: Readonly<Record<string, Known>> = {
  'application/pgp-signature': 'signature',
  'application/pkcs7-signature': 'signature',
  'application/x-pkcs7-signature': 'signature',
  'application/applefile': 'apple-half',
  'text/x-amp-html': 'other-form',
  'text/watch-html': 'other-form',
};

/**
 * `pictures`: SHA-256 of those that the ticket has seen inside its mails. A file that somebody attaches is news each
 * time, whatever it holds; a picture is known once it stood inside a mail.
 */
export function newsOf(attachments: readonly Attachment[], pictures: readonly string[]): News {
  const news: News = { files: [], known: [], pictures: [] };
  const seen = new Set(pictures);
  const here = new Set<string>();
  for (const file of attachments) {
    const why = NO_FILES[file.contentType] ?? pictureKnown(file, seen, here);
    if (why) news.known.push({ name: file.name, why });
    else news.files.push(file);
    if (file.inline) here.add(file.sha256);
  }
  // What was seen again moves to the end: a logo stays known as long as its owner writes.
  news.pictures = [...new Set([...pictures.filter((hash) => !here.has(hash)), ...here])].slice(-MAX_PICTURES);
  return news;
}

function pictureKnown(
  { contentType, sha256 }: Attachment,
  seen: ReadonlySet<string>,
  here: ReadonlySet<string>,
): Known | null {
  if (!contentType.startsWith('image/')) return null;
  if (seen.has(sha256)) return 'seen-before';
  return here.has(sha256) ? 'twice' : null;
}

/** Where the clock of whoever wrote a mail stands: so that a time which is promised to him is one that he can read off it. */
import type { Email } from './email.ts';

/** From +14:00 in Kiribati to -12:00; RFC 5322 3.3, with the comment that may follow. */
const OFFSET = /\s([+-])(0\d|1[0-4])(00|15|30|45)\s*(?:\([^()]*\)\s*)?$/;

/**
 * How far it is from UTC, such as `+05:30`, by the Date that his mail program wrote. Null where it says nothing of where
 * he is: many servers write +0000 for everybody, and -0000 means just that. Null, too, where the mail that is read is not
 * the one that he sent, as when a colleague forwards it.
 */
export function offsetOf({ headers }: Pick<Email, 'headers'>, writer: string): string | null {
  const from = headers.get('from')?.[0] ?? '';
  if (!from.toLowerCase().includes(writer)) return null;
  const [, sign, hours, minutes] = OFFSET.exec(headers.get('date')?.[0] ?? '') ?? [];
  return sign && `${hours}${minutes}` !== '0000' ? `${sign}${hours}:${minutes}` : null;
}

/**
 * What may stand in a log: ids, numbers, words of ours. Who wrote and what he wrote may not, and a fault's message is
 * somebody else's sentence, which quotes what it pleases.
 */
type Entry = string | number | boolean | null;

export function withoutContent<Ids extends Record<string, Entry>>(ids: Ids): Ids {
  const entries = Object.entries(ids).map(([name, value]): [string, Entry] => [
    name,
    typeof value !== 'string' ? value : name === 'stack' ? framesOf(value) : scrubbed(value),
  ]);
  return Object.fromEntries(entries) as Ids;
}

const LONGEST = 1_000;
const ADDRESS = /[^\s@<>"'«»,;()]{1,320}@[^\s@<>"'«»,;()]{1,255}/g;
/** The name that somebody gave a file stands behind its number. */
const FILE = /\b(files\/[^\s/]{1,200}\/\d{1,6})-\S{1,300}/g;

function scrubbed(text: string): string {
  return text.slice(0, LONGEST).replace(FILE, '$1').replace(ADDRESS, '…@…');
}

/** A stack begins with the message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s{1,8}at /.test(line))
    .join('\n');
}

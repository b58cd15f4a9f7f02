/**
 * By what a ticket is found again: the words of its subject, of its requester's name and of its first text. Each of the most
 * telling of them is an entry of an index, and carries all the others: so one word that few tickets have finds the oldest
 * of them, and what is read does not grow with the table. What stands in any mail is no word to look for.
 */
import { everyTermOf } from '../knowledge/terms.ts';
import type { Ticket } from './ticket.ts';

export interface Findable {
  /** The words under which it stands in the index. */
  keys: string[];
  words: string[];
}

/** Each is an item, and an item of an index. */
export const MOST_KEYS = 8;
const MOST_OF_SUBJECT = 5;
const MOST_OF_NAME = 2;
/** An entry is no more than a kilobyte, which is what one write costs. */
const MOST_OCTETS = 800;
/** What is longer is a link or a token, which nobody types. */
const LONGEST_KEY = 24;
/** Characters of a text: what comes later would find no place. */
const MOST_READ = 8_000;
/** Addresses are found by the index of requesters, which goes on with the ticket. */
const ADDRESS = /(?<![^\s@<>])[^\s@<>]+@[^\s@<>]+/g;

export function findable(
  { subject, requester }: Pick<Ticket, 'subject' | 'requester'>,
  text: string,
): Findable {
  const title = wordsToFind(subject);
  const name = wordsToFind(requester.name);
  const body = wordsToFind(text.slice(0, MOST_READ));
  const words: string[] = [];
  let left = MOST_OCTETS;
  for (const word of new Set([...title, ...name, ...body])) {
    left -= Buffer.byteLength(word) + 3;
    if (left < 0) break;
    words.push(word);
  }
  const carried = new Set(words);
  const keyed = (some: string[]) =>
    telling(some.filter((word) => word.length > 1 && word.length <= LONGEST_KEY && carried.has(word)));
  const keys = new Set([
    ...keyed(title).slice(0, MOST_OF_SUBJECT),
    ...keyed(name).slice(0, MOST_OF_NAME),
    ...keyed(body),
  ]);
  return { keys: [...keys].slice(0, MOST_KEYS), words };
}

/** Each once, in their order. */
export function wordsToFind(text: string): string[] {
  return [...new Set(everyTermOf(text.replace(ADDRESS, ' ')))];
}

/** Numbers of devices and errors first: few tickets have them. The others as they come, since people begin with what it is about. */
function telling(words: string[]): string[] {
  const isNumbered = (word: string) => /\p{N}/u.test(word);
  return [...words.filter(isNumbered), ...words.filter((word) => !isNumbered(word))];
}

/** Each of them, or a word that begins so. */
export function holdsAll(asked: readonly string[], words: readonly string[]): boolean {
  return asked.every((each) => words.some((word) => word.startsWith(each)));
}

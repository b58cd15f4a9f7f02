/**
 * Which of some given mails answers which, from their ids alone. A parent is the nearest earlier mail that is among
 * them; mails that name a common ancestor, given or not, are one conversation, called by the id of its first mail.
 */
import type { Email } from './email.ts';

export interface Place {
  parent: string | null;
  thread: string | null;
}

type Ids = Pick<Email, 'messageId' | 'inReplyTo' | 'references' | 'date'>;

/** In the order of the mails. Linear in the number of ids. */
export function placeInConversations(mails: readonly Ids[]): Place[] {
  const given = new Set(mails.flatMap(({ messageId }) => messageId ?? []));
  const groups = disjointSets();
  for (const { messageId, inReplyTo, references } of mails) {
    if (!messageId) continue;
    for (const id of [...references, ...(inReplyTo ? [inReplyTo] : [])]) groups.join(messageId, id);
  }
  const parents = mails.map((mail) => nearest(mail, given));
  const roots = new Map<string, { id: string; rank: string }>();
  mails.forEach(({ messageId, date }, index) => {
    if (!messageId) return;
    const group = groups.find(messageId);
    // A mail that answers none of the others comes first; then the oldest; then the first given.
    const rank = `${parents[index] ? 1 : 0}${date ?? '9999'}`;
    const root = roots.get(group);
    if (!root || rank < root.rank) roots.set(group, { id: messageId, rank });
  });
  return mails.map(({ messageId }, index) => ({
    parent: parents[index] ?? null,
    thread: messageId ? (roots.get(groups.find(messageId))?.id ?? messageId) : null,
  }));
}

function nearest({ messageId, inReplyTo, references }: Ids, given: ReadonlySet<string>): string | null {
  const chain = [...references.toReversed(), ...(inReplyTo ? [inReplyTo] : [])];
  return chain.find((id) => id !== messageId && given.has(id)) ?? null;
}

function disjointSets() {
  const above = new Map<string, string>();
  const find = (id: string): string => {
    let top = id;
    for (let next = above.get(top); next !== undefined; next = above.get(top)) top = next;
    for (let at = id; at !== top; ) {
      const next = above.get(at) as string;
      above.set(at, top);
      at = next;
    }
    return top;
  };
  return {
    find,
    join(a: string, b: string) {
      const [topA, topB] = [find(a), find(b)];
      if (topA !== topB) above.set(topB, topA);
    },
  };
}

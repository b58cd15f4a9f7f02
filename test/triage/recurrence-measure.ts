/** Pairs and clusters that the desk finds in a list of mails, against what they are about. */
import { classify } from '../../core/triage/classify.ts';
import { ALIKE, likeness, readPrint } from '../../core/triage/likeness.ts';
import { desk } from '../sample.ts';
import type { Reported } from './recurrence-mails.ts';

interface Share {
  precision: number;
  recall: number;
}

export interface Measured {
  pairs: Share;
  /** By B-cubed: for each mail, which of those that it is put together with belong there, and which of those are. */
  clusters: Share;
  misses: string[];
}

export function measureRecurrence(mails: readonly Reported[]): Measured {
  const read = mails.map(({ subject, text }) => {
    const filed = classify({ subject, text, from: 'somebody@example.org', to: [] }, desk);
    return readPrint(subject, text, filed);
  });
  const belong = (one: number, other: number) =>
    mails[one]?.outage != null && mails[one]?.outage === mails[other]?.outage;
  const misses: string[] = [];
  const roots = mails.map((_, at) => at);
  const count = { right: 0, found: 0, there: 0 };
  for (const [other, { print }] of read.entries())
    for (const [one, mine] of read.slice(0, other).entries()) {
      const { score, why } = likeness(mine, print);
      const [isFound, isThere] = [score >= ALIKE, belong(one, other)];
      count.found += Number(isFound);
      count.there += Number(isThere);
      count.right += Number(isFound && isThere);
      if (isFound !== isThere)
        misses.push(
          `${isThere ? 'missed' : 'false'} ${score.toFixed(2)}: “${mails[one]?.subject}” and “${mails[other]?.subject}”: ${why}`,
        );
      if (!isFound) continue;
      const [from, to] = [roots[other], roots[one]] as [number, number];
      for (const [at, root] of roots.entries()) if (root === from) roots[at] = to;
    }
  const shares = mails.map((_, one) => {
    const together = mails.flatMap((_mail, other) => (roots[one] === roots[other] ? [other] : []));
    const own = mails.flatMap((_mail, other) => (one === other || belong(one, other) ? [other] : []));
    const right = together.filter((other) => own.includes(other)).length;
    return { precision: right / together.length, recall: right / own.length };
  });
  const mean = (of: keyof Share) => shares.reduce((sum, share) => sum + share[of], 0) / shares.length;
  return {
    pairs: { precision: count.right / (count.found || 1), recall: count.right / (count.there || 1) },
    clusters: { precision: mean('precision'), recall: mean('recall') },
    misses,
  };
}

/**
 * How well the desk sees that several people tell of one outage: precision and recall of pairs and of whole clusters on the
 * invented mails of test/triage/recurrence-mails.ts.
 */
import { DEVELOPMENT, HELD_OUT } from '../test/triage/recurrence-mails.ts';
import { measureRecurrence } from '../test/triage/recurrence-measure.ts';
import { rounded, table } from './figures.ts';
import { flag, optionsOf } from './options.ts';

const { misses: areShown } = optionsOf('How well the desk sees that several people tell of one outage.', {
  misses: flag('show also what was missed'),
});
const halves = { development: DEVELOPMENT, 'held out': HELD_OUT };
const rows = Object.entries(halves).map(([half, mails]) => {
  const { pairs, clusters, misses } = measureRecurrence(mails);
  if (areShown) for (const miss of misses) console.log(`${half}: ${miss}`);
  return [
    half,
    String(mails.length),
    ...[pairs.precision, pairs.recall, clusters.precision, clusters.recall].map((share) =>
      String(rounded(share, 2)),
    ),
  ];
});
console.log(
  table([['half', 'mails', 'pairs: precision', 'recall', 'clusters: precision', 'recall'], ...rows]),
);

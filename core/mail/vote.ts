/** What somebody says who was asked to approve: the word at the head of the reply decides. */
import type { Vote } from '../ticket/ticket.ts';

const WORDS: Record<Vote, readonly string[]> = {
  approve: [
    ...['approve', 'approved', 'yes', 'agreed', 'accept', 'accepted', 'granted'],
    ...[
      'ja',
      'genehmigt',
      'genehmige',
      'genehmigen',
      'freigegeben',
      'zugestimmt',
      'einverstanden',
      'bewilligt',
    ],
  ],
  reject: [
    ...[
      'reject',
      'rejected',
      'no',
      'denied',
      'deny',
      'decline',
      'declined',
      'disapprove',
      'disapproved',
      'refused',
    ],
    ...['nein', 'abgelehnt', 'ablehnen', 'verweigert'],
  ],
};
const VOTES = new Map(
  (Object.keys(WORDS) as Vote[]).flatMap((vote) => WORDS[vote].map((word): [string, Vote] => [word, vote])),
);
/** With one of these in its line a word may mean its contrary: "yes, but not before June", "No problem, approved". */
const TURNS =
  /(?<!\p{L})(?:not|but|unless|until|don['’]t|problems?|objections?|nicht|aber|sofern|wenn|if|kein\p{L}{0,2})(?!\p{L})/iu;
const HEAD = /^\s{0,99}[#\uff03"“„*_]{0,3}(\p{L}{1,20})(?!\p{L})[^\n]{0,500}/u;

/**
 * Null when the first word is no vote, or its line says both: then it is asked again, for a vote that was guessed is
 * worse than none. `text` is what was written now, without quotes and signature. `rest` is what else it says.
 */
export function readVote(text: string): { vote: Vote; rest: string } | null {
  const [line = '', word = ''] = HEAD.exec(text) ?? [];
  const vote = VOTES.get(word.toLowerCase());
  if (!vote || TURNS.test(line)) return null;
  const others = line.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (others.some((other) => (VOTES.get(other) ?? vote) !== vote)) return null;
  const whole = text.trim();
  const bare = whole.replace(/^[^\p{L}]*\p{L}+[\s.,:;!*_"”“–-]*/u, '');
  return { vote, rest: bare === '' ? '' : whole };
}

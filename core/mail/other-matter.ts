/** Whether somebody says that his matter is another one than that which the desk joined it to. */
import { compile, firstHit, fold, type Phrases } from '../triage/words.ts';

const PHRASES = [
  [
    ...[
      'not the same',
      'not for me',
      'not my problem',
      'different problem',
      'another problem',
      'something else',
    ],
    ...['nicht dasselbe', 'nicht das gleiche', 'nicht das selbe', 'etwas anderes', 'anderes problem'],
    ...['pas la même chose', 'pas le même problème', 'autre chose', 'autre problème'],
    ...['no es lo mismo', 'otra cosa', 'otro problema', 'no es mi problema'],
    ...['não é o mesmo', 'não é a mesma', 'outra coisa', 'outro problema'],
    ...['別件', '別の問題', '同じではありません', '違う問題'],
  ],
];
/** Made when the first reply is asked about. */
let phrases: Phrases | null = null;

/** Such words stand first; what follows tells of the other matter. */
const LONGEST = 300;

export function isOtherMatter(words: string): boolean {
  phrases ??= compile(PHRASES);
  return firstHit(phrases, fold(words.slice(0, LONGEST))) !== null;
}

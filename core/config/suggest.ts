/** Words for what is allowed, and for what was probably meant. */
import { distance } from 'fastest-levenshtein';

/** ` Did you mean “service-desk”?`, or '' when nothing allowed is near. */
export function suggestion(found: string, allowed: readonly string[]): string {
  if (allowed.length === 0 || allowed.includes(found)) return '';
  const nearest = nearestOf(found.toLowerCase(), allowed);
  // A third of the letters wrong is a slip of the keys; more is another word.
  const near =
    distance(found.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, Math.floor(nearest.length / 3));
  return near ? `. Did you mean “${nearest}”?` : '';
}

/** Of several that are as near, the one with the same letters: two that changed places are the commonest slip. `known` is not empty. */
export function nearestOf(word: string, known: readonly string[]): string {
  const letters = [...word].sort().join('');
  const others = (each: string) => (letters === [...each].sort().join('') ? 0 : 1);
  const [nearest] = known
    .map((each) => ({ each, away: distance(word, each) }))
    .sort((one, other) => one.away - other.away || others(one.each) - others(other.each));
  return nearest?.each ?? '';
}

/** `a, b or c` */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'nothing';
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/**
 * Reasons in the reader's language. The record keeps them as English sentences; `because-…` in the phrases has each of
 * those in every language, and the English one is the pattern by which it is known. What a person gave as his reason, and
 * what no phrase has, stays as it is.
 */
import type { Language } from '../core/config/desk.ts';
import { type PhraseKey, phrase, phrases } from './words.ts';

/** Longer ones are somebody's own words. */
const LONGEST = 1_000;

/** Made when a reason is first told in another language. */
let patterns: { key: PhraseKey; pattern: RegExp }[] | null = null;

export function reasonIn(language: Language, reason: string): string {
  if (language === 'en' || reason.length > LONGEST) return reason;
  return reason
    .split('; ')
    .map((part) => inWords(language, part) ?? named(language, part) ?? part)
    .join('; ');
}

/** `Luis Ortega: on duty`, `P2: the matrix …`: what stands before the colon is a name. */
function named(language: Language, part: string): string | null {
  const [, name, rest] = /^([^:]{1,80}): (.+)$/su.exec(part) ?? [];
  const said = rest === undefined ? null : inWords(language, rest);
  return said === null ? null : `${name}: ${said}`;
}

function inWords(language: Language, part: string): string | null {
  patterns ??= readPatterns();
  for (const { key, pattern } of patterns) {
    const found = pattern.exec(part);
    if (found) return phrase(language, key, found.groups ?? {});
  }
  return null;
}

function readPatterns(): { key: PhraseKey; pattern: RegExp }[] {
  const en = phrases('en');
  return (
    (Object.keys(en) as PhraseKey[])
      .filter((key) => key.startsWith('because-'))
      // The one that says the most of it wins.
      .sort((one, other) => bare(en[other]).length - bare(en[one]).length)
      .map((key) => ({ key, pattern: patternOf(en[key]) }))
  );
}

function bare(words: string): string {
  return words.replace(/\{\w+\}/g, '');
}

function patternOf(words: string): RegExp {
  const parts = words
    .split(/\{(\w+)\}/)
    .map((part, nth) => (nth % 2 ? `(?<${part}>.{1,200}?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`, 'u');
}

/** The desk's own words, in each language: what the rooms that prepare an update put into its view. */
import { readFileSync } from 'node:fs';
import type { Language } from '../core/config/desk.ts';
import type en from './phrases/en.json';

/** `status-open`, `priority-P1`, `deadline-firstResponse`, `reply-requester`, `refusal-code-expired` … */
export type PhraseKey = keyof typeof en;

const read = new Map<Language, Record<PhraseKey, string>>();

/** Of a language, when it is first spoken: a function speaks one or two, and each is as long as all the rest of it. */
export function phrases(language: Language): Record<PhraseKey, string> {
  const known = read.get(language);
  if (known) return known;
  const own = JSON.parse(readFileSync(new URL(`./phrases/${language}.json`, import.meta.url), 'utf8'));
  read.set(language, own);
  return own;
}

/** The phrase with `{name}` replaced by the fact of that name. '' when a fact that it needs is not there: half a sentence is not said. */
export function phrase(
  language: Language,
  key: PhraseKey,
  facts: Readonly<Record<string, string>> = {},
): string {
  return fill(phrases(language)[key], facts);
}

/** What an update of each kind may be told in `facts`. A sentence whose fact is not given is left out of the mail. */
export const FACTS = {
  /** By when a person answers; when the desk opens, if it is closed; whole sentences about a problem that is known. */
  acknowledgement: ['promised', 'opens', 'known', 'asks'],
  /** By when it is to be taken, when it climbed; the files so far, when it is handed over; why it came to this person; why its sender is not proven; the commands of which one would file it, when the desk is unsure. */
  assignment: ['accept', 'files', 'reason', 'flagged', 'likeliest', 'macros'],
  'requester-message': ['flagged'],
  answer: [],
  /** Why a mail from outside was kept as a note; nothing for a colleague's note. */
  note: ['thirdParty'],
  /** Not empty: the mail failed closed, and nothing was done. What #status and #help show, of many lines; what #files and #history do, whose lines are left as they are. What became of the mail's other words. */
  transcript: ['refused', 'said', 'shown', 'sent'],
  /** `subject` of the mail that is held, where there is no ticket. */
  code: ['code', 'validFor', 'subject'],
  /** The deadline's name, when it falls, how much time is left. */
  warning: ['deadline', 'due', 'left'],
  breach: ['deadline', 'due'],
  escalated: ['fromTier', 'toTier', 'reason'],
  /** Who asks for what; what yes and no do; when it is over; why the request's sender is not proven. */
  approval: ['asker', 'question', 'yes', 'no', 'until', 'flagged'],
  /** A whole sentence. */
  decided: ['outcome'],
  /** When the ticket is resolved by itself; what the agent said he waits for. */
  'waiting-reminder': ['until', 'reason'],
  /** When it closes by itself; what was done for it, step by step. */
  resolved: ['until', 'steps'],
  /** A whole sentence: `closed-by-requester`, `closed-quiet` …; the ticket as which it goes on, if it does. */
  closed: ['reason', 'into'],
  satisfaction: [],
  /** Whole sentences: `refusal-<reason>` and `refusal-<reason>-remedy`. `subject` of the mail that was refused. */
  refusal: ['reason', 'remedy', 'subject'],
  /** How many of what stand in it. */
  digest: ['subject'],
  /** Of which days it is, and the first of its figures. */
  report: ['subject'],
} as const;

/**
 * `{name}` becomes the fact of that name, once: braces in a fact stay what they are. A full stop is not doubled when
 * the fact brings its own.
 */
export function fill(words: string, facts: Readonly<Record<string, string>>): string {
  if (!words.includes('{')) return words;
  let complete = true;
  const filled = words.replace(/\{([a-zA-Z]+)\}([.。]?)/g, (_, name: string, stop: string) => {
    const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (value === undefined || value === '') complete = false;
    return `${value}${stop !== '' && /[.!?…。！？]$/.test(value ?? '') ? '' : stop}`;
  });
  return complete ? filled : '';
}

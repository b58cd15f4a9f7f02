/**
 * Whether two mails tell of the same: by the words that they share, and by what they name, which is the same in every
 * language: error codes, machines, addresses, services. A mail is kept as numbers of 32 bits, so that nobody reads its
 * words there; only what the new mail says itself is ever shown.
 */
import { hash } from 'node:crypto';
import type { Urgency } from '../config/desk.ts';
import { isSmallWord } from './language.ts';
import { fold } from './words.ts';

/** What a mail is compared by. */
export interface Print {
  category: string;
  /** Something does not work; else somebody wants or asks something. */
  fails: boolean;
  /** Hashes of its words that say something, the smallest; in a mail of usual length that is all of them. */
  words: readonly number[];
  /** Of the codes, machines and services that it names. */
  codes: readonly number[];
  machines: readonly number[];
  services: readonly number[];
}

/** A print, with the names that it was made from: what the explanation shows. */
export interface Read {
  print: Print;
  names: ReadonlyMap<number, string>;
}

export interface Likeness {
  /** From 0 to 1; `ALIKE` is where two mails count as one matter. */
  score: number;
  /** In English, such as `same error 0x80070005; 82 % of words`. */
  why: string;
}

/** Chosen on the development half of test/triage/recurrence-mails.ts; bench/recurrence.ts says how good it is. */
export const ALIKE = 0.48;

/** A request stands in the first lines. This bounds what a hostile text costs, and what is kept of it. */
const MOST_TEXT = 4_000;
const MOST_WORDS = 64;
const MOST_NAMES = 12;

export function readPrint(
  subject: string,
  body: string,
  { category, urgency }: { category: string; urgency: Urgency },
): Read {
  const text = `${subject.slice(0, MOST_TEXT)}\n${body.slice(0, MOST_TEXT)}`;
  const codes = found(text, CODES);
  const machines = found(text, MACHINES).filter((name) => !codes.includes(name));
  // What is a name counts as that, and not as a word once more.
  const unnamed = without(text, [...CODES, ...MACHINES]);
  const services = servicesIn(unnamed);
  const rest = services.length > 0 ? without(unnamed, SERVICES) : unnamed;
  const names = [...codes, ...machines, ...services];
  const smallest = [...new Set(stems(rest).map(hashed))].sort((a, b) => a - b);
  return {
    print: {
      category,
      fails: urgency !== 'routine',
      words: smallest.slice(0, MOST_WORDS),
      codes: codes.map(hashed),
      machines: machines.map(hashed),
      services: services.map(hashed),
    },
    names: new Map(names.map((name) => [hashed(name), name])),
  };
}

interface Named {
  /** Is found at once, and stands in all of them. */
  sign: RegExp;
  name: RegExp;
}

/** 0x80070005, HTTP 503, ORA-00942, error 789 and the same after the word for it in other languages. */
const CODES: readonly Named[] = [
  { sign: /0x/i, name: /(?<![\p{L}\p{N}])0x[0-9a-f]{4,16}(?![\p{L}\p{N}])/giu },
  { sign: /-\d{4}/, name: /(?<![\p{L}\p{N}])[A-Z]{2,8}-\d{4,6}(?![\p{L}\p{N}])/gu },
  {
    sign: /\d{3}/,
    name: /(?<![\p{L}\p{N}])(?:http(?:\/\d\.\d)?|status|error|errors|code|fehler|fehlercode|erreur|erro|código|codigo|エラー|コード)(?:[ :#]{1,3}(?:code |http )?|)(\d{3,6})(?![\p{L}\p{N}])/giu,
  },
];
/** Dotted names and IPv4 addresses; names of a machine with a digit in them, such as srv-file01 and PRT-0311. */
const MACHINES: readonly Named[] = [
  { sign: /\d\.\d/, name: /(?<![\p{L}\p{N}@._-])\d{1,3}(?:\.\d{1,3}){3}(?![\p{N}.])/gu },
  {
    sign: /\.[a-z]{2}/iu,
    name: /(?<![\p{L}\p{N}@._-])[a-z0-9](?:[a-z0-9-]{0,62}\.){1,6}[a-z]{2,10}(?![\p{L}\p{N}@_-])/giu,
  },
  {
    sign: /[-_][a-z]{0,15}\d/iu,
    name: /(?<![\p{L}\p{N}@._-])[a-z]{2,15}[-_][a-z]{0,15}\d{1,6}(?![\p{L}\p{N}_-]|\.[\p{L}\p{N}])/giu,
  },
];
/** SAP, VPN, WLAN; SharePoint, OneDrive, iPhone. */
const SERVICES: readonly Named[] = [
  { sign: /\p{Lu}{2}/u, name: /(?<![\p{L}\p{N}])\p{Lu}{2,8}(?![\p{L}\p{N}])/gu },
  {
    sign: /\p{Ll}\p{Lu}/u,
    name: /(?<![\p{L}\p{N}])\p{L}\p{Ll}{1,15}\p{Lu}[\p{L}\p{N}]{1,15}(?![\p{L}\p{N}])/gu,
  },
];

/** Each once, in the order of the rules. */
function found(text: string, rules: readonly Named[]): string[] {
  const all = rules.flatMap(({ sign, name }) =>
    sign.test(text) ? [...text.matchAll(name)].map(([whole, part]) => (part ?? whole).toLowerCase()) : [],
  );
  return [...new Set(all)].slice(0, MOST_NAMES);
}

function without(text: string, rules: readonly Named[]): string {
  return rules.reduce((rest, { sign, name }) => (sign.test(rest) ? rest.replace(name, ' ') : rest), text);
}

/** A mail that shouts names no services by its capitals. */
function servicesIn(text: string): string[] {
  const services = found(text, SERVICES);
  if (services.length === 0) return services;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  return capitals * 2 > letters ? [] : services;
}

/** A word is known by how it begins, so that its endings do not matter; where no spaces are set, by two neighbours. */
const STEM = 6;
const SHORTEST = 3;
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]$/u;

function stems(text: string): string[] {
  const words = fold(text);
  return words.flatMap((word, at) => {
    if (word.length <= 2 && UNSPACED.test(word)) {
      const next = words[at + 1] ?? '';
      return UNSPACED.test(next) ? [word + next] : [];
    }
    return word.length < SHORTEST || /^\d+$/.test(word) || isSmallWord(word) || USUAL.has(word)
      ? []
      : [word.slice(0, STEM)];
  });
}

/** Every second mail to a desk has them. */
const USUAL = new Set(
  `morning since today problem problems error help please fehler heute problem bitte hilfe erreur probleme aide depuis aujourd hui
  error problema ayuda desde hoy erro ajuda desde hoje buenos dias hola tarde merci bonjour guten hallo colleagues kollegen shows
  says time work works arbeiten`.split(/\s+/),
);

/** Most words stand in many mails. */
const hashes = new Map<string, number>();
const MOST_HASHES = 20_000;

function hashed(text: string): number {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const made = hash('sha256', text, 'buffer').readUInt32BE(0);
  if (hashes.size >= MOST_HASHES) hashes.clear();
  hashes.set(text, made);
  return made;
}

/** The weights of what is shared; what both name and do not share counts against them. */
const WEIGHTS = {
  words: 0.9,
  category: { same: 0.1, other: -0.05 },
  fails: { same: 0, other: -0.25 },
  code: { same: 0.6, other: -0.6 },
  machine: { same: 0.6, other: -0.6 },
  service: { same: 0.25, other: -0.2 },
} as const;

export function likeness({ print, names }: Read, other: Print): Likeness {
  const same = (what: string, one: readonly number[], another: readonly number[]) => {
    const shared = one.filter((each) => another.includes(each));
    return shared.length > 0 ? [`same ${what} ${shared.map((each) => names.get(each)).join(', ')}`] : [];
  };
  return {
    score: scoreOf(print, other),
    why: [
      ...same('error', print.codes, other.codes),
      ...same('machine', print.machines, other.machines),
      ...same('service', print.services, other.services),
      ...(print.category === other.category ? [`same category ${print.category}`] : []),
      `${Math.round(shareOf(print.words, other.words) * 100)} % of words`,
    ].join('; '),
  };
}

/** `score` alone: a new mail is compared with a hundred, and says why of one. */
export function scoreOf(one: Print, other: Print): number {
  const score =
    WEIGHTS.words * shareOf(one.words, other.words) +
    WEIGHTS.category[one.category === other.category ? 'same' : 'other'] +
    WEIGHTS.fails[one.fails === other.fails ? 'same' : 'other'] +
    weighed(one.codes, other.codes, WEIGHTS.code) +
    weighed(one.machines, other.machines, WEIGHTS.machine) +
    weighed(one.services, other.services, WEIGHTS.service);
  return Math.min(1, Math.max(0, score));
}

/** What only one of both names says nothing. */
function weighed(
  one: readonly number[],
  other: readonly number[],
  weight: { same: number; other: number },
): number {
  if (one.length === 0 || other.length === 0) return 0;
  return one.some((each) => other.includes(each)) ? weight.same : weight.other;
}

/** Of the words of the shorter one, how many the other has too; three words are too few to be half of anything. */
const FEWEST_WORDS = 4;

function shareOf(one: readonly number[], other: readonly number[]): number {
  let shared = 0;
  for (const word of one) if (other.includes(word)) shared++;
  return shared / Math.max(FEWEST_WORDS, Math.min(one.length, other.length));
}

/**
 * Who looks like one of the desk's people and is not: a name that is theirs over an address that is not, and domains
 * that the eye takes for theirs. Nothing is refused for it: it is a reason to doubt, and people with the same name exist.
 */
import { domainToASCII, domainToUnicode } from 'node:url';
import { distance } from 'fastest-levenshtein';
import type { Desk, Person } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import type { Address } from './email.ts';
import { domainOf, personOf } from './standing.ts';

/**
 * In words what is doubtful about this sender, or null. `proven`: DMARC says that the mail is of his domain, where
 * somebody may share a name with one of the desk.
 */
export function lookAlike({ address, name }: Address, proven: boolean, desk: Desk): string | null {
  if (personOf(address, desk)) return null;
  const domains = ownDomains(desk);
  const domain = asciiDomain(address);
  const isColleague = domains.some((own) => isWithin(domain, own));
  return (
    addressInName(address, name, desk, isColleague ? [] : domains) ??
    (isColleague && proven ? null : namedLike(address, name, desk)) ??
    (isColleague ? null : looksLikeDomain(domain, domains))
  );
}

/** `"martha.lind@example.test" <x@evil.example>`: many mail programs show the name alone. */
function addressInName(address: string, name: string, desk: Desk, domains: readonly string[]): string | null {
  const named = addressesIn(name).find(
    (other) =>
      other !== address &&
      (personOf(other, desk) || domains.some((own) => isWithin(asciiDomain(other), own))),
  );
  return named ? `it is from ${address}, and its name says ${named}` : null;
}

/** A whole name; a first name alone is everybody's. */
function namedLike(address: string, name: string, desk: Desk): string | null {
  const words = wordsOf(name);
  const person = words.includes(' ') ? byWords(desk.people).get(words) : null;
  return person ? `it is from ${address}, and ${person.name} of the desk writes from elsewhere` : null;
}

const byWords = oncePer(
  (people: readonly Person[]) =>
    new Map(people.toReversed().map((person) => [wordsOf(person.name), person] as const)),
);

/** Names are compared as they look, in any order of their words: `Lind, Martha` is Martha Lind. */
function wordsOf(name: string): string {
  return skeleton(name.slice(0, LONGEST_NAME))
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .sort()
    .join(' ');
}

const LONGEST_NAME = 200;

function addressesIn(name: string): string[] {
  if (!name.includes('@')) return [];
  return [
    ...name
      .slice(0, LONGEST_NAME)
      .toLowerCase()
      .matchAll(/[^\s"'<>(),;:@]{1,64}@[^\s"'<>(),;:@]{3,120}/g),
  ].map(([address]) => address.replace(/(?<!\.)\.+$/, ''));
}

/** At these anybody may have an address, and their names are near one another: a neighbour of one is not its imitation. */
const OPEN_TO_ANYBODY = new Set([
  'gmail.com',
  'ymail.com',
  'mail.com',
  'email.com',
  'hotmail.com',
  'fastmail.com',
  'gmx.com',
  'gmx.net',
  'gmx.de',
  'gmx.at',
  'gmx.ch',
  'web.de',
  'live.com',
  'aol.com',
  'yahoo.com',
  'icloud.com',
  'outlook.com',
]);

/** In a short domain one letter more or less makes another honest domain as often as an imitation. */
const SHORTEST_TO_MISTYPE = 8;

function looksLikeDomain(domain: string, domains: readonly string[]): string | null {
  if (OPEN_TO_ANYBODY.has(domain)) return null;
  for (const seen of parentsOf(domain)) {
    const shown = shownOf(seen);
    const looks = skeleton(shown);
    for (const { ours, looksLike } of shownDomains(domains)) {
      if (looks === looksLike) return `its domain ${shown} looks like ${ours}`;
      if (ours.length >= SHORTEST_TO_MISTYPE && isOneSlipFrom(looks, looksLike))
        return `its domain ${shown} is one letter away from ${ours}`;
    }
  }
  return null;
}

const shownDomains = oncePer((domains: readonly string[]) =>
  domains.map((own) => {
    const ours = shownOf(own);
    return { ours, looksLike: skeleton(ours) };
  }),
);

function shownOf(domain: string): string {
  return SHOWN_AS_IT_IS.test(domain) ? domain : domainToUnicode(domain);
}

/** Digits may be a number's address, which is shown in another way. */
const SHOWN_AS_IT_IS = /^(?!(?:.*\.)?xn--)[a-z.-]+$/;

/** `mail.example.test` and `example.test`: an imitation may have subdomains of its own. */
function parentsOf(domain: string): string[] {
  const labels = domain.split('.').slice(-MOST_LABELS);
  return labels.slice(0, -1).map((_, at) => labels.slice(at).join('.'));
}

const MOST_LABELS = 6;

/** One letter added, dropped or changed, or two neighbours exchanged, which the eye misses just as well. */
function isOneSlipFrom(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  if (distance(a, b) === 1) return true;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return (
    at >= 0 &&
    a.length === b.length &&
    a[at] === b[at + 1] &&
    a[at + 1] === b[at] &&
    a.slice(at + 2) === b.slice(at + 2)
  );
}

/** The domains that speak for the desk: its own, and those of its people and its public addresses. */
const ownDomains = oncePer((desk: Desk): string[] => {
  const addresses = [
    ...desk.people.flatMap(({ address, alternates }) => [address, ...alternates]),
    ...desk.addresses.flatMap((each) => (each.public ? [each.public.address] : [])),
  ];
  return [...new Set([desk.domain, ...addresses.map(asciiDomain)])].filter(
    (own) => !OPEN_TO_ANYBODY.has(own),
  );
});

function asciiDomain(address: string): string {
  const domain = domainOf(address).toLowerCase();
  return LOOKS_LIKE_ITSELF.test(domain) ? domain : domainToASCII(domain) || domain;
}

export function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}

/**
 * What a text looks like: two that look alike have one skeleton (UTS #39 4). Its table of 6,500 characters is for
 * identifiers in any script; here all that is imitated is Latin, digits and a hyphen, so that the letters of the
 * scripts in which such a word can be spelled are enough.
 */
export function skeleton(text: string): string {
  const lower = text.toLowerCase();
  return (LOOKS_LIKE_ITSELF.test(lower) ? lower : spelledPlain(lower))
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd');
}

/** As nearly all names and domains do. */
const LOOKS_LIKE_ITSELF = /^[a-z .-]*$/;

function spelledPlain(lower: string): string {
  const plain = lower.normalize('NFKD').replace(INVISIBLE, '');
  return [...plain].map((letter) => LOOKS_LIKE.get(letter) ?? letter).join('');
}

/** Marks on a letter (ë is taken for e), and what has no width. */
const INVISIBLE = /[\p{M}\p{Cf}]/gu;

/** Each letter, and those that are taken for it in small print: Latin, Cyrillic, Greek, Armenian, digits. */
const LOOKS_LIKE = new Map(
  [
    ['a', 'ɑаα'],
    ['b', 'ƅьҍв'],
    ['c', 'ϲсƈ'],
    ['d', 'ԁժɗ'],
    ['e', 'ҽеєɛ'],
    ['f', 'ſƒք'],
    ['g', 'ɡցƍԍ'],
    ['h', 'һհ'],
    ['i', 'ıіɩιɪ'],
    ['j', 'јϳյ'],
    ['k', 'κкĸ'],
    ['l', '1|ӏłɭլ'],
    ['m', 'мɱ'],
    ['n', 'ոռпη'],
    ['o', '0оοօσøө'],
    ['p', 'рρթ'],
    ['q', 'ԛզգ'],
    ['r', 'гɾ'],
    ['s', 'ѕƽ5'],
    ['t', 'тτŧ'],
    ['u', 'սυʋ'],
    ['v', 'ѵνմ'],
    ['w', 'ԝшɯա'],
    ['x', 'хχ×'],
    ['y', 'уүγʏ'],
    ['z', 'ᴢʐ'],
    ['-', '‐‑‒–—−'],
    ['.', '。．｡․'],
  ].flatMap(([letter = '', others = '']) => [...others].map((other) => [other, letter] as const)),
);

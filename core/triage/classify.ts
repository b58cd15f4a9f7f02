/**
 * What a mail is about, how bad it is and for how many, by the rules of desk.yaml. Every answer names the rule that
 * gave it and the clue that the rule saw. Only what the sender wrote now is read; whoever calls cuts off quoted text.
 */
import type { Category, Clues, Desk, Impact, Priority, TicketType, Urgency } from '../config/desk.ts';
import { isFrom } from '../config/sender.ts';
import type { Email } from '../mail/email.ts';
import type { Reason } from '../ticket/ticket.ts';
import { detectLanguage } from './language.ts';
import type { Learned, Opinion } from './learned.ts';
import { compile, type Folded, firstHit, fold, type Phrases } from './words.ts';

export interface Sortable {
  subject: string;
  /** The visible text: without quotes and signature. */
  text: string;
  /** The sender's address, lower case; '' when there is none. */
  from: string;
  /** Every address that was written to, lower case, without the token of a reply address. */
  to: readonly string[];
  /** Of these only what says how important the mail is. */
  headers?: Email['headers'];
}

export interface Classification {
  category: string;
  team: string;
  tier: number;
  type: TicketType;
  impact: Impact;
  urgency: Urgency;
  priority: Priority;
  /** ISO 639-1, such as `en`; the desk's language when the text does not tell. */
  language: string;
  /** What an agent should be good at. */
  skills: string[];
  reasons: Reason[];
  /** Whether a word of the rules stands in it, or they know its sender: what was learned is not asked then. */
  isKnown: boolean;
  /** What was learned is unsure between these categories, the likeliest first; empty when there is nothing to ask. */
  likeliest: string[];
}

/** A request stands in the first pages of a mail. What comes after 50,000 characters is a log. */
const MOST_TEXT = 50_000;

/** `learned` is asked about mails in which no word of the rules stands. */
export function classify(input: Sortable, desk: Desk, learned?: Learned): Classification {
  const rules = rulesOf(desk);
  const mail: Mail = {
    subject: fold(input.subject.slice(0, MOST_TEXT)),
    text: fold(input.text.slice(0, MOST_TEXT)),
    from: input.from,
    to: input.to,
    importance: importanceOf(input.headers),
  };
  const opinion = () => learned?.(`${input.subject}\n${input.text}`);
  const filed = categorise(mail, desk, rules, opinion);
  const impact = judge(mail, desk.impact, rules.impact, 'impact', filed.category, 'one');
  const urgency = judge(mail, desk.urgency, rules.urgency, 'urgency', filed.category, 'routine');
  const priority = desk.matrix[impact.answer][urgency.answer];
  const language = detectLanguage(`${input.subject}\n${input.text}`);
  return {
    category: filed.category.name,
    team: filed.team,
    tier: filed.category.tier,
    type: filed.category.type,
    impact: impact.answer,
    urgency: urgency.answer,
    priority,
    language: language ?? desk.language,
    skills: filed.category.skills,
    isKnown: filed.isKnown,
    likeliest: filed.likeliest,
    reasons: [
      filed.reason,
      impact.reason,
      urgency.reason,
      {
        what: 'priority',
        why: `${priority}: the matrix for impact ${impact.answer} and urgency ${urgency.answer}`,
      },
      {
        what: 'language',
        why: language
          ? `${language}: the words of the mail`
          : `${desk.language}: the desk's own; the mail does not tell`,
      },
    ],
  };
}

interface Mail extends Pick<Sortable, 'from' | 'to'> {
  subject: Folded;
  text: Folded;
  importance: 'high' | 'low' | null;
}

interface Rules {
  categories: Phrases;
  impact: Phrases;
  urgency: Phrases;
}

const compiled = new WeakMap<Desk, Rules>();

function rulesOf(desk: Desk): Rules {
  const known = compiled.get(desk);
  if (known) return known;
  const wordsOf = (rules: readonly Clues[]) => compile(rules.map(({ words }) => words));
  const rules = {
    categories: wordsOf(desk.categories),
    impact: wordsOf(desk.impact),
    urgency: wordsOf(desk.urgency),
  };
  compiled.set(desk, rules);
  return rules;
}

/** Importance is RFC 4021's, the others are what mail programs write beside or instead of it. */
function importanceOf(headers: Email['headers'] | undefined): 'high' | 'low' | null {
  const said = ['importance', 'priority', 'x-priority', 'x-msmail-priority']
    .flatMap((name) => headers?.get(name)?.slice(0, 1) ?? [])
    .map((value) => value.trim().toLowerCase());
  if (said.some((value) => /^(high|urgent|[12]\b)/.test(value))) return 'high';
  if (said.some((value) => /^(low|non-urgent|[45]\b)/.test(value))) return 'low';
  return null;
}

interface Filed {
  category: Category;
  team: string;
  reason: Reason;
  isKnown: boolean;
  likeliest: string[];
}

/**
 * In this order: the sender, the subject, the text, what was learned if it is sure, the address written to, the mark of
 * importance; in each the first category of the file wins. What was written to a confidential team never leaves it,
 * whatever its words are.
 */
function categorise(mail: Mail, desk: Desk, rules: Rules, opinion: () => Opinion | undefined): Filed {
  const written = desk.addresses.filter(({ address }) => mail.to.includes(address));
  const confidential = written.find(({ team }) =>
    desk.teams.some(({ name, confidential }) => confidential && name === team),
  );
  const eligible = (rule: number) => !confidential || desk.categories[rule]?.team === confidential.team;
  const found =
    bySender(mail, desk.categories, eligible) ??
    byWords(mail.subject, rules.categories, 'in the subject', eligible) ??
    byWords(mail.text, rules.categories, 'in the text', eligible);
  if (found) return { ...filedBy(found, desk), isKnown: true, likeliest: [] };
  const learned = byLearning(opinion(), desk, eligible);
  if (learned?.isSure) return { ...filedBy(learned, desk), isKnown: false, likeliest: [] };
  const unsure = learned ? `; ${learned.clue}` : '';
  const beside = byAddress(mail, desk.categories, eligible) ?? byImportance(mail, desk.categories, eligible);
  const filed = beside
    ? filedBy({ ...beside, clue: `${beside.clue}${unsure}` }, desk)
    : remainder(desk, (confidential ?? written[0])?.address, unsure);
  return { ...filed, isKnown: false, likeliest: learned?.likeliest ?? [] };
}

function filedBy({ rule, clue }: Found, desk: Desk): Pick<Filed, 'category' | 'team' | 'reason'> {
  const category = desk.categories[rule] as Category;
  return { category, team: category.team, reason: { what: 'category', why: `${category.name}: ${clue}` } };
}

/** As many as somebody compares at a glance. */
const MOST_LIKELIEST = 3;

/** No opinion is `general`, what is no category of the desk, and what is not of the team that the mail is kept with. */
function byLearning(
  opinion: Opinion | undefined,
  desk: Desk,
  counts: (rule: number) => boolean,
): (Found & { isSure: boolean; likeliest: string[] }) | null {
  const ruleOf = (label: string) =>
    desk.categories.findIndex(({ name }, at) => name === label && name !== GENERAL && counts(at));
  if (!opinion) return null;
  const rule = ruleOf(opinion.category);
  if (rule < 0) return null;
  const { category, confidence, isSure, closest } = opinion;
  const words = closest.length > 0 ? `; closest words: ${closest.join(', ')}` : '';
  const clue = isSure
    ? `learned from filed tickets, confidence ${confidence.toFixed(2)}${words}`
    : `unsure whether it is ${category}: learned with confidence ${confidence.toFixed(2)} only`;
  const likeliest = opinion.likeliest.filter((label) => ruleOf(label) >= 0).slice(0, MOST_LIKELIEST);
  return { rule, clue, isSure, likeliest };
}

/** No clue was found: `general`, in the hands of whose address it came to. */
function remainder(
  desk: Desk,
  address: string | undefined,
  unsure: string,
): Pick<Filed, 'category' | 'team' | 'reason'> {
  const category = desk.categories.find(({ name }) => name === GENERAL);
  if (!category) throw new RangeError(`the desk has no category ${GENERAL}`);
  const team = desk.addresses.find((known) => known.address === address)?.team ?? category.team;
  const whose = team === category.team ? '' : `; it came to ${address}, which is ${team}'s`;
  return {
    category,
    team,
    reason: { what: 'category', why: `${GENERAL}: no clue of another was found${whose}${unsure}` },
  };
}

export const GENERAL = 'general';

interface Judged<Answer> {
  answer: Answer;
  reason: Reason;
}

/**
 * The first rule of the file of which any clue is found, wherever it stands: files put the worst first, and a subject
 * that says “a question” must not hide a text that says that all stand still.
 */
function judge<What extends 'impact' | 'urgency', Answer extends Category[What] & string>(
  mail: Mail,
  rules: readonly (Clues & Record<What, Answer>)[],
  phrases: Phrases,
  what: What,
  category: Category,
  otherwise: Answer,
): Judged<Answer> {
  const found = [
    byWords(mail.subject, phrases, 'in the subject'),
    byWords(mail.text, phrases, 'in the text'),
    bySender(mail, rules),
    byAddress(mail, rules),
    byImportance(mail, rules),
  ]
    .filter((clue) => clue !== null)
    .reduce<Found | null>((best, clue) => (best && best.rule <= clue.rule ? best : clue), null);
  const rule = found && rules[found.rule];
  if (rule) return judged(what, rule[what], found.clue);
  const usual = category[what] as Answer | undefined;
  return usual
    ? judged(what, usual, `what ${category.name} is when the mail does not tell`)
    : judged(what, otherwise, 'the mail does not tell');
}

function judged<Answer extends string>(what: string, answer: Answer, why: string): Judged<Answer> {
  return { answer, reason: { what, why: `${answer}: ${why}` } };
}

interface Found {
  rule: number;
  /** In words: what was seen, and where. */
  clue: string;
}

function byWords(
  text: Folded,
  phrases: Phrases,
  where: string,
  counts?: (rule: number) => boolean,
): Found | null {
  const hit = firstHit(phrases, text, counts);
  if (!hit) return null;
  const word = /\s/.test(hit.written) ? 'words' : 'word';
  return { rule: hit.rule, clue: `the ${word} “${hit.written}” ${where}` };
}

function bySender({ from }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  return byList(
    rules,
    ({ senders }) => senders.find((sender) => isFrom(from, sender)),
    (sender) => `the sender is ${sender.startsWith('@') ? 'at ' : ''}${sender}`,
    counts,
  );
}

function byAddress({ to }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  return byList(
    rules,
    ({ addresses }) => addresses.find((address) => to.includes(address)),
    (address) => `written to ${address}`,
    counts,
  );
}

function byImportance({ importance }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  return byList(
    rules,
    (rule) => rule.importance.find((value) => value === importance),
    (value) => `the sender marked it as of ${value} importance`,
    counts,
  );
}

function byList(
  rules: readonly Clues[],
  find: (rule: Clues) => string | undefined,
  words: (clue: string) => string,
  counts: (rule: number) => boolean,
): Found | null {
  for (const [rule, clues] of rules.entries()) {
    if (!counts(rule)) continue;
    const clue = find(clues);
    if (clue !== undefined) return { rule, clue: words(clue) };
  }
  return null;
}

const everyRule = (_rule: number): boolean => true;

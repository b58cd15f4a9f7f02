/**
 * What a mail is about, how bad it is and for how many, by the rules of desk.yaml. Every answer names the rule that
 * gave it and the clue that the rule saw. Only what the sender wrote now is read; whoever calls cuts off quoted text.
 */
import { PRIORITIES } from '../config/choices.ts';
import type { Category, Clues, Desk, Impact, Priority, TicketType, Urgency } from '../config/desk.ts';
import { oncePer } from '../config/once.ts';
import { type Belonging, belongingOf } from '../config/organisation.ts';
import { anyOf, readPattern } from '../config/pattern.ts';
import { isFrom } from '../config/sender.ts';
import { serviceNamed, serviceOf } from '../config/service.ts';
import type { Attachment, Email } from '../mail/email.ts';
import type { Reason } from '../ticket/ticket.ts';
import type { Guess } from './guess.ts';
import { detectLanguage } from './language.ts';
import type { Asked, Opinion } from './learned.ts';
import { compile, firstOf, fold, type Hits, hitsIn } from './words.ts';

export interface Sortable {
  subject: string;
  /** The visible text: without quotes and signature. */
  text: string;
  /** The sender's address, lower case; '' when there is none. */
  from: string;
  /** Every address that was written to, lower case, without the token of a reply address. */
  to: readonly string[];
  /** What the sender says of his mail: how important it is, and what rules of desk.yaml look for. */
  headers?: Email['headers'];
  attachments?: readonly Pick<Attachment, 'name' | 'contentType' | 'inline'>[];
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
/** A pattern costs more at each place than a word. */
const MOST_SEARCHED = 10_000;
const MOST_FILES = 50;

/** `learned` is asked about mails in which no word of the rules stands. */
export function classify(input: Sortable, desk: Desk, learned?: Asked): Classification {
  const { phrases, starts } = wordsOf(desk);
  const mail: Mail = {
    hits: {
      subject: hitsIn(phrases, fold(input.subject.slice(0, MOST_TEXT))),
      text: hitsIn(phrases, fold(input.text.slice(0, MOST_TEXT))),
    },
    starts,
    written: {
      subject: input.subject.slice(0, MOST_SEARCHED).normalize('NFC'),
      text: input.text.slice(0, MOST_SEARCHED).normalize('NFC'),
    },
    from: input.from,
    belongs: belongingOf(input.from, desk),
    to: input.to,
    importance: importanceOf(input.headers),
    headers: input.headers ?? new Map(),
    files: (input.attachments ?? []).filter(({ inline }) => !inline).slice(0, MOST_FILES),
    language: detectLanguage(`${input.subject}\n${input.text}`),
  };
  const opinion = () => learned?.(`${input.subject}\n${input.text}`);
  const filed = categorise(mail, desk, opinion);
  const service = serviceOf(filed.category.name, input, desk);
  // Who orders something has no fault, whatever his category's mail is mostly about.
  const usual: Category = service?.onRequest
    ? { ...filed.category, type: 'request', urgency: 'routine' }
    : filed.category;
  const impact = judge(mail, desk.impact, 'impact', usual, 'one');
  const urgency = judge(mail, desk.urgency, 'urgency', usual, 'routine');
  const told = impact.isTold || urgency.isTold;
  const { priority: soon } = filed.learned;
  const guessed = told ? undefined : PRIORITIES.find((each) => each === soon?.label);
  const reckoned = guessed ?? desk.matrix[impact.answer][urgency.answer];
  const how = guessed
    ? learnedWith(soon)
    : `the matrix for impact ${impact.answer} and urgency ${urgency.answer}`;
  // What may be a break-in is looked at today, however calmly it is told.
  const isRaised = filed.category.security && reckoned > 'P2';
  const priority = isRaised ? 'P2' : reckoned;
  const { language } = mail;
  const hands = service?.team ? null : learnedTeam(filed, desk);
  const team = service?.team ?? hands ?? filed.team;
  const tier = service?.tier ?? filed.category.tier;
  const owned = service && (service.team || service.tier);
  return {
    category: filed.category.name,
    team,
    tier,
    type: usual.type,
    impact: impact.answer,
    urgency: urgency.answer,
    priority,
    language: language ?? desk.language,
    skills: filed.category.skills,
    isKnown: filed.isKnown,
    likeliest: filed.likeliest,
    reasons: [
      filed.reason,
      ...(hands ? [{ what: 'team', why: `${hands}: ${learnedWith(filed.learned.team)}` }] : []),
      ...(owned
        ? [{ what: 'team', why: `${team}, tier ${tier}: those of the service ${service.name}` }]
        : []),
      impact.reason,
      urgency.reason,
      {
        what: 'priority',
        why: isRaised
          ? `${priority}: the least for a security incident; ${reckoned} by ${guessed ? 'what was learned' : 'the matrix'}`
          : `${priority}: ${how}`,
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
  /** What stands there of the words of all rules. */
  hits: Record<Place, Hits>;
  /** From where on the rules of a list are counted there. */
  starts: ReadonlyMap<readonly Clues[], number>;
  /** The same as it was written, for patterns. */
  written: Record<Place, string>;
  belongs: Belonging | null;
  importance: 'high' | 'low' | null;
  headers: Email['headers'];
  files: readonly Pick<Attachment, 'name' | 'contentType'>[];
  language: string | null;
}

type Place = 'subject' | 'text';

const wordsOf = oncePer((desk: Desk) => {
  const lists: (readonly Clues[])[] = [desk.categories, desk.impact, desk.urgency];
  const starts = new Map<readonly Clues[], number>();
  let start = 0;
  for (const rules of lists) {
    starts.set(rules, start);
    start += rules.length;
  }
  return { phrases: compile(...lists.map((rules) => rules.map(({ words }) => words))), starts };
});

const patternsOf = oncePer((rules: readonly Clues[]) =>
  rules.map(({ patterns }) => {
    // One that must not be was refused with the file.
    const each = patterns.flatMap((written) => {
      const read = readPattern(written);
      return 'pattern' in read ? [{ written, ...read }] : [];
    });
    return { each, any: each.length > 0 ? anyOf(each) : null };
  }),
);

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
  /** What filed tickets say besides, where no rule knows the mail. */
  learned: NonNullable<Opinion['aspects']>;
}

/** Nothing goes into or out of the hands of a confidential team because of what was learned about others. */
function learnedTeam({ team, learned }: Filed, { teams }: Desk): string | null {
  const found = teams.find(({ name }) => name === learned.team?.label && name !== team);
  return found &&
    !found.confidential &&
    !teams.some(({ name, confidential }) => name === team && confidential)
    ? found.name
    : null;
}

function learnedWith(guess: Guess | undefined): string {
  return `learned from filed tickets, confidence ${(guess?.confidence ?? 0).toFixed(2)}`;
}

/**
 * In this order: a service that the subject names, the sender, the organisation or department that he is of, the subject, the text, the files, the headers,
 * what was learned if it is sure, the address written to, the language, the mark of importance; in each the first category of the file wins. What was written to a confidential team never leaves it,
 * whatever its words are.
 */
function categorise(mail: Mail, desk: Desk, opinion: () => Opinion | undefined): Filed {
  const written = desk.addresses.filter(({ address }) => mail.to.includes(address));
  const confidential = written.find(({ team }) =>
    desk.teams.some(({ name, confidential }) => confidential && name === team),
  );
  const eligible = (rule: number) => !confidential || desk.categories[rule]?.team === confidential.team;
  const found =
    byService(mail, desk, eligible) ??
    bySender(mail, desk.categories, eligible) ??
    byBelonging(mail, desk.categories, eligible) ??
    byText(mail, 'subject', desk.categories, eligible) ??
    byText(mail, 'text', desk.categories, eligible) ??
    byFiles(mail, desk.categories, eligible) ??
    byHeaders(mail, desk.categories, eligible);
  if (found) return { ...filedBy(found, desk), isKnown: true, likeliest: [], learned: {} };
  const thought = opinion();
  const learned = byLearning(thought, desk, eligible);
  const besides = { isKnown: false, learned: thought?.aspects ?? {} };
  if (learned?.isSure) return { ...filedBy(learned, desk), ...besides, likeliest: [] };
  const unsure = learned ? `; ${learned.clue}` : '';
  const beside =
    byAddress(mail, desk.categories, eligible) ??
    byLanguage(mail, desk.categories, eligible) ??
    byImportance(mail, desk.categories, eligible);
  const filed = beside
    ? filedBy({ ...beside, clue: `${beside.clue}${unsure}` }, desk)
    : remainder(desk, (confidential ?? written[0])?.address, unsure);
  return { ...filed, ...besides, likeliest: learned?.likeliest ?? [] };
}

function byService({ written, from }: Mail, desk: Desk, counts: (rule: number) => boolean): Found | null {
  const service = serviceNamed({ subject: written.subject, from }, desk);
  const rule = desk.categories.findIndex(({ name }, at) => service?.categories.includes(name) && counts(at));
  return service && rule >= 0 ? { rule, clue: `the subject asks for the service ${service.name}` } : null;
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
  const clue = opinion.model
    ? `the model ${opinion.model} in the account says so`
    : isSure
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
  /** The mail itself tells, by some clue. */
  isTold: boolean;
  reason: Reason;
}

/**
 * The first rule of the file of which any clue is found, wherever it stands: files put the worst first, and a subject
 * that says “a question” must not hide a text that says that all stand still.
 */
function judge<What extends 'impact' | 'urgency', Answer extends Category[What] & string>(
  mail: Mail,
  rules: readonly (Clues & Record<What, Answer>)[],
  what: What,
  category: Category,
  otherwise: Answer,
): Judged<Answer> {
  const found = [
    byText(mail, 'subject', rules),
    byText(mail, 'text', rules),
    bySender(mail, rules),
    byBelonging(mail, rules),
    byFiles(mail, rules),
    byHeaders(mail, rules),
    byAddress(mail, rules),
    byLanguage(mail, rules),
    byImportance(mail, rules),
  ]
    .filter((clue) => clue !== null)
    .reduce<Found | null>((best, clue) => (best && best.rule <= clue.rule ? best : clue), null);
  const rule = found && rules[found.rule];
  if (rule) return { ...judged(what, rule[what], found.clue), isTold: true };
  const usual = category[what] as Answer | undefined;
  return usual
    ? judged(what, usual, `what ${category.name} is when the mail does not tell`)
    : judged(what, otherwise, 'the mail does not tell');
}

function judged<Answer extends string>(what: string, answer: Answer, why: string): Judged<Answer> {
  return { answer, isTold: false, reason: { what, why: `${answer}: ${why}` } };
}

interface Found {
  rule: number;
  /** In words: what was seen, and where. */
  clue: string;
}

/** Words and patterns of the subject or of the text: the first rule of the file. */
function byText(mail: Mail, place: Place, rules: readonly Clues[], counts = everyRule): Found | null {
  const where = place === 'subject' ? 'in the subject' : 'in the text';
  const word = byWords(mail, place, where, rules, counts);
  const pattern = byPatterns(
    mail.written[place],
    where,
    rules,
    (rule) => counts(rule) && !(word && word.rule <= rule),
  );
  return pattern ?? word;
}

function byWords(
  { hits, starts }: Mail,
  place: Place,
  where: string,
  rules: readonly Clues[],
  counts: (rule: number) => boolean,
): Found | null {
  const start = starts.get(rules) ?? 0;
  const hit = firstOf(
    hits[place],
    (rule) => rule >= start && rule < start + rules.length && counts(rule - start),
  );
  if (!hit) return null;
  const word = /\s/.test(hit.written) ? 'words' : 'word';
  return { rule: hit.rule - start, clue: `the ${word} “${hit.written}” ${where}` };
}

function byPatterns(
  text: string,
  where: string,
  rules: readonly Clues[],
  counts: (rule: number) => boolean,
): Found | null {
  for (const [rule, { each, any }] of patternsOf(rules).entries()) {
    if (!any || !counts(rule) || !any.test(text)) continue;
    const fits = each.find(({ pattern }) => pattern.test(text));
    if (fits) return { rule, clue: `the pattern “${fits.written}” ${where}` };
  }
  return null;
}

function byBelonging({ belongs }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  if (!belongs) return null;
  const { organisation, department } = belongs;
  const own = department && `${organisation.name}/${department.name}`;
  return byList(
    rules,
    ({ departments, organisations }) =>
      departments.find((name) => name === own) ?? organisations.find((name) => name === organisation.name),
    (name) => `the sender is of ${name}`,
    counts,
  );
}

function byFiles({ files }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  return byList(
    rules,
    ({ attachments }) =>
      attachments.find((clue) =>
        files.some(({ name, contentType }) => isLike(clue.includes('/') ? contentType : name, clue)),
      ),
    (clue) => `a file ${clue} is attached`,
    counts,
  );
}

/** A star stands for any part. Each piece is looked for behind the one before, so that it takes linear time. */
function isLike(text: string, clue: string): boolean {
  const looked = text.toLowerCase();
  const pieces = clue.toLowerCase().split('*');
  const [first = '', ...others] = pieces;
  if (others.length === 0) return looked === first;
  const last = others.pop() as string;
  if (!looked.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const stands = looked.indexOf(piece, at);
    if (stands < 0) return false;
    at = stands + piece.length;
  }
  return looked.length - last.length >= at && looked.endsWith(last);
}

function byHeaders({ headers }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  const stands = ({ name, contains }: Clues['headers'][number]) =>
    headers.get(name)?.some((value) => value.slice(0, 1_000).toLowerCase().includes(contains.toLowerCase()));
  return byList(
    rules,
    (rule) => {
      const found = rule.headers.find(stands);
      return found && `“${found.contains}” in the header ${found.name}`;
    },
    (clue) => clue,
    counts,
  );
}

function byLanguage({ language }: Mail, rules: readonly Clues[], counts = everyRule): Found | null {
  return byList(
    rules,
    ({ languages }) => languages.find((each) => each === language),
    (each) => `written in ${each}`,
    counts,
  );
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

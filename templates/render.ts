/**
 * An update in words: its subject, its plain text and its HTML. The templates were made at build time; here they are
 * filled. Whatever came from a person is only ever a value: it is escaped where it stands and never read as a template.
 */
import { renderHtml, renderText, words as wordsOf } from '../.generated/templates.js';
import { oncePer } from '../core/config/once.ts';
import type { RenderedUpdate, Said, UpdateView } from '../core/mail/update.ts';
import { columns, WIDE_RANGE } from './columns.ts';
import { drawn } from './report/chart.ts';
import { FACTS, fill, phrase } from './words.ts';

/** Our own lines in plain text are no longer than this (RFC 5322 2.1.1 asks for 78). What a person wrote keeps its lines. */
const WIDTH = 78;

/** Throws a TypeError when an action is not a mailto: link. */
export function renderUpdate(given: UpdateView): RenderedUpdate {
  const view = clean(given);
  for (const { href } of actionsIn(view))
    if (!href.startsWith('mailto:')) throw new TypeError(`an action of ${view.kind} is not a mailto: link`);
  const model = modelOf(view);
  return {
    language: view.language,
    subject: model.subject,
    text: layOut(renderText(view.kind, model)),
    html: renderHtml(view.kind, model),
  };
}

function actionsIn({ actions, sections = [], report }: UpdateView): UpdateView['actions'] {
  return [
    ...actions,
    ...sections.flatMap(({ entries }) => entries.flatMap((entry) => entry.actions ?? [])),
    ...(report ? [report.ask, ...report.charts.flatMap(({ ask }) => ask ?? [])] : []),
  ];
}

/** Everything that a template may name. */
function modelOf(view: UpdateView) {
  const own = wordsOf(view.language);
  const bag = factsOf(view, own.layout.noSubject ?? '');
  const words = wordsFor(own[view.kind], view.audience, bag);
  const labels = wordsFor(own.layout, view.audience, bag);
  if (labels.footer === '') labels.footer = labels.footerNoTicket ?? '';
  const forDesk = view.audience === 'agent' || view.audience === 'lead';
  return {
    ...view,
    subject: words.subject || bag.subject || '',
    title: bag.subject,
    tone: TONES[view.kind] ?? 'calm',
    forDesk,
    words,
    labels,
    facts: bag,
    message: view.message && saidOf(view.message, labels.noWords ?? ''),
    history: view.history.map((said) => saidOf(said, labels.noWords ?? '')),
    said: view.facts.said
      ? saidOf({ who: '', when: '', text: view.facts.said, html: null, private: false }, '')
      : null,
    shown: view.facts.shown
      ? saidOf({ who: '', when: '', text: view.facts.shown, html: null, private: false }, '')
      : null,
    attached: view.attachments.filter(({ attached }) => attached),
    kept: view.attachments.filter(({ attached }) => !attached),
    withheld: view.withheld ?? '',
    articles: view.articles && {
      ...view.articles,
      entries: view.articles.entries.map(({ title, text }) => ({
        title,
        ...saidOf({ who: '', when: '', text, html: null, private: false }, ''),
      })),
    },
    sections: view.sections ?? [],
    report: view.report ? drawn(view.report) : null,
    lines: view.lines.map((line) => ({
      ...line,
      outcomeName: phrase(view.language, `outcome-${line.outcome}`),
      tone: OUTCOME_TONES[line.outcome],
    })),
    summary: summaryOf(view, labels),
    footnote: view.kind === 'answer' ? view.plainReply : '',
    signature: `${VERBATIM}-- `,
    rule: '-'.repeat(40),
  };
}

const TONES: Partial<Record<UpdateView['kind'], string>> = {
  warning: 'soon',
  breach: 'late',
  escalated: 'soon',
};
const OUTCOME_TONES = { done: 'good', 'nothing-to-do': 'quiet', refused: 'late', unknown: 'late' } as const;

/** What the words may be filled with. */
function factsOf(view: UpdateView, noSubject: string): Record<string, string> {
  const { ticket, message } = view;
  const none = Object.fromEntries(FACTS[view.kind].map((name) => [name, '']));
  const ofTicket = ticket && {
    ticket: ticket.id,
    status: ticket.statusName,
    priority: ticket.priorityName,
    category: ticket.category,
    team: ticket.team,
    tier: ticket.tierName,
    requester: ticket.requester,
    assignee: ticket.assignee,
  };
  const subject = ticket?.subject || view.facts.subject || noSubject;
  return {
    desk: view.deskName,
    recipient: view.recipientName,
    who: message?.who ?? '',
    when: message?.when ?? '',
    ...none,
    ...ofTicket,
    ...view.facts,
    subject,
  };
}

function wordsFor(
  words: Readonly<Record<string, string>>,
  audience: UpdateView['audience'],
  facts: Record<string, string>,
): Record<string, string> {
  const { given, toFill } = spoken(words)[audience];
  const filled = { ...given };
  for (const key of toFill) filled[key] = fill(given[key] ?? '', facts);
  return filled;
}

/** `heading.lead` speaks to leads, `heading` to everybody else. Most words are the same in every mail. */
const spoken = oncePer((words: Readonly<Record<string, string>>) => {
  const to = (audience: UpdateView['audience']) => {
    const keys = Object.keys(words).filter((key) => !key.includes('.'));
    const given = Object.fromEntries(
      keys.map((key) => [key, words[`${key}.${audience}`] ?? words[key] ?? '']),
    );
    return { given, toFill: keys.filter((key) => given[key]?.includes('{')) };
  };
  return { requester: to('requester'), agent: to('agent'), lead: to('lead'), sender: to('sender') };
});

function summaryOf(
  { ticket }: UpdateView,
  labels: Record<string, string>,
): { name: string | undefined; value: string }[] {
  if (!ticket) return [];
  const rows = [
    { name: labels.priority, value: ticket.priorityName },
    { name: labels.status, value: ticket.statusName },
    { name: labels.category, value: ticket.category },
    { name: labels.team, value: ticket.team },
    {
      name: labels.tier,
      value: [String(ticket.tier), ticket.tierName].filter((part) => part !== '').join(', '),
    },
    { name: labels.requester, value: ticket.requester },
    { name: labels.assignee, value: ticket.assignee || (labels.nobody ?? '') },
    { name: labels.opened, value: ticket.createdAt },
    ...(ticket.fields ?? []),
  ];
  return rows.filter(({ value }) => value !== '');
}

/** For HTML as it is; for text in its own lines, or quoted so that nobody's words pass for ours. */
function saidOf(said: Said, noWords: string) {
  const { closing = '' } = said;
  const own = said.text.trim() === '' ? noWords : said.text;
  const text = closing === '' ? own : `${own}\n\n${closing}`;
  const lines = text.split('\n');
  return {
    ...said,
    body: said.html ? `${said.html}${closing === '' ? '' : `<p>${htmlOf(closing)}</p>`}` : htmlOf(text),
    verbatim: lines.map((line) => VERBATIM + line).join('\n'),
    quoted: lines.map((line) => `${VERBATIM}${line === '' ? '>' : `> ${line}`}`).join('\n'),
  };
}

/** Outlook knows no `white-space: pre-wrap` and makes no links: breaks, indentation and links are written out. */
function htmlOf(text: string): string {
  let html = '';
  let from = 0;
  for (const { 0: found, index } of text.matchAll(WEB_ADDRESS)) {
    const address = found.replace(/(?<![.,:;!?)\]}'"»”’])[.,:;!?)\]}'"»”’]+$/, '');
    html += `${escaped(text.slice(from, index))}<a href="${escaped(address)}">${escaped(address)}</a>`;
    from = index + address.length;
  }
  return (html + escaped(text.slice(from)))
    .replace(/^ +| {2,}/gm, (spaces) => '&nbsp;'.repeat(spaces.length))
    .replace(/\t/g, '&nbsp;&nbsp;&nbsp; ')
    .replace(/\n/g, '<br>\n');
}

/** What it shows is where it leads. */
const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>"]{3,2000}/gi;

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Begins each line of a person's words until the text is laid out. No value holds it: controls are removed before. */
const VERBATIM = '\0';

/** Wraps our own lines, leaves everybody else's as they are, and keeps one empty line where sentences fell away. */
function layOut(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith(VERBATIM)) lines.push(line.slice(VERBATIM.length));
    else if (line.trim() !== '') lines.push(...wrap(line.trimEnd()));
    else if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
  }
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

/** Later lines are indented to where the words of the first one began, past a list's dash. A longer word keeps a line to itself. */
function wrap(line: string): string[] {
  if (columns(line) <= WIDTH) return [line];
  const [lead = ''] = /^ *(?:- )?/.exec(line) ?? [];
  const text = line.slice(lead.length);
  const isWide = WIDE.test(text);
  const room = (part: string) => (isWide ? columns(part) : part.length);
  const lines: string[] = [];
  let current = lead;
  let width = lead.length;
  for (const part of isWide ? unbroken(text) : text.split(BEFORE_BLANK)) {
    const more = room(part);
    if (current.length === lead.length || width + more <= WIDTH) {
      current += part;
      width += more;
      continue;
    }
    lines.push(current);
    const first = part.startsWith(' ') ? part.slice(1) : part;
    current = ' '.repeat(lead.length) + first;
    width = lead.length + room(first);
  }
  return [...lines, current];
}

const BEFORE_BLANK = /(?= )/;

/** What stays in one line, with the blank before it: words, and in scripts without blanks those that a dictionary knows. */
function* unbroken(text: string): Generator<string> {
  for (const [nth, word] of text.split(' ').entries()) {
    let gap = nth === 0 ? '' : ' ';
    let part = '';
    for (const next of WIDE.test(word) ? wordsIn(word) : [word]) {
      if (part !== '' && !NEVER_FIRST.test(next) && !NEVER_LAST.test(part)) {
        yield gap + part;
        gap = part = '';
      }
      part += next;
    }
    yield gap + part;
  }
}

/** Numbers of tickets, addresses and commands among them stay whole. */
function wordsIn(text: string): string[] {
  return (text.match(WIDE_OR_NOT) ?? []).flatMap((run) =>
    WIDE.test(run) ? [...dictionary().segment(run)].map(({ segment }) => segment) : [run],
  );
}

const WIDE = new RegExp(`[${WIDE_RANGE}]`);
const WIDE_OR_NOT = new RegExp(`[${WIDE_RANGE}]+|[^${WIDE_RANGE}]+`, 'g');
/** Opened when somebody is first written to in such a script. */
let segmenter: Intl.Segmenter | null = null;

function dictionary(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter('ja', { granularity: 'word' });
  return segmenter;
}

/** Signs that begin no line of Japanese, and those that end none (JIS X 4051). */
const NEVER_FIRST =
  /^[、。，．・：；？！ー」』）］｝〕〉》】々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)\]}]/;
const NEVER_LAST = /[「『（［｛〔〈《【([{]$/;

/** Single lines lose what breaks or turns them around; texts lose controls. HTML was sanitized where it came in. */
function clean(view: UpdateView): UpdateView {
  return {
    ...view,
    deskName: oneLine(view.deskName),
    recipientName: oneLine(view.recipientName),
    ticket: view.ticket && eachLine(view.ticket),
    message: view.message && cleanSaid(view.message),
    history: view.history.map(cleanSaid),
    attachments: view.attachments.map(eachLine),
    reasons: view.reasons.map(eachLine),
    deadlines: view.deadlines.map(eachLine),
    facts: {
      ...eachLine(view.facts),
      ...(view.facts.said === undefined ? {} : { said: manyLines(view.facts.said) }),
      ...(view.facts.shown === undefined ? {} : { shown: manyLines(view.facts.shown) }),
    },
    lines: view.lines.map((line) => ({ ...line, line: oneLine(line.line), detail: oneLine(line.detail) })),
    sections: (view.sections ?? []).map((section) => ({
      ...eachLine(section),
      entries: section.entries.map((entry) => ({
        ...eachLine(entry),
        actions: (entry.actions ?? []).map(eachLine),
      })),
    })),
    ...(view.report ? { report: allLines(view.report) } : {}),
    articles: view.articles && {
      head: oneLine(view.articles.head),
      entries: view.articles.entries.map(({ title, text }) => ({
        title: oneLine(title),
        text: manyLines(text),
      })),
      how: oneLine(view.articles.how),
    },
    services: view.services && {
      head: oneLine(view.services.head),
      entries: view.services.entries.map((entry) => ({
        ...eachLine(entry),
        about: entry.about.map(oneLine),
        ask: eachLine(entry.ask),
      })),
      note: oneLine(view.services.note),
    },
    plainReply: oneLine(view.plainReply),
    actions: view.actions.map(({ label, href }) => ({ label: oneLine(label), href: oneLine(href) })),
    marker: oneLine(view.marker),
  };
}

function cleanSaid(said: Said): Said {
  const { who, when, text, closing } = said;
  return {
    ...{ ...said, who: oneLine(who), when: oneLine(when), text: manyLines(text) },
    ...(closing ? { closing: manyLines(closing) } : {}),
  };
}

function eachLine<T extends object>(values: T): T {
  const lines = { ...values } as Record<string, unknown>;
  for (const name in lines) if (typeof lines[name] === 'string') lines[name] = oneLine(lines[name]);
  return lines as T;
}

/** The same of whatever is in them. */
function allLines<T>(value: T): T {
  if (typeof value === 'string') return oneLine(value) as T;
  if (Array.isArray(value)) return value.map(allLines) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, allLines(each)])) as T;
}

function oneLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .toWellFormed()
    .replace(BREAKS_AND_CONTROLS, ' ')
    .replace(BIDI_OVERRIDES, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function manyLines(text: string): string {
  const lines = text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROLS, '')
    .trimEnd()
    .split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  return lines.slice(Math.max(first, 0)).join('\n');
}

/** Words of ASCII with a blank between each: nearly all that stands in a mail of ours. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const BREAKS_AND_CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** In one line, they turn around the words of ours that follow. */
const BIDI_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/g;

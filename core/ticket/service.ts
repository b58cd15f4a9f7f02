/**
 * Services of desk.yaml: what a mail must say for somebody to begin, and what the desk answers by itself. Both go with the
 * acknowledgement, so that the requester gets one mail. Who works on it is chosen and told at once all the same: a request
 * whose answer never comes must not lie where nobody sees it, and what is promised runs on. Only where something is asked
 * the clock stands until he answers. A security incident and P1 wait for no question, and get no answer of a machine.
 */
import type { Desk, Language, Service } from '../config/desk.ts';
import { readPattern } from '../config/pattern.ts';
import { serviceOf } from '../config/service.ts';
import type { Classification } from '../triage/classify.ts';
import { readValue } from './fields.ts';
import { DESK, type Happening, type Reason, type Ticket } from './ticket.ts';

export interface Begun {
  reasons: Reason[];
  happenings: Happening[];
}

/** Facts are read from the first pages of a mail; what comes after is a log. */
const MOST_READ = 10_000;

export function beginService(
  { category, priority }: Pick<Classification, 'category' | 'priority'>,
  mail: { subject: string; text: string; from: string },
  desk: Desk,
): Begun {
  const service = serviceOf(category, mail, desk);
  if (!service) return { reasons: [], happenings: [] };
  const waitsForNothing = priority === 'P1' || isSecurity(category, desk);
  const text = `${mail.subject}\n${mail.text}`.slice(0, MOST_READ);
  const found = service.facts.flatMap(({ field }) => {
    const value = recognised(field, text, service, desk);
    return value === null ? [] : [{ field, value }];
  });
  const known = new Set(found.map(({ field }) => field));
  const asks = waitsForNothing
    ? []
    : service.facts.map(({ field }) => field).filter((field) => !known.has(field));
  const answers = !waitsForNothing && Object.keys(service.answers).length > 0;
  const titles = asks.map((field) => titleOf(field, desk)).join(', ');
  const why = [
    `of service ${service.name}`,
    ...(asks.length > 0 ? [`asked for ${titles}`] : []),
    ...(answers ? ['the words of desk.yaml went to the requester'] : []),
  ].join('; ');
  return {
    reasons: [{ what: 'service', why }],
    happenings: [
      { kind: 'service-begun', service: service.name, asks, answers },
      ...found.map(
        ({ field, value }): Happening => ({ kind: 'field-set', field, value, previous: null, by: DESK }),
      ),
      ...(asks.length > 0
        ? [{ kind: 'paused', until: null, reason: titles, by: DESK, awaited: 'requester' } as const]
        : []),
    ],
  };
}

export function isSecurity(category: string, { categories }: Pick<Desk, 'categories'>): boolean {
  return categories.some(({ name, security }) => name === category && security);
}

/** Its words, in the reader's language or else the desk's. */
export function answerOf({ answers }: Service, language: Language, desk: Desk): string {
  return answers[language] ?? answers[desk.language] ?? '';
}

/** What is asked, each in the reader's words. */
export function questionsOf(
  ticket: Ticket,
  language: Language,
  desk: Desk,
): { title: string; question: string }[] {
  const service = desk.services.find(({ name }) => name === ticket.service?.name);
  return questionsFor(service, ticket.service?.asks ?? [], language, desk);
}

export function questionsFor(
  service: Service | undefined,
  fields: readonly string[],
  language: Language,
  desk: Desk,
): { title: string; question: string; choices: string[] }[] {
  return fields.map((field) => {
    const question = service?.facts.find((fact) => fact.field === field)?.question;
    const title = titleOf(field, desk);
    const { choices = [] } = desk.fields.find(({ name }) => name === field) ?? {};
    return { title, question: question?.[language] ?? question?.[desk.language] ?? title, choices };
  });
}

/**
 * What a reply says of what was asked. It is asked once: what it does not say is left to whoever works on it. If one
 * fact alone was asked for, the first line of the reply is the answer.
 */
export function answered(ticket: Ticket, text: string, by: string, desk: Desk): Happening[] {
  const asks = ticket.service?.asks ?? [];
  if (asks.length === 0) return [];
  const service = desk.services.find(({ name }) => name === ticket.service?.name);
  const read = asks.map((field) => ({
    field,
    value:
      (service && recognised(field, text.slice(0, MOST_READ), service, desk)) ??
      (asks.length === 1 ? alone(field, text, desk) : null),
  }));
  const given = read.flatMap(({ field, value }) => (value === null ? [] : [{ field, value }]));
  return [
    ...given.map(
      ({ field, value }): Happening => ({
        ...{ kind: 'field-set', field, value, previous: ticket.fields?.[field] ?? null, by },
      }),
    ),
    {
      kind: 'facts-answered',
      given: given.map(({ field }) => field),
      lacking: read.filter(({ value }) => value === null).map(({ field }) => field),
      by,
    },
  ];
}

function recognised(field: string, text: string, service: Service, desk: Desk): string | null {
  const known = desk.fields.find(({ name }) => name === field);
  if (!known) return null;
  const labels = [known.name, known.title, ...Object.values(questionIn(service, field))].map(plain);
  for (const line of text.split('\n')) {
    const [, label = '', said = ''] = LABELLED.exec(line) ?? [];
    const value = labels.includes(plain(label)) ? valued(said, field, desk) : null;
    if (value !== null) return value;
  }
  for (const written of service.facts.find((fact) => fact.field === field)?.patterns ?? []) {
    const read = readPattern(written);
    const found = 'pattern' in read ? read.pattern.exec(text) : null;
    const value = found ? valued(found[1] ?? found[0], field, desk) : null;
    if (value !== null) return value;
  }
  const said = plain(text).split(' ');
  const chosen = (known.choices ?? []).filter((choice) => stands(plain(choice).split(' '), said));
  return chosen.length === 1 ? (chosen[0] as string) : null;
}

/** `Asset number: 4711`, also behind a bullet. */
const LABELLED = /^[\s>*•\-–]{0,10}([^:：=\n]{1,120})\s{0,5}[:：=]\s{0,20}(\S[^\n]{0,300})/u;

function questionIn(service: Service, field: string): Partial<Record<Language, string>> {
  return service.facts.find((fact) => fact.field === field)?.question ?? {};
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function stands(words: readonly string[], text: readonly string[]): boolean {
  return text.some((_, at) => words.every((word, offset) => text[at + offset] === word));
}

/** A greeting, a question back and a “don't know” are no answer. */
function alone(field: string, text: string, desk: Desk): string | null {
  const [first = ''] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/[,，、!！]$/u.test(line));
  return /[?？]/u.test(first) ? null : valued(first, field, desk);
}

function valued(said: string, field: string, desk: Desk): string | null {
  const known = desk.fields.find(({ name }) => name === field);
  const read = known && readValue(said.trim().replace(/[.;,。]$/u, ''), known);
  return read && 'value' in read ? read.value : null;
}

function titleOf(field: string, { fields }: Desk): string {
  return fields.find(({ name }) => name === field)?.title ?? field;
}

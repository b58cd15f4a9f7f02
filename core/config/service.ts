/** Which service of desk.yaml a mail asks for, and what it is called. */
import type { Desk, Language, Service } from './desk.ts';
import { oncePer } from './once.ts';
import { isFrom } from './sender.ts';

/** `from`: an address in lower case. A subject that is a service's title is chosen by whoever pressed its button in the catalogue. */
export interface Asking {
  subject: string;
  from: string;
}

/** The one that the subject names, if it is of this category; else the first that its rules lead to and that is for this sender. */
export function serviceOf(
  category: string,
  asking: Asking,
  desk: Pick<Desk, 'services'>,
): Service | undefined {
  const of = desk.services.filter(
    (service) => service.categories.includes(category) && isFor(asking.from, service),
  );
  const subject = bareWords(asking.subject);
  return of.find((service) => titlesOf(service).includes(subject)) ?? of.find(({ onRequest }) => !onRequest);
}

export function serviceNamed(asking: Asking, { services }: Pick<Desk, 'services'>): Service | undefined {
  const subject = bareWords(asking.subject);
  return services.find((service) => isFor(asking.from, service) && titlesOf(service).includes(subject));
}

export function isFor(from: string, service: Service): boolean {
  return service.for.length === 0 || service.for.some((sender) => isFrom(from, sender));
}

/** All that may stand in a subject, made comparable. */
export const titlesOf = oncePer(({ name, title, in: others }: Service): string[] =>
  [name, title, ...Object.values(others).map((each) => each.title)].map(bareWords),
);

/** In the reader's language, or as desk.yaml has it. */
export function wordsOf(service: Service, language: Language): { title: string; description: string } {
  return service.in[language] ?? service;
}

/** Without case, signs and doubled blanks: by what people call something. */
export function bareWords(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

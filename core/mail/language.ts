/** In which language somebody is written to. */
import { LANGUAGES } from '../config/choices.ts';
import type { Desk, Language } from '../config/desk.ts';
import { declaredLanguage, detectLanguage } from '../triage/language.ts';
import type { Arrival } from './outcome.ts';
import { personOf } from './standing.ts';

/** Of the desk's own people: what desk.yaml says. */
export function languageOf(address: string, desk: Desk): Language {
  return personOf(address, desk)?.language ?? desk.language;
}

/**
 * Of somebody outside: the one that he wrote in, if we have words in it. Where his words do not tell, his mail program's,
 * then `before`, in which he was written to so far.
 */
export function writtenLanguage(
  { email, trimmed }: Pick<Arrival, 'email' | 'trimmed'>,
  desk: Desk,
  before: Language | null = null,
): Language {
  const told =
    detectLanguage(`${email.subject}\n${trimmed.visible || email.text}`) ??
    declaredLanguage(email.headers) ??
    before;
  return LANGUAGES.find((language) => language === told) ?? desk.language;
}

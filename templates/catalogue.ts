/** The service catalogue in words, with a button for each service. */
import type { Language } from '../core/config/desk.ts';
import type { UpdateView } from '../core/mail/update.ts';
import { type Offer, offersOf } from '../core/ticket/catalogue.ts';
import type { Reader } from './listed.ts';
import { durationIn } from './times.ts';
import { phrase } from './words.ts';

type Catalogue = NonNullable<UpdateView['services']>;

/** `to`: whose catalogue it is. */
export function catalogueIn(names: readonly string[], to: string, reader: Reader): Catalogue {
  const { language, desk } = reader;
  const entries = offersOf(names, to, language, desk).map((offer) => entryOf(offer, language));
  return {
    head: phrase(language, entries.length > 0 ? 'services-head' : 'services-none'),
    entries,
    note: entries.length > 0 ? phrase(language, 'services-note') : '',
  };
}

function entryOf(
  { title, description, internal, answers, needs, promises, ask }: Offer,
  language: Language,
): Catalogue['entries'][number] {
  const { to, subject, body } = ask;
  const needed = needs.map((need) =>
    need.choices.length > 0 ? `${need.question} (${need.choices.join(' / ')})` : need.question,
  );
  const times = promises.map(({ measure, ms }) =>
    phrase(language, measure === 'firstResponse' ? 'services-first' : 'services-done', {
      time: durationIn(language, ms),
    }),
  );
  return {
    title,
    description,
    about: [
      ...(internal ? [phrase(language, 'services-inside')] : []),
      ...(answers ? [phrase(language, 'services-answers')] : []),
      ...(needed.length > 0 ? [phrase(language, 'services-needs', { facts: needed.join('; ') })] : []),
      ...(times.length > 0 ? [times.join(' · ')] : []),
    ],
    write: phrase(language, 'services-write', { address: to, subject }),
    ask: {
      label: phrase(language, 'services-ask', { service: title }),
      href: `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body.replaceAll('\n', '\r\n') || '\r\n')}`,
    },
  };
}

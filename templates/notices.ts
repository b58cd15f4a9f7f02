/** From what a mail without a ticket is answered with to the finished words that a template is given. */
import type { Desk } from '../core/config/desk.ts';
import { CODE_VALID_FOR } from '../core/mail/code.ts';
import { MARKER } from '../core/mail/marker.ts';
import type { Notice } from '../core/mail/outcome.ts';
import { personOf } from '../core/mail/standing.ts';
import type { UpdateView } from '../core/mail/update.ts';
import type { Plan } from '../core/ticket/audience.ts';
import { durationIn, timeIn } from './times.ts';
import { helpIn, linesIn } from './view.ts';
import { type PhraseKey, phrase } from './words.ts';

/** What belongs to no ticket: a refusal, a code, that an agent is away. */
export function noticeView({
  plan,
  event,
  code,
  shown = '',
  services = null,
  desk,
}: {
  plan: Plan;
  event: Notice;
  code: string | null;
  /** What commands asked to see. */
  shown?: string;
  services?: UpdateView['services'];
  desk: Desk;
}): UpdateView {
  const { language, subject } = event;
  const absence =
    event.kind === 'away' ? absenceOf(event, desk) : event.kind === 'left' ? leavingOf(event, desk) : null;
  return {
    kind: plan.kind,
    language,
    audience: plan.audience,
    deskName: desk.name,
    recipientName: plan.to.name.split(/\s+/)[0] ?? '',
    ticket: null,
    message: absence && {
      ...{ who: phrase(language, 'the-desk'), when: absence.when },
      ...{ text: absence.text, html: null, private: true },
    },
    history: [],
    attachments: [],
    reasons: [],
    deadlines: [],
    facts: absence ? { subject: absence.subject } : { ...noticeFacts(event, code, shown), subject },
    lines: event.kind === 'commanded' ? linesIn(language, event.lines) : [],
    services,
    plainReply: plainReplyToNotice(event, plan),
    actions: [],
    marker: MARKER,
  };
}

function noticeFacts(event: Notice, code: string | null, shown: string): Record<string, string> {
  const { language } = event;
  switch (event.kind) {
    case 'held':
      return { code: code ?? '', validFor: durationIn(language, CODE_VALID_FOR) };
    case 'commanded': {
      const said = event.shows.includes('help') ? helpIn(language) : '';
      return { refused: event.refused ? 'refused' : '', said, shown };
    }
    // What they say stands in a message of its own.
    case 'away':
    case 'left':
      return {};
    case 'refused':
      return {
        reason: phrase(language, `refusal-${event.reason}` as PhraseKey),
        remedy: phrase(language, `refusal-${event.reason}-remedy` as PhraseKey),
      };
  }
}

function plainReplyToNotice(notice: Notice, { audience }: Plan): string {
  const { kind, language } = notice;
  if (kind === 'held') return phrase(language, 'reply-sender-code');
  if (notice.kind !== 'commanded') return '';
  if (notice.digest) return phrase(language, 'reply-agent-digest');
  return phrase(language, audience === 'requester' ? 'reply-requester-no-ticket' : 'reply-agent-no-ticket');
}

function leavingOf(
  { people, tickets, more, language, since }: Extract<Notice, { kind: 'left' }>,
  desk: Desk,
) {
  const who = people.join(', ');
  const names = tickets.map(({ id, subject, assignee }) => {
    const name = assignee ? (personOf(assignee, desk)?.name ?? assignee) : '–';
    return `${id} ${subject} → ${name}`;
  });
  const rest = more > 0 ? [phrase(language, 'digest-more', { count: String(more) })] : [];
  return {
    when: timeIn(language, since, desk),
    subject: phrase(language, 'note-left-subject', { who }),
    text: [phrase(language, 'note-left', { who }), [...names, ...rest].join('\n')].join('\n\n'),
  };
}

function absenceOf(
  { from, until, person, by, quote, ambiguous, language }: Extract<Notice, { kind: 'away' }>,
  desk: Desk,
) {
  const facts = { who: personOf(person, desk)?.name ?? person, until: timeIn(language, until, desk) };
  const said = by ? 'note-away-commanded' : ambiguous ? 'note-away-ambiguous' : 'note-away-said';
  const speaker = (by && personOf(by, desk)?.name) ?? by ?? '–';
  const why = quote ? phrase(language, said, { by: speaker, quote }) : phrase(language, 'note-away-guessed');
  return {
    when: timeIn(language, from, desk),
    subject: phrase(language, 'note-away-subject', facts),
    text: [phrase(language, 'note-away', facts), why, phrase(language, 'note-away-meanwhile', facts)].join(
      '\n\n',
    ),
  };
}

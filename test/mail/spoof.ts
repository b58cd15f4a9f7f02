/**
 * The spoof matrix: From × verdicts × clue × what is said, and for each cell what the desk does about it, held against the
 * table of what may be done at all. The table is written from the contract (docs/decisions/0002) and knows nothing of the code.
 */
import { VERBS } from '../../core/mail/commands.ts';
import type { Email, Receipt, Verdict } from '../../core/mail/email.ts';
import type { HeldCode, Memory, Outcome } from '../../core/mail/outcome.ts';
import { codeId, digestId, oneTimeCode, type Purpose } from '../../core/mail/token.ts';
import { voterOf } from '../../core/ticket/approval.ts';
import type { Numbered } from '../../core/ticket/digest.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { visitUid } from '../../core/ticket/visit.ts';
import { desk, ID, LUIS, later, MARTHA, MONDAY, moment, NORA, ticket } from '../sample.ts';
import { CLUES, type Clue, DAY, judge, keys, OTHER, OTHER_ID, own, SENDERS, tokenFor } from './forgery.ts';

const OLE = 'ole@example.org';
const IDA = 'ida@example.com';
const FORMER = 'former@example.org';
const LEFT = 'left@example.test';

/** Who From may name, and what he is to the ticket. */
export const WRITERS = {
  ...Object.fromEntries(Object.entries(SENDERS).map(([name, { address }]) => [name, address])),
  'somebody on copy': OLE,
  'an approver outside': IDA,
  'whose request it was': FORMER,
  'who has left the desk': LEFT,
} as Record<string, string>;
const PERSON = new Map<string, string>(
  desk.people.flatMap(({ address, alternates }) =>
    [address, ...alternates].map((each) => [each, address] as const),
  ),
);

const planned: Happening = {
  ...{ kind: 'visit-planned', nth: 1, sequence: 0, start: later(MONDAY, 28), end: later(MONDAY, 29) },
  ...{ zone: 'Europe/Berlin', words: 'at your desk', by: LUIS },
};
/** Everything that can be asked of anybody is asked: a monitor of Ida, time and an article of Martha, an hour of Nora. */
const RICH: Ticket = {
  ...ticket([
    { kind: 'copies-changed', added: [{ address: OLE, name: '' }], removed: [], by: LUIS },
    { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
    planned,
    {
      kind: 'approval-asked',
      approvers: [{ address: IDA, name: '' }],
      quorum: 'all',
      question: 'a monitor',
      by: LUIS,
    },
    {
      ...{ kind: 'extension-asked', by: LUIS, lead: MARTHA, ms: 3_600_000, reason: 'the part', due: MONDAY },
      wouldBe: later(MONDAY, 1),
    },
    { kind: 'fix-recorded', words: 'a new roller', by: LUIS },
    { kind: 'article-asked', draft: null, reviewer: MARTHA, by: LUIS },
  ]),
};
const CLOSED = ticket([{ kind: 'closed', reason: 'done', by: LUIS }]);
/** As the one who held the request before: his token was sent, and is still good; he takes part no more. */
const held: HeldCode = {
  ...{ id: codeId('held-1'), mailId: 'held-1', person: LUIS, round: 0, tries: 0, used: false },
  expiresAt: later(MONDAY, 0.5),
};
const digest: Numbered = {
  ...{ number: 20_780, at: MONDAY, person: LUIS, entries: [{ ticketId: ID }] },
  answerableUntil: moment.realNow + DAY,
};

const question = (who: string, what: 'approval' | 'extension' | 'article') =>
  tokenFor(voterOf(own(who), { what, askedAt: MONDAY }), { purpose: 'approval' });
const special = (address: (who: string) => string, whose: Clue['whose'] = 'own'): Clue => ({
  ...{ to: ID, whose, state: 'good', address },
});
const byPurpose = (who: string, purpose: Purpose, id: string) => tokenFor(own(who), { purpose, id });

/** What may lead a mail to the ticket, and more than that ticket's own tokens. */
export const LEADS: Record<string, Clue> = {
  ...CLUES,
  'the token of a vote, his own': special((who) => question(who, 'approval')),
  'the token of a vote, Ida’s': special(() => question(IDA, 'approval'), 'theirs'),
  'the token of more time, his own': special((who) => question(who, 'extension')),
  'the token of an article, his own': special((who) => question(who, 'article')),
  'the token of an article, Martha’s': special(() => question(MARTHA, 'article'), 'theirs'),
  'the token of a digest, his own': {
    ...special((who) => byPurpose(who, 'digest', digestId(20_780))),
    to: null,
  },
  'the token of a digest, Luis’s': {
    ...special(() => byPurpose(LUIS, 'digest', digestId(20_780)), 'theirs'),
    to: null,
  },
  'the token of a code, his own': { ...special((who) => byPurpose(who, 'code', held.id)), to: null },
  'the token of a code, Luis’s': { ...special(() => byPurpose(LUIS, 'code', held.id), 'theirs'), to: null },
  'the token of a canary': {
    ...special(() => byPurpose('support@desk.example.test', 'canary', 'S-000001')),
    to: null,
  },
};

export interface Said {
  text: string;
  closed?: true;
  visit?: true;
}

/** A sort of words each. */
export const FAMILIES: Record<string, Said> = {
  'a public answer': { text: 'We come at noon.' },
  'a private note': { text: '#note the customer is wrong' },
  'a change': { text: '#priority P1' },
  'an end with words': { text: '#resolve\n\nIt is done.' },
  'what stands in it': { text: '#history\n#why\n#files 1' },
  'what stands elsewhere': { text: `#show ${OTHER_ID}\n#find printer\n#queue\n#mine\n#report last month` },
  'what a requester may': { text: '#status\n#close' },
  'a request for approval': { text: '#approval eve@example.net a yacht' },
  'what is taken out': { text: '#redact 1 a password\n#block' },
  'another’s request': { text: '#requester eve@example.net\n\nHer screen is black.' },
  'an absence': { text: '#away until 2027-01-10' },
  'a vote': { text: 'approve' },
  'a verdict on an article': { text: 'publish' },
  'an answer to a digest': { text: '1 close' },
  'an answer to a visit': { text: '', visit: true },
  'a grade': { text: '5', closed: true },
  'a code': { text: oneTimeCode(held.mailId, held.round, keys) },
};

/** Every verb with what its help shows, and with the ticket that is another’s. */
export const ALL: Record<string, Said> = {
  ...FAMILIES,
  ...Object.fromEntries(
    Object.entries(VERBS).flatMap(([verb, { example, value }]) => [
      [`#${verb}`, { text: example }],
      ...(value === 'none' ? [] : [[`#${verb} of another ticket`, { text: `#${verb} ${OTHER_ID}` }]]),
    ]),
  ),
};

type Verdicts = Pick<Receipt, 'spf' | 'dkim' | 'dmarc' | 'dmarcPolicy'>;
const said = (dmarc: Verdict, spf: Verdict, dkim: Verdict, dmarcPolicy: Verdicts['dmarcPolicy'] = null) => ({
  ...{ dmarc, spf, dkim, dmarcPolicy },
});

/** One for each way in which a receipt can speak: proven, nothing known, signed alone, failed, failed by SPF. */
export const FEW: [Verdicts, Verdicts, Verdicts, Verdicts, Verdicts] = [
  said('PASS', 'PASS', 'PASS'),
  said('GRAY', 'GRAY', 'GRAY'),
  said('GRAY', 'FAIL', 'PASS'),
  said('FAIL', 'PASS', 'PASS', 'none'),
  said('GRAY', 'FAIL', 'GRAY'),
];
const EACH: Verdict[] = ['PASS', 'FAIL', 'GRAY'];
/** All that SES says, and what it says when it could not tell. */
export const EVERY: Verdicts[] = [
  ...EACH.flatMap((dmarc) =>
    EACH.flatMap((spf) =>
      EACH.flatMap((dkim) =>
        dmarc === 'FAIL'
          ? [said(dmarc, spf, dkim, 'none'), said(dmarc, spf, dkim, 'reject')]
          : [said(dmarc, spf, dkim)],
      ),
    ),
  ),
  said('PROCESSING_FAILED', 'PROCESSING_FAILED', 'PROCESSING_FAILED'),
  said('DISABLED', 'DISABLED', 'DISABLED'),
];

export interface Cell {
  writer: string;
  verdicts: Verdicts;
  lead: string;
  words: string;
  /** He proved by code, less than 12 hours ago, that mail signed by this domain is his. */
  trusted: boolean;
}

/** What a mail can do to the desk, seen from what would be written and whom it would be told to. */
export const EFFECTS = [
  ...['opens', 'remarks', 'speaks', 'closes', 'asks', 'rates', 'answers a visit', 'votes', 'acts'],
  ...['sees', 'looks', 'opens for another', 'is away', 'releases', 'is sent a code', 'is answered'],
] as const;
export type Effect = (typeof EFFECTS)[number];

export function effectsOf(cell: Cell, all: Record<string, Said> = ALL): Set<Effect> {
  const address = WRITERS[cell.writer] ?? '';
  return new Set(readEffects(outcomeOf(cell, all), address));
}

function outcomeOf({ writer, verdicts, lead, words, trusted }: Cell, all: Record<string, Said>): Outcome {
  const { text, closed, visit } = all[words] as Said;
  const sender = WRITERS[writer] ?? '';
  const mine = closed ? CLOSED : RICH;
  const calendar: Email['calendar'] = {
    ...{ answer: 'declined', uid: visitUid(1, ID, null, desk.domain), sequence: 0, attendee: sender },
    ...{ start: null, end: null, comment: 'I am away.', program: '' },
  };
  const known: Partial<Memory> = {
    ...{ trusted, code: held, digest: { digest, tickets: new Map([[ID, mine]]) } },
    others: new Map([[OTHER_ID, OTHER]]),
  };
  return judge({
    ...{ sender, verdicts, clue: LEADS[lead] as Clue, known },
    mail: { text, ...(visit ? { calendar } : {}) },
    tickets: new Map([mine, OTHER].map((each) => [each.id, each])),
  });
}

/** What a requester’s own word brings with it. */
const HIS_OWN = new Set([
  'resumed',
  'facts-answered',
  'referred',
  'muted',
  'parted',
  'helped',
  'self-served',
]);
const VOTES = new Set(['approval-voted', 'extension-decided', 'article-decided']);

function readEffects(outcome: Outcome, sender: string): Effect[] {
  const { ticket: changed, several, notice, message, release, learned } = outcome;
  const writer = PERSON.get(sender) ?? sender;
  const ofDesk = PERSON.has(sender);
  const happenings = [
    ...(changed?.kind === 'change'
      ? [...changed.happenings, ...(changed.elsewhere ?? []).flatMap((each) => each.happenings)]
      : []),
    ...several.flatMap((each) => each.happenings),
  ];
  const voted = happenings.some(({ kind }) => VOTES.has(kind));
  // #redact takes out what an article says, and a lead's own #kb waits for nobody: both are commands.
  const byCommand = happenings.some(({ kind }) => kind === 'redacted' || kind === 'article-asked');
  const read = (event: Happening): Effect[] => {
    if (VOTES.has(event.kind)) return [byCommand ? 'acts' : 'votes'];
    if (event.kind === 'approval-decided' && voted) return [];
    if ('by' in event && event.by === 'desk') return [];
    switch (event.kind) {
      case 'commanded': {
        const inside = event.looks?.some(({ what }) => what !== 'own' && what !== 'services') ?? false;
        const seen = !event.refused && (event.shows.length > 0 || (event.files?.length ?? 0) > 0 || inside);
        return seen
          ? [ofDesk ? 'sees' : event.shows.every((what) => what === 'status') && !inside ? 'asks' : 'sees']
          : [];
      }
      case 'noted':
        return event.thirdParty !== null
          ? ['remarks']
          : [!ofDesk && (voted || outcome.reason === 'third-party') ? 'votes' : 'acts'];
      case 'message-received':
        return ['speaks'];
      case 'visit-answered':
        return ['answers a visit'];
      case 'rated':
        return ['rates'];
      case 'closed':
      case 'reopened':
        return [ofDesk ? 'acts' : 'closes'];
      default:
        return !ofDesk && HIS_OWN.has(event.kind) ? [] : ['acts'];
    }
  };
  const opened = changed?.kind === 'open' ? changed.opened : null;
  const looks = notice?.kind === 'commanded' && !notice.refused ? notice.looks : [];
  return [
    ...happenings.flatMap(read),
    ...(message?.direction === 'out' ? ['acts' as const] : []),
    ...(opened
      ? [opened.requester.address === writer ? ('opens' as const) : ('opens for another' as const)]
      : []),
    ...looks.map(({ what }) =>
      what === 'own' || what === 'services' ? ('asks' as const) : ('looks' as const),
    ),
    ...(notice?.kind === 'commanded' && !notice.refused && notice.shows.length > 0 ? ['looks' as const] : []),
    ...(learned.away || learned.back ? ['is away' as const] : []),
    ...(release ? ['releases' as const] : []),
    ...(notice?.kind === 'held' ? ['is sent a code' as const] : []),
    ...(notice ? ['is answered' as const] : []),
    // To himself, and a code to nobody but the registered address: whatever else is told is a deed of the desk's.
    ...(notice && notice.to.address !== writer && (notice.kind === 'held' || notice.to.address !== sender)
      ? ['acts' as const]
      : []),
  ];
}

/** The contract. Whatever no line allows is forbidden. */
export function allowed({ writer, verdicts, lead, trusted }: Cell): Set<Effect> {
  const address = WRITERS[writer] ?? '';
  const { dmarc, spf, dkim } = verdicts;
  const { whose, state, to, weak } = LEADS[lead] as Clue;
  const ofDesk = PERSON.has(address);
  const failed = dmarc === 'FAIL' || (dmarc !== 'PASS' && spf === 'FAIL' && dkim !== 'PASS');
  const proven = ofDesk && !failed && (dmarc === 'PASS' || (trusted && dkim === 'PASS'));
  const lookAlike = writer === 'a look-alike of the agent';
  const holder = { 'Ida’s': IDA, 'Luis’s': LUIS, 'Martha’s': MARTHA }[lead.split(', ')[1] ?? ''];
  const hisToken = state === 'good' && (whose === 'own' || holder === own(address));
  const line = (may: boolean, ...effects: Effect[]): Effect[] => (may ? effects : []);
  const purpose = /token of (?:a |an |more )?(\w+)/.exec(lead)?.[1];
  const isQuestion = purpose !== undefined;
  const asked = { vote: [IDA], time: [MARTHA], article: [MARTHA] }[purpose ?? ''] ?? [];
  const takesPart = address === NORA || (address === OLE && to === ID);
  const led = takesPart && to !== null && (weak !== undefined || hisToken) && !isQuestion;
  const forTicket =
    hisToken && (to === ID || to === OTHER_ID) && (!isQuestion || asked.includes(own(address)));
  return new Set<Effect>([
    // Nobody is kept from writing: a request of his own, or a remark for the desk's eyes. Whoever poses as its people is.
    ...line(!ofDesk, 'opens', 'remarks'),
    ...line(proven, 'opens'),
    // Who takes part speaks; and closes or asks, unless his mail failed.
    ...line(led, 'speaks'),
    ...line(led && !failed, 'closes', 'asks'),
    ...line((!ofDesk || proven) && !failed && !lookAlike, 'asks'),
    // What only its owner can know was sent to: a grade, an appointment, a vote.
    ...line(address === NORA && hisToken && to === ID && !isQuestion, 'rates'),
    ...line(address === NORA && hisToken && to === ID && !isQuestion && !failed, 'answers a visit'),
    ...line(hisToken && asked.includes(own(address)) && !failed && (!ofDesk || proven), 'votes'),
    // The desk's people: proven, and on a ticket with the token that went to each of them.
    ...line(proven && forTicket, 'acts', 'sees'),
    ...line(proven && purpose === 'digest' && own(address) === LUIS && hisToken, 'acts', 'looks'),
    ...line(proven, 'looks', 'opens for another', 'is away'),
    // A code goes to his registered address, and comes back from it.
    ...line(ofDesk && !failed, 'is sent a code'),
    ...line(ofDesk && !failed && purpose === 'code' && own(address) === LUIS, 'releases'),
    // Nothing is said to whoever failed, or seems to be somebody else.
    ...line(!failed && !lookAlike, 'is answered'),
  ]);
}

export interface Run {
  cells: number;
  /** How many cells had each effect. */
  had: Map<Effect, number>;
  forbidden: string[];
}

export function run(
  all: Record<string, Said>,
  verdicts: readonly Verdicts[],
  trusted: readonly boolean[],
): Run {
  const done: Run = { cells: 0, had: new Map(), forbidden: [] };
  for (const writer of Object.keys(WRITERS))
    for (const each of verdicts)
      for (const lead of Object.keys(LEADS))
        for (const words of Object.keys(all))
          for (const isTrusted of trusted) {
            const cell = { writer, verdicts: each, lead, words, trusted: isTrusted };
            const may = allowed(cell);
            for (const effect of effectsOf(cell, all)) {
              done.had.set(effect, (done.had.get(effect) ?? 0) + 1);
              if (!may.has(effect))
                done.forbidden.push(
                  `${writer} | DMARC ${each.dmarc} SPF ${each.spf} DKIM ${each.dkim}${isTrusted ? ' trusted' : ''} | ${lead} | ${words}: ${effect}`,
                );
            }
            done.cells++;
          }
  return done;
}

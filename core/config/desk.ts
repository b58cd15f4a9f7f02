/**
 * The schema of desk.yaml: everything that an admin decides about the desk.
 *
 * What a file says is checked once, when the desk is synthesized; the functions carry the checked result as
 * JSON in their bundles and never parse YAML. `Desk` is that result: durations are milliseconds, addresses are
 * lower case, what may be left out has its default. The descriptions are what an editor shows of
 * desk.schema.json, so they speak to the admin.
 */
import * as z from 'zod';
import { MAX_MAIL_BYTES } from '../mail/limits.ts';
import type { Measure } from '../sla/clock.ts';
import {
  IMPACTS,
  LANGUAGES,
  LOG_PERIODS,
  MOST_APPROVERS,
  PRIORITIES,
  QUORUMS,
  TYPES,
  URGENCIES,
  WEEKDAYS,
} from './choices.ts';
import type { MacroFile } from './macro-files.ts';
import { LONGEST_PATTERN } from './pattern.ts';

const MINUTE = 60_000;
const UNITS: Record<string, number> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };
const LONGEST = 3650 * 24 * 60 * MINUTE;
/** What came yesterday is counted, and what was held or refused can be replayed. */
const SHORTEST_KEPT = 7 * 24 * 60 * MINUTE;

/** `90m`, `4h`, `1h30m`, `7d`. A day is 24 hours of whichever time the setting counts. */
const Duration = z
  .string()
  .regex(/^(\d{1,6}[mhd])+$/, 'a duration such as 30m, 4h, 1h30m or 7d')
  .meta({ examples: ['30m', '4h', '1h30m', '7d'] })
  .transform(milliseconds)
  .refine((ms) => ms > 0, 'a duration longer than nothing')
  .refine((ms) => ms <= LONGEST, 'a duration of at most 3650d');

function milliseconds(text: string): number {
  return [...text.matchAll(/(\d+)([mhd])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (UNITS[unit as string] as number),
    0,
  );
}

/** How long something is kept: whole days, or null for ever. */
const Kept = z
  .string()
  .regex(/^(forever|\d{1,4}d)$/, 'a number of days such as 365d, or forever')
  .meta({ examples: ['365d', 'forever'] })
  .transform((text) => (text === 'forever' ? null : milliseconds(text)))
  .refine((ms) => ms === null || ms >= SHORTEST_KEPT, 'at least 7d')
  .refine((ms) => ms === null || ms <= LONGEST, 'at most 3650d, or forever');

/** Of which SQS keeps a message back for fifteen minutes at the most. */
const Hold = z
  .string()
  .regex(/^\d{1,3}[sm]$/, 'a time such as 0s, 30s or 2m')
  .meta({ examples: ['0s', '30s', '2m'] })
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('s') ? 1000 : MINUTE))
  .refine((ms) => ms <= 15 * MINUTE, 'a time of at most 15m');

const SIZES: Record<string, number> = { KB: 1024, MB: 1024 * 1024 };

/** `25MB`, in octets as they travel: a file grows by a third when it is put into a mail. */
const MailSize = z
  .string()
  .regex(/^\d{1,6}[KM]B$/, 'a size such as 500KB or 25MB')
  .meta({ examples: ['10MB', '25MB', '40MB'] })
  .transform((text) => Number.parseInt(text, 10) * (SIZES[text.slice(-2)] as number))
  .refine((octets) => octets >= 64 * 1024, 'a size of at least 64KB')
  .refine((octets) => octets <= MAX_MAIL_BYTES, 'a size of at most 40MB, which is what SES takes');

const MailAddress = z
  .string()
  .regex(/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/, 'an email address such as ada@example.com')
  .meta({ examples: ['ada@example.com'] })
  .transform((address) => address.toLowerCase());

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'a short name in lower case, such as service-desk')
  .meta({ examples: ['service-desk'] });

/**
 * A word or a phrase. A star stands for the rest of a word (`drucker*`) or for its beginning (`*drucker`):
 * languages that compound need it. With fewer than three letters beside it a star would match nearly anything.
 */
const Clue = z
  .string()
  .regex(
    /^(?=.*[\p{L}\p{N}])(?!\.\.\.\s|.*\s\.\.\.$|.*\s\.\.\.\s.*\s\.\.\.(?:\s|$))(?:[^*\s]+|\*[\p{L}\p{M}\p{N}]{3,}|[\p{L}\p{M}\p{N}]{3,}\*)(?:\s+(?:[^*\s]+|\*[\p{L}\p{M}\p{N}]{3,}|[\p{L}\p{M}\p{N}]{3,}\*))*$/u,
    'a word or phrase such as password, paper jam, drucker* or nobody|none ... work (a star only at the beginning or end of a word of three letters or more, one ... between two words)',
  )
  .meta({ examples: ['password', 'paper jam', 'drucker*'] });

const Sender = z
  .string()
  .regex(
    /^[^\s@<>"]*@[^\s@<>"]+\.[^\s@<>"]+$/,
    'an address such as alerts@example.com, or a domain such as @example.com',
  )
  .meta({ examples: ['alerts@example.com', '@example.com'] })
  .transform((sender) => sender.toLowerCase());

const Timezone = z.string().meta({ examples: ['Europe/Berlin', 'UTC'] });
const Day = z.iso.date('a day of the calendar such as 2026-12-24').meta({ examples: ['2026-12-24'] });
const Tier = z.int().min(1).max(9);

const Impact = z.enum(IMPACTS);
const Urgency = z.enum(URGENCIES);
const Priority = z.enum(PRIORITIES);

/** `08:00-12:30`; `22:00-06:00` ends on the next day; `00:00-24:00` is the whole day. */
const Frame = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'hours such as 08:00-17:30')
  .meta({ examples: ['08:00-17:30', '22:00-06:00', '00:00-24:00'] });

const Calendar = z.strictObject({
  name: Name,
  /** Its existence is checked with the file, not here. */
  timezone: Timezone.optional().describe("The IANA zone in which the hours are meant; else the desk's."),
  hours: z
    .partialRecord(z.enum(WEEKDAYS), z.array(Frame))
    .optional()
    .describe(
      'Working hours for each day; a day that is left out is free. 22:00-06:00 ends on the next day.',
    ),
  of: z
    .array(Name)
    .min(1)
    .optional()
    .describe('Instead of hours: open whenever one of these calendars is, so that offices follow the sun.'),
  holidays: z
    .array(
      z
        .string()
        .regex(/^(\d{4}-)?\d{2}-\d{2}$/, 'a date such as 2026-12-25, or 12-25 for every year')
        .meta({ examples: ['2026-12-25', '12-25'] }),
    )
    .default([])
    .describe('Days without working hours: 2026-12-25 for one year, 12-25 for every year.'),
  holidaysFrom: z
    .string()
    .min(1)
    .optional()
    .meta({ examples: ['holidays.ics'] })
    .describe('More of them: the whole-day events of an iCalendar file, by its path from desk.yaml.'),
});

const Person = z.strictObject({
  address: MailAddress.describe('Where the desk writes to, and whence this person writes to the desk.'),
  name: z.string().min(1).describe('The name that requesters see.'),
  alternates: z.array(MailAddress).default([]).describe('Other addresses from which the same person writes.'),
  role: z.enum(['agent', 'lead', 'manager']),
  manager: MailAddress.optional().describe(
    'Who is above this lead or manager. Steps after a deadline that tell the manager go up this chain, one by one; without it they tell everybody of the role manager.',
  ),
  team: Name.optional().describe('Agents stand in a team; so does a lead who takes tickets.'),
  tier: Tier.optional().describe('Agents, and leads who take tickets, stand at a tier.'),
  skills: z.array(Name).default([]).describe('What this person is good at; categories ask for it.'),
  cap: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'With so many open tickets the desk gives this person no more, but for P1. What is given by hand may go beyond it.',
    ),
  hours: Name.default('always').describe('The calendar that says when this person works.'),
  language: z
    .enum(LANGUAGES)
    .optional()
    .describe('The language in which the desk writes to this person; else its own.'),
  absences: z
    .array(z.strictObject({ from: Day, to: Day }))
    .default([])
    .describe('Days away. Both days count.'),
  mail: z
    .enum(['instant', 'digest'])
    .default('instant')
    .describe(
      'digest: what can wait comes in one numbered mail a day, which can be answered; warnings, breaches, codes, what climbs and all of P1 come at once.',
    ),
  digestAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30')
    .optional()
    .meta({ examples: ['07:30'] })
    .describe(
      "When the digest comes, on days with working hours, by the clock of this person's calendar; else when they begin, and at 08:00 where they never end.",
    ),
});

/** A rota of weeks, and no calendar of its own: it is for the hours in which nobody is on duty. */
const OnCall = z.strictObject({
  rota: z
    .array(MailAddress)
    .min(1)
    .describe('People of the team, or its lead, a week each in turn. Whoever is away is passed over.'),
  from: Day.describe('When the week of the first begins; each week changes on this day of the week.'),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 09:00')
    .default('09:00')
    .meta({ examples: ['09:00'] })
    .describe("At what time it changes, in the desk's zone."),
  priorities: z.array(Priority).min(1).default(['P1']).describe('What cannot wait.'),
});

const Team = z.strictObject({
  name: Name,
  title: z.string().min(1).describe('What people read.'),
  lead: MailAddress.describe('Hears of breached deadlines and takes what nobody else can.'),
  confidential: z.boolean().default(false).describe('Closed to everyone outside it.'),
  handOverTo: z
    .array(Name)
    .default([])
    .describe(
      'Teams, this one too, whose people of the same tier take a ticket over when the hours of whoever has it end. Else it waits for him.',
    ),
  onCall: OnCall.optional().describe(
    'Who takes what cannot wait while nobody of its tier is on duty. Else it goes to somebody off duty.',
  ),
  whenAway: z
    .enum(['keep', 'urgent', 'all'])
    .default('keep')
    .describe(
      'Which tickets of somebody who is away others take, within the hour: none, those of which a deadline falls before he is back, or all.',
    ),
  onReturn: z
    .enum(['stay', 'back'])
    .default('stay')
    .describe(
      'Whether these stay with whoever took them, or come back when he is at work again and they are still open.',
    ),
});

/** Its existence elsewhere cannot be checked; what comes from there is known by its envelope alone. */
const PublicAddress = z.strictObject({
  address: MailAddress.describe(
    'The address that people know. Its mail is hosted elsewhere, and from there forwarded to the address above.',
  ),
  hostedBy: z
    .enum(['google', 'microsoft', 'other'])
    .describe('Google Workspace, Microsoft 365 or another: each rewrites the envelope in its own way.'),
  envelopeDomains: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'a domain such as example.onmicrosoft.com')
        .meta({ examples: ['example.onmicrosoft.com'] })
        .transform((domain) => domain.toLowerCase()),
    )
    .default([])
    .describe(
      "The domains of the envelope's sender (Return-Path) of what is forwarded, when they are others than the address's own.",
    ),
});

const Address = z.strictObject({
  /** The base local part has at most 24 octets, so that base + "+" + token fits the 64 of RFC 5321 4.5.3.1.1. */
  address: MailAddress.refine(
    (a) => Buffer.byteLength(a.slice(0, a.indexOf('@'))) <= 24,
    'an address whose part before the @ has at most 24 octets',
  ).describe('An address at which the desk receives; at most 24 octets stand before the @.'),
  name: z
    .string()
    .min(1)
    .describe('The name that stands beside the address in the From of what the desk sends.'),
  team: Name.describe('Whose mail it is when no category says otherwise.'),
  public: PublicAddress.optional().describe(
    'A public address that is hosted elsewhere and forwards to this one.',
  ),
});

/** Whose mail is refused or let through, and the lists through which people write. */
const senders = {
  blocked: z
    .array(Sender)
    .default([])
    .describe(
      'Senders whose mail is refused: addresses or, beginning with @, domains with what is below them. They are told once a day.',
    ),
  allowed: z
    .array(Sender)
    .default([])
    .describe(
      'Senders who are treated as persons whatever the headers of their mail say, and may send as much as they like. An address is stronger than a domain that is blocked.',
    ),
  lists: z
    .array(
      z
        .string()
        .regex(
          /^[^\s@<>]+\.[^\s@<>]+$/,
          'what stands in angle brackets in List-Id, such as support.example.com',
        )
        .meta({ examples: ['support.groups.example.com'] })
        .transform((id) => id.toLowerCase()),
    )
    .default([])
    .describe("List-Ids of groups through which people write to the desk: their mail is a person's."),
};

/** Checked with the file (core/config/pattern.ts). */
const Pattern = z
  .string()
  .min(1)
  .max(LONGEST_PATTERN)
  .meta({ examples: ['\\bERR-\\d{4}\\b'] });

const Department = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, 'an organisation and its department, such as example/finance')
  .meta({ examples: ['example/finance'] });

const Organisation = z.strictObject({
  name: Name,
  title: z.string().min(1).describe('What people read.'),
  senders: z
    .array(Sender)
    .min(1)
    .describe('Its people: addresses or, beginning with @, domains with what is below them.'),
  vip: z.boolean().default(false).describe('All of its people are VIPs, beside those of vips.'),
  departments: z
    .array(
      z.strictObject({
        name: Name,
        title: z.string().min(1).describe('What people read.'),
        senders: z.array(Sender).min(1).describe('Its people, addresses or domains.'),
        vip: z.boolean().default(false).describe('All of its people are VIPs.'),
      }),
    )
    .default([])
    .describe('Parts of it, the first that fits.'),
});

/** How a category, an impact or an urgency is recognised. A rule fires when any of its clues is found. */
const clues = {
  words: z
    .array(Clue)
    .default([])
    .describe(
      'Whole words or phrases of the subject or the text; capitals and accents do not matter. drucker* also finds Druckertreiber, *drucker also Etagendrucker; nobody|none ... work finds either of the two with up to five words before work.',
    ),
  senders: z
    .array(Sender)
    .default([])
    .describe('Sender addresses or, beginning with @, domains with what is below them.'),
  addresses: z.array(MailAddress).default([]).describe("The desk's address that was written to."),
  importance: z
    .array(z.enum(['high', 'low']))
    .default([])
    .describe('How important the sender marked his mail in his mail program.'),
  patterns: z
    .array(Pattern)
    .default([])
    .describe(
      'Regular expressions for the subject or the text. Groups are not repeated, nothing is looked around for, and * and + reach over 40 characters: so no mail can make them slow.',
    ),
  organisations: z.array(Name).default([]).describe('Whose people write.'),
  departments: z.array(Department).default([]).describe('Whose people write: organisation/department.'),
  attachments: z
    .array(
      z
        .string()
        .regex(
          /^[^\s/*](?:[^/]*)$|^\*[^/]+$|^[a-z]+\/[a-z0-9.+*-]+$/i,
          'a name such as scan*.pdf, or a type such as image/*',
        ),
    )
    .default([])
    .meta({ examples: [['*.log', 'application/pdf']] })
    .describe(
      'Names of files, with * for any part of them, or content types. Pictures that the text shows do not count.',
    ),
  headers: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[A-Za-z0-9-]{1,76}$/, 'the name of a header, such as X-Priority-Group')
          .transform((name) => name.toLowerCase()),
        contains: z.string().trim().min(1).max(200).describe('Capitals do not matter.'),
      }),
    )
    .default([])
    .describe('What stands in a header of the mail. Whoever writes it can write there what he likes.'),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, 'a language such as fr'))
    .default([])
    .meta({ examples: [['fr']] })
    .describe('In which language the mail is written.'),
};

/** With a mail's own writes they have to fit into one transaction. */
const MOST_STEPS = 12;

const Step = z.strictObject({
  name: Name.describe('How the `after` of others names it.'),
  title: z.string().min(1).max(120).describe('What people read, the requester among them.'),
  text: z.string().max(4_000).default('').describe('What is asked of whoever does it.'),
  team: Name,
  tier: Tier.default(1),
  skills: z.array(Name).default([]).describe('Skills that whoever does it should have.'),
  after: z
    .array(Name)
    .default([])
    .describe('Steps that have to be done before; without any it begins at once, beside others.'),
});

const Category = z.strictObject({
  name: Name,
  title: z.string().min(1).describe('What people read.'),
  team: Name,
  tier: Tier.default(1).describe('The tier at which tickets of this category begin.'),
  security: z
    .boolean()
    .default(false)
    .describe(
      'A security incident: at least P2, its lead is told at once, nothing is asked or answered by machine, and it is joined with no other.',
    ),
  type: z.enum(TYPES).default('incident'),
  skills: z
    .array(Name)
    .default([])
    .describe('Skills that an agent should have; without such an agent anybody of the tier will do.'),
  impact: Impact.optional().describe('The impact when the mail itself does not tell.'),
  urgency: Urgency.optional().describe('The urgency when the mail itself does not tell.'),
  approval: z
    .strictObject({
      by: z
        .array(MailAddress)
        .min(1)
        .max(MOST_APPROVERS)
        .describe('Who is asked: people of the desk or others.'),
      quorum: z.enum(QUORUMS).default('all').describe('Whether all must approve or one is enough.'),
    })
    .optional()
    .describe('Tickets of this category wait for an approval as soon as they are opened.'),
  checklist: z
    .array(Step)
    .min(1)
    .max(MOST_STEPS)
    .optional()
    .describe(
      'What is done for a ticket of this category, each as a ticket of its own for its team, after the approval if there is one. With the last step the ticket is resolved.',
    ),
  ...clues,
});

const Macro = z.strictObject({
  name: Name.describe('What stands behind #macro.'),
  title: z.string().min(1).describe('What it is for, in a few words.'),
  categories: z.array(Name).min(1).optional().describe('What it is offered for; else for everything.'),
  words: z
    .partialRecord(z.enum(LANGUAGES), z.string().min(1).max(8_000))
    .default({})
    .describe(
      'What it says to the requester, by language. {{requester}}, {{ticket}}, {{agent}}, {{desk}} and {{subject}} are filled in.',
    ),
  do: z
    .array(z.string().min(1).max(500))
    .max(10)
    .default([])
    .meta({ examples: [['#waiting 3d', '#tag +vpn']] })
    .describe('Commands that it gives, each as an agent would write it.'),
  files: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(5)
    .optional()
    .meta({ examples: [['guides/vpn.pdf']] })
    .describe('Files that it attaches, by their paths from desk.yaml: 5 MB at most.'),
});

export const EVERY = ['weekday', 'week', 'month', 'quarter', 'year'] as const;

const Recurring = z.strictObject({
  name: Name,
  title: z.string().min(1).max(200).describe('The subject of the ticket.'),
  text: z.string().max(8_000).default('').describe('What is to be done.'),
  category: Name.describe('What it is filed under; its checklist is done for it.'),
  team: Name.optional().describe("Who does it; else the category's team."),
  every: z.enum(EVERY),
  on: z
    .union([z.int(), z.string()])
    .meta({ examples: [1, 'mon', 'first mon', 'last fri', 'last', '03-31'] })
    .transform(String)
    .optional()
    .describe(
      'week: a weekday such as mon. month and quarter: a day such as 15 (or the last, where there is none), last, first mon, second tue … last fri. year: a date such as 03-31. Else the first day. For weekdays nothing.',
    ),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 08:00')
    .default('08:00')
    .describe('The desk looks once an hour: it begins within the hour that follows.'),
  timezone: Timezone.optional().describe("The IANA zone of the time; else the calendar's, else the desk's."),
  calendar: Name.optional().describe(
    'A day on which this calendar is closed gives way to the next on which it is open; of weekdays it is left out.',
  ),
});

const Service = z.strictObject({
  name: Name,
  title: z.string().min(1).max(120).describe('What people read.'),
  description: z.string().max(1_000).default('').describe('What it is for, in a sentence.'),
  in: z
    .partialRecord(
      z.enum(LANGUAGES),
      z.strictObject({
        title: z.string().min(1).max(120),
        description: z.string().max(1_000).default(''),
      }),
    )
    .default({})
    .describe('The same two in other languages; else people read the ones above.'),
  categories: z
    .array(Name)
    .min(1)
    .describe(
      'Which lead to it: their rules are its, and so are the team, tier and promises of the first unless it has its own. Whoever writes its title as the subject asks for it.',
    ),
  onRequest: z
    .boolean()
    .default(false)
    .describe('Only for mails whose subject is its title: the rules of its categories do not lead to it.'),
  team: Name.optional().describe("Whose its tickets are; else its category's."),
  tier: Tier.optional().describe("Where its tickets begin; else where its category's do."),
  sla: Name.optional().describe(
    'Of sla: a policy of its own, which then is for no other tickets, at its place among them.',
  ),
  internal: z
    .boolean()
    .default(false)
    .describe('Only the people of the desk find it in the catalogue that #services sends.'),
  for: z
    .array(Sender)
    .default([])
    .describe('Whose it is: addresses or, beginning with @, domains. Else for everybody.'),
  facts: z
    .array(
      z.strictObject({
        field: z.string().describe('Of fields: where it is kept.'),
        question: z
          .partialRecord(z.enum(LANGUAGES), z.string().min(1).max(200))
          .default({})
          .describe("What is asked, by language; else the field's title."),
        patterns: z
          .array(Pattern)
          .default([])
          .describe('Where it stands in a text: the first group of the expression, or all of it.'),
      }),
    )
    .max(10)
    .default([])
    .describe(
      'What is needed to begin. What the mail does not say is asked with its acknowledgement, once; the clock stands until the reply.',
    ),
  answers: z
    .partialRecord(z.enum(LANGUAGES), z.string().min(1).max(4_000))
    .default({})
    .describe(
      'What the desk answers by itself, with the acknowledgement. Whoever is helped replies `solved`.',
    ),
});

export const FIELD_TYPES = ['text', 'number', 'date', 'choice'] as const;

const Field = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z-]{0,39}$/, 'a short name of letters and hyphens in lower case, such as asset')
    .meta({ examples: ['asset', 'cost-centre'] })
    .describe('Agents set it by #name and a value.'),
  title: z.string().min(1).describe('What people read.'),
  type: z.enum(FIELD_TYPES).default('text'),
  choices: z
    .array(z.string().trim().min(1).max(80))
    .min(1)
    .max(100)
    .optional()
    .describe('The values of which a field of type choice has one.'),
  categories: z.array(Name).min(1).optional().describe('Whose tickets have it; else all.'),
});

/** `4h`, or `4h in office` for a calendar of its own. */
const Target = z
  .string()
  .regex(
    /^(\d{1,6}[mhd])+( in [a-z][a-z0-9-]*)?$/,
    'a duration such as 30m, 4h, 1h30m or 7d; with a calendar of its own 4h in office',
  )
  .meta({ examples: ['30m', '4h', '4h in office'] })
  .transform((text) => {
    const [time = '', calendar] = text.split(' in ');
    return { ms: milliseconds(time), ...(calendar ? { calendar } : {}) };
  })
  .refine(({ ms }) => ms > 0, 'a duration longer than nothing')
  .refine(({ ms }) => ms <= LONGEST, 'a duration of at most 3650d');

/** What a policy can promise. */
const measures = {
  firstResponse: Target.optional().describe('From the mail to the first answer of an agent.'),
  nextResponse: Target.optional().describe("From a requester's reply to the next answer."),
  periodicUpdate: Target.optional().describe(
    'The longest silence after an answer, while the ticket is open.',
  ),
  resolution: Target.optional().describe('From the mail to the solution.'),
  requesterWait: Target.optional().describe(
    'How long the requester waits in all: as resolution, and also while others than he are waited for.',
  ),
  agentWork: Target.optional().describe('How long the ticket lies with agents in all, without any waiting.'),
  tier: Target.optional().describe('The longest time at one tier before the ticket climbs.'),
} satisfies Record<Measure, z.ZodType>;

const Targets = z.strictObject({
  calendar: Name.optional().describe("The calendar whose hours count; else the policy's."),
  ...measures,
});

/** `75%` of the time, or `30m` before its end. */
const Warning = z
  .string()
  .regex(/^([1-9]\d?%|(\d{1,6}[mhd])+)$/, 'a share such as 75%, or the time that is left, such as 30m')
  .meta({ examples: ['50%', '75%', '30m'] })
  .transform((name) =>
    name.endsWith('%')
      ? { name, share: Number(name.slice(0, -1)) / 100 }
      : { name, before: milliseconds(name) },
  );

export const ACTIONS = [
  'tell-lead',
  'tell-manager',
  'lead-watches',
  'reassign',
  'raise-priority',
  'climb',
] as const;

const Level = z.strictObject({
  after: Duration.describe('How long after the deadline, in the hours of its calendar.'),
  when: z
    .strictObject({
      priorities: z.array(Priority).min(1).optional(),
      measures: z
        .array(z.enum(Object.keys(measures) as [Measure, ...Measure[]]))
        .min(1)
        .optional(),
    })
    .optional()
    .describe('Only for these; else always.'),
  do: z
    .array(z.enum(ACTIONS))
    .min(1)
    .describe(
      'In this order: who is told or reads along from now on, whether the ticket goes into other hands, is raised, or climbs.',
    ),
});

const Policy = z.strictObject({
  name: Name,
  when: z
    .strictObject({
      categories: z.array(Name).min(1).optional(),
      teams: z.array(Name).min(1).optional(),
      requesters: z
        .array(Sender)
        .min(1)
        .optional()
        .describe('Addresses or, beginning with @, domains with what is below them.'),
      vip: z
        .boolean()
        .optional()
        .describe('Whether the requester is among vips, or of an organisation or department that is.'),
      organisations: z.array(Name).min(1).optional().describe('Whose people ask.'),
    })
    .optional()
    .describe(
      'Whose tickets it is for: all that is said must hold. The last policy has none and takes the rest.',
    ),
  calendar: Name.describe('The calendar whose hours count.'),
  targets: z
    .record(Priority, Targets)
    .describe('priority → what is promised. What is left out is not promised.'),
  warnings: z
    .array(Warning)
    .default([{ name: '75%', share: 0.75 }])
    .describe('When to warn before a deadline, in the hours of its calendar: shares used, or time left.'),
  escalation: z
    .array(Level)
    .default([])
    .describe(
      'What happens when a deadline has passed and goes on passing. That the lead is told and the ticket climbs comes before.',
    ),
});

const reported = {
  to: z
    .array(
      z
        .string()
        .regex(
          /^(leads|managers|[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+)$/,
          'leads, managers, or an address of people such as ada@example.com',
        )
        .meta({ examples: ['leads', 'managers', 'ada@example.com'] })
        .transform((reader) => reader.toLowerCase()),
    )
    .min(1)
    .describe('leads, managers, or people by their address. Each sees the teams that he leads or may read.'),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30')
    .default('07:00')
    .meta({ examples: ['07:30'] })
    .describe("By the clock of the reader's calendar."),
};

export const DeskSchema = z.strictObject({
  name: z.string().min(1).describe('How the desk calls itself.'),
  domain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain in lower case, such as desk.example.com')
    .meta({ examples: ['desk.example.com'] })
    .describe('The domain at which the desk receives. All of addresses are at it; no person is.'),
  language: z.enum(LANGUAGES).default('en').describe('The language for people whose own is not known.'),
  timezone: Timezone.default('UTC').describe('The IANA zone in which the desk writes times.'),
  shadow: z
    .boolean()
    .default(false)
    .describe(
      'A trial: read, decide and record, and send nobody anything but a weekly report to the managers.',
    ),
  addresses: z.array(Address).min(1),
  people: z.array(Person).min(1),
  teams: z.array(Team).min(1),
  tiers: z
    .array(
      z.strictObject({
        tier: Tier.meta({ examples: [1, 2, 3] }),
        title: z.string().min(1),
        acceptWithin: Duration.optional().describe(
          'Whoever a ticket climbs to here takes it within so much of his working time, by any reply; else it climbs on, and from the top it goes to the lead.',
        ),
        ifNotAccepted: z
          .enum(['climb', 'return'])
          .default('climb')
          .describe('What then happens; with return it goes back to whoever it came from, with the reason.'),
      }),
    )
    .min(1)
    .describe('1, 2, 3 … without a gap. A ticket climbs from each to the next.'),
  categories: z
    .array(Category)
    .min(1)
    .describe('The first category whose clues are found wins; general is the one that remains.'),
  impact: z
    .array(z.strictObject({ impact: Impact, ...clues }))
    .default([])
    .describe('How many people it is about. The first rule whose clues are found wins; else one.'),
  urgency: z
    .array(z.strictObject({ urgency: Urgency, ...clues }))
    .default([])
    .describe('How bad it is. The first rule whose clues are found wins; else routine.'),
  triage: z
    .strictObject({
      model: z
        .string()
        .min(1)
        .optional()
        .meta({ examples: ['model.bin'] })
        .describe(
          'What `desk train` learned, by its path from desk.yaml: it files the mails in which no word of the rules stands.',
        ),
      bedrock: z
        .strictObject({
          model: z
            .string()
            .regex(/^[a-z0-9-]{1,40}\.[a-z0-9.-]{1,80}(:\d{1,3})?$/, 'the id of a foundation model')
            .meta({ examples: ['amazon.nova-micro-v1:0'] })
            .describe('Which model of Amazon Bedrock, by its id; the account must have access to it.'),
          region: z
            .string()
            .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-central-1')
            .optional()
            .describe('Where it is asked; else where the desk runs.'),
          timeout: z.int().min(1).max(20).default(5).describe('Seconds after which it is not waited for.'),
          mostPerDay: z
            .int()
            .min(1)
            .max(100_000)
            .default(200)
            .describe('How many mails a day it is asked about.'),
          price: z
            .strictObject({ in: z.number().min(0).max(1_000), out: z.number().min(0).max(1_000) })
            .describe(
              'US dollars for a million tokens of questions and of answers, by which its cost is counted.',
            ),
        })
        .optional()
        .describe(
          'A model in the account, asked about mails in which no word of the rules stands and of which what was learned is not sure. What they say leaves for Amazon Bedrock then.',
        ),
      lastAgent: Duration.optional().describe(
        'A requester whose last ticket is worked on, or was done so recently, comes to the same agent again: if he is of the team and tier, on duty, below his cap and knows as much as others. A reply to a closed ticket does as well.',
      ),
    })
    .prefault({})
    .describe('How a mail is filed that no rule knows. Without a model it is general.'),
  recurrence: z
    .strictObject({
      window: Duration.prefault('1h').describe(
        'How long a report is compared with those that come after it.',
      ),
      tickets: z
        .int()
        .min(2)
        .max(20)
        .default(5)
        .describe('How many people have to report the same within the window.'),
      rule: z
        .enum(['propose', 'open'])
        .default('propose')
        .describe('Whether the lead is asked, who answers #problem, or the desk opens the problem itself.'),
      except: z.array(Name).default([]).describe('Categories whose tickets are compared with no others.'),
      raise: z
        .array(
          z.strictObject({
            tickets: z.int().min(2).max(50).describe('From so many incidents on,'),
            priority: Priority.describe('the problem has at least this priority.'),
          }),
        )
        .default([])
        .describe('How urgent a problem becomes with the number of those who report it.'),
    })
    .optional()
    .describe(
      'Many who report the same: one problem, of which all are told at once. Without it nothing is compared. Never what a confidential team has.',
    ),
  mail: z
    .strictObject({
      largest: MailSize.prefault('40MB').describe(
        'Mail above this is refused unread, and its sender is told. Encoded, a file is a third larger than on disk. 40MB is what SES takes, so that nothing is refused.',
      ),
    })
    .extend(senders)
    .prefault({})
    .describe('Which mail is taken in, and whose.'),
  matrix: z.record(Impact, z.record(Urgency, Priority)).describe('impact → urgency → priority.'),
  calendars: z.array(Calendar).min(1),
  vips: z
    .array(Sender)
    .default([])
    .describe('Requesters for whom policies may promise more: addresses or, beginning with @, domains.'),
  organisations: z
    .array(Organisation)
    .default([])
    .describe('Who writes to the desk: organisations by their domains, and their departments.'),
  sla: z
    .array(Policy)
    .min(1)
    .describe('What is promised. The first policy whose `when` fits a ticket holds for it.'),
  macros: z
    .array(Macro)
    .default([])
    .describe('Answers and commands that agents need often: #macro and the name.'),
  recurring: z
    .array(Recurring)
    .max(100)
    .default([])
    .describe('Work that comes again: each time it opens a ticket of its own, and nobody outside is told.'),
  services: z
    .array(Service)
    .max(100)
    .default([])
    .describe('What the desk offers: what it has to know for it, and what it answers by itself.'),
  fields: z.array(Field).default([]).describe('What else a ticket says, for the eyes of the desk alone.'),
  approvals: z
    .strictObject({
      expireAfter: Duration.prefault('5d').describe('After how long without a word an approval is over.'),
    })
    .prefault({})
    .describe('What is asked of those who approve. They are reminded after a day.'),
  visits: z
    .strictObject({
      remind: z
        .array(Duration)
        .max(5)
        .prefault(['1d', '1h'])
        .describe('How long before an appointment both sides are reminded of it; [] for never.'),
    })
    .prefault({})
    .describe('Appointments that agents plan by #visit.'),
  waiting: z
    .strictObject({
      remindAfter: Duration.describe('After how long without a word the requester is reminded.'),
      resolveAfter: Duration.describe('After how long without a word the ticket counts as resolved.'),
    })
    .describe('A ticket that waits for its requester.'),
  resolved: z
    .strictObject({
      closeAfter: Duration.describe('How long a resolved ticket can still be reopened by a reply.'),
    })
    .describe('A ticket that was resolved.'),
  knowledge: z
    .strictObject({
      offer: z
        .int()
        .min(0)
        .max(3)
        .default(3)
        .describe('How many articles at most go with the acknowledgement and the assignment; 0 for none.'),
      validFor: Duration.prefault('365d').describe(
        'How long an article is believed; two weeks before, its owner is asked whether it still holds.',
      ),
      fixRequired: z
        .strictObject({ tier: Tier })
        .optional()
        .describe('From this tier on a ticket is resolved or closed by agents only with what helped: #fix.'),
    })
    .prefault({})
    .describe('Articles that agents make of tickets by #kb.'),
  sending: z
    .strictObject({
      mostADay: z
        .int()
        .min(100)
        .max(1_000_000)
        .default(10_000)
        .describe(
          'How many mails may leave in a day of UTC. Beyond that they wait for the next, and an alarm rings. The last tenth is for codes, what agents write, and what the clock says.',
        ),
    })
    .prefault({})
    .describe('What goes out: a bound for the bill, should something run wild.'),
  satisfaction: z
    .strictObject({
      ask: z
        .boolean()
        .default(true)
        .describe('Whether requesters are asked; each at most once a week, whatever is closed.'),
    })
    .prefault({})
    .describe('After closing, requesters are asked how satisfied they are, and answer with a digit.'),
  digests: z
    .strictObject({
      everybody: z
        .boolean()
        .default(false)
        .describe(
          'Whether agents and leads whose mail comes at once get a morning digest as well, when there is something in it for them.',
        ),
    })
    .prefault({})
    .describe('The morning mail that lists what somebody has open, what is late, and what is nobody’s.'),
  reports: z
    .strictObject({
      weekly: z
        .strictObject({
          ...reported,
          on: z
            .enum(WEEKDAYS)
            .default('mon')
            .describe(
              'It tells of the seven days before this one, and waits for its reader’s next working day.',
            ),
        })
        .optional(),
      daily: z.strictObject(reported).optional().describe('On working days, of all days since the last.'),
    })
    .prefault({})
    .describe(
      'Figures by mail, what needs a decision, and what is due: numbered lines that a reply acts on.',
    ),
  answers: z
    .strictObject({
      hold: Hold.prefault('0s').describe(
        'How long an answer to a requester is held before it leaves. Until then its agent takes it back by #undo. 0s: it leaves at once.',
      ),
      fromName: z
        .string()
        .min(1)
        .max(200)
        .default('{{agent}} via {{mailbox}}')
        .meta({ examples: ['{{agent}} ({{desk}})', '{{mailbox}}'] })
        .describe(
          "The name in From of what an agent writes. {{agent}}, {{team}}, {{desk}} and {{mailbox}}, the name beside the desk's address, are filled in.",
        ),
      agentSignature: z
        .enum(['drop', 'keep'])
        .default('drop')
        .describe(
          "Whether the signature under an agent's mail reaches the requester. Lines with an address of the desk's people never do.",
        ),
      signature: z
        .partialRecord(z.enum(LANGUAGES), z.string().min(1).max(2_000))
        .default({})
        .describe(
          "What the desk writes below an agent's words, by language. {{agent}}, {{team}}, {{desk}} and {{mailbox}} are filled in.",
        ),
    })
    .prefault({})
    .describe('What agents write to requesters.'),
  retention: z
    .strictObject({
      rawMail: Kept.prefault('365d').describe(
        'How long mail is kept as it came, from then on. What lies unhandled never goes.',
      ),
      bodies: Kept.prefault('1095d').describe(
        'How long what was written in a ticket is kept, with its files, from its closing on.',
      ),
      tickets: Kept.prefault('1825d').describe('How long a ticket is kept, from its closing on.'),
      audit: Kept.prefault('3650d').describe(
        'How long its audit trail is kept after that, which names nobody and quotes nobody.',
      ),
      logs: z
        .enum(LOG_PERIODS)
        .default('30d')
        .describe("How long the functions' logs are kept, which hold ids and no addresses or words."),
    })
    .prefault({})
    .describe('How long the desk keeps what it has; docs/guide/data.md says what goes when.'),
  tokens: z
    .strictObject({ validFor: Duration })
    .describe(
      'A reply that comes later than this after closing opens a linked ticket, and reply addresses expire then.',
    ),
});

/** The desk as desk.yaml says it, checked, with its defaults filled in. */
export type Desk = Omit<z.output<typeof DeskSchema>, 'calendars' | 'macros'> & {
  calendars: Calendar[];
  macros: Macro[];
  /** SHA-256 of the checked content, hex: which desk a ticket was last reckoned with. */
  hash: string;
};
export type Person = Desk['people'][number];
export type Team = Desk['teams'][number];
export type Category = Desk['categories'][number];
/** What a category, an impact or an urgency is recognised by. */
export type Clues = Pick<Category, keyof typeof clues>;
export type Organisation = Desk['organisations'][number];
export type Service = Desk['services'][number];
/** A calendar with what desk.yaml only refers to: its holidays by date, and the calendars that it is made of. */
export interface Calendar {
  name: string;
  timezone: string;
  hours: Partial<Record<(typeof WEEKDAYS)[number], string[]>>;
  holidays: string[];
  /** It is open whenever one of these is, and has no hours and holidays of its own. */
  of?: Calendar[];
}
/** A macro with what is known of its files. */
export type Macro = Omit<z.output<typeof Macro>, 'files'> & { files?: MacroFile[] };
export type Field = Desk['fields'][number];
export type Recurring = Desk['recurring'][number];
export type Quorum = (typeof QUORUMS)[number];
export type Policy = Desk['sla'][number];
export type Warning = Policy['warnings'][number];
export type Level = Policy['escalation'][number];
export type Action = (typeof ACTIONS)[number];
export type Impact = z.infer<typeof Impact>;
export type Urgency = z.infer<typeof Urgency>;
export type Priority = z.infer<typeof Priority>;
export type TicketType = (typeof TYPES)[number];
export type Language = Desk['language'];

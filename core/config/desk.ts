/**
 * The schema of desk.yaml: everything that an admin decides about the desk.
 *
 * What a file says is checked once, when the desk is synthesized; the functions carry the checked result as
 * JSON in their bundles and never parse YAML. `Desk` is that result: durations are milliseconds, addresses are
 * lower case, what may be left out has its default. The descriptions are what an editor shows of
 * desk.schema.json, so they speak to the admin.
 */
import * as z from 'zod';

const MINUTE = 60_000;
const UNITS: Record<string, number> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };
const LONGEST = 3650 * 24 * 60 * MINUTE;

/** `90m`, `4h`, `1h30m`, `7d`. A day is 24 hours of whichever time the setting counts. */
const Duration = z
  .string()
  .regex(/^(\d{1,6}[mhd])+$/, 'a duration such as 30m, 4h, 1h30m or 7d')
  .meta({ examples: ['30m', '4h', '1h30m', '7d'] })
  .transform((text) =>
    [...text.matchAll(/(\d+)([mhd])/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * (UNITS[unit as string] as number),
      0,
    ),
  )
  .refine((ms) => ms > 0, 'a duration longer than nothing')
  .refine((ms) => ms <= LONGEST, 'a duration of at most 3650d');

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
    /^(?=.*[\p{L}\p{N}])(?:[^*\s]+|\*[\p{L}\p{M}\p{N}]{3,}|[\p{L}\p{M}\p{N}]{3,}\*)(?:\s+(?:[^*\s]+|\*[\p{L}\p{M}\p{N}]{3,}|[\p{L}\p{M}\p{N}]{3,}\*))*$/u,
    'a word or phrase such as password, paper jam or drucker* (a star only at the beginning or end of a word of three letters or more)',
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

export const IMPACTS = ['one', 'team', 'everyone'] as const;
export const URGENCIES = ['routine', 'degraded', 'outage'] as const;
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export const TYPES = ['incident', 'problem', 'change', 'request'] as const;
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

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
  timezone: Timezone.describe('The IANA zone in which the hours are meant.'),
  hours: z
    .partialRecord(z.enum(WEEKDAYS), z.array(Frame))
    .describe(
      'Working hours for each day; a day that is left out is free. 22:00-06:00 ends on the next day.',
    ),
  holidays: z
    .array(
      z
        .string()
        .regex(/^(\d{4}-)?\d{2}-\d{2}$/, 'a date such as 2026-12-25, or 12-25 for every year')
        .meta({ examples: ['2026-12-25', '12-25'] }),
    )
    .default([])
    .describe('Days without working hours: 2026-12-25 for one year, 12-25 for every year.'),
});

const Person = z.strictObject({
  address: MailAddress.describe('Where the desk writes to, and whence this person writes to the desk.'),
  name: z.string().min(1).describe('The name that requesters see.'),
  alternates: z.array(MailAddress).default([]).describe('Other addresses from which the same person writes.'),
  role: z.enum(['agent', 'lead', 'manager']),
  team: Name.optional().describe('Agents stand in a team; so does a lead who takes tickets.'),
  tier: Tier.optional().describe('Agents, and leads who take tickets, stand at a tier.'),
  skills: z.array(Name).default([]).describe('What this person is good at; categories ask for it.'),
  hours: Name.default('always').describe('The calendar that says when this person works.'),
  absences: z
    .array(z.strictObject({ from: Day, to: Day }))
    .default([])
    .describe('Days away. Both days count.'),
});

const Team = z.strictObject({
  name: Name,
  title: z.string().min(1).describe('What people read.'),
  lead: MailAddress.describe('Hears of breached deadlines and takes what nobody else can.'),
  confidential: z.boolean().default(false).describe('Closed to everyone outside it.'),
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
});

/** How a category, an impact or an urgency is recognised. A rule fires when any of its clues is found. */
const clues = {
  words: z
    .array(Clue)
    .default([])
    .describe(
      'Whole words or phrases of the subject or the text; capitals and accents do not matter. drucker* also finds Druckertreiber, *drucker also Etagendrucker.',
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
};

const Category = z.strictObject({
  name: Name,
  title: z.string().min(1).describe('What people read.'),
  team: Name,
  tier: Tier.default(1).describe('The tier at which tickets of this category begin.'),
  type: z.enum(TYPES).default('incident'),
  skills: z
    .array(Name)
    .default([])
    .describe('Skills that an agent should have; without such an agent anybody of the tier will do.'),
  impact: Impact.optional().describe('The impact when the mail itself does not tell.'),
  urgency: Urgency.optional().describe('The urgency when the mail itself does not tell.'),
  ...clues,
});

const Sla = z.strictObject({
  priority: Priority,
  calendar: Name.describe('The calendar whose hours count.'),
  firstResponse: Duration.describe('From the mail to the first answer of an agent.'),
  nextResponse: Duration.describe("From a requester's reply to the next answer."),
  resolution: Duration.describe('From the mail to the solution.'),
  tier: Duration.describe('The longest time at one tier before the ticket climbs.'),
});

export const DeskSchema = z.strictObject({
  name: z.string().min(1).describe('How the desk calls itself.'),
  domain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain in lower case, such as desk.example.com')
    .meta({ examples: ['desk.example.com'] })
    .describe('The domain at which the desk receives. All of addresses are at it; no person is.'),
  language: z.enum(['en', 'de']).default('en').describe('The language for people whose own is not known.'),
  timezone: Timezone.default('UTC').describe('The IANA zone in which the desk writes times.'),
  addresses: z.array(Address).min(1),
  people: z.array(Person).min(1),
  teams: z.array(Team).min(1),
  tiers: z
    .array(z.strictObject({ tier: Tier.meta({ examples: [1, 2, 3] }), title: z.string().min(1) }))
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
  matrix: z.record(Impact, z.record(Urgency, Priority)).describe('impact → urgency → priority.'),
  calendars: z.array(Calendar).min(1),
  sla: z.array(Sla).min(1).describe('What each priority promises.'),
  warnAt: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.75)
    .describe("Warn when this share of a deadline's time has been used."),
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
  tokens: z
    .strictObject({ validFor: Duration })
    .describe(
      'A reply that comes later than this after closing opens a linked ticket, and reply addresses expire then.',
    ),
});

/** The desk as desk.yaml says it, checked, with its defaults filled in. */
export type Desk = z.output<typeof DeskSchema> & {
  /** SHA-256 of the checked content, hex: which desk a ticket was last reckoned with. */
  hash: string;
};
export type Person = Desk['people'][number];
export type Team = Desk['teams'][number];
export type Category = Desk['categories'][number];
/** What a category, an impact or an urgency is recognised by. */
export type Clues = Pick<Category, 'words' | 'senders' | 'addresses' | 'importance'>;
export type Calendar = Desk['calendars'][number];
export type Sla = Desk['sla'][number];
export type Impact = z.infer<typeof Impact>;
export type Urgency = z.infer<typeof Urgency>;
export type Priority = z.infer<typeof Priority>;
export type TicketType = (typeof TYPES)[number];
export type Language = Desk['language'];

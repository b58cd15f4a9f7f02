/** Commands that are about no ticket in particular: what an agent asks to see, and who is away. */
import { Temporal } from 'temporal-polyfill';
import type { Desk, Person } from '../config/desk.ts';
import { askReport } from '../insight/report.ts';
import type { Article } from '../knowledge/article.ts';
import { type Commands, didYouMean, readTicketId, type VerbName } from '../mail/commands.ts';
import { personOf } from '../mail/standing.ts';
import { awayUntil, isAway, type Presence, zoneOf } from '../triage/presence.ts';
import { mayRead } from './audience.ts';
import { catalogueFor } from './catalogue.ts';
import { type Act, type Decision, nothing, type Refused } from './decision.ts';
import { wordsToFind } from './finding.ts';
import { findTeam } from './people.ts';
import {
  type CommandResult,
  type Look,
  type Message,
  SHOWN,
  type Shown,
  type Ticket,
  unreachable,
} from './ticket.ts';
import { readUntil } from './until.ts';

const APART = [
  ...(['mine', 'queue', 'find', 'kb', 'show', 'report', 'services', 'away', 'back', 'help'] as const),
] satisfies VerbName[];
type ApartVerb = (typeof APART)[number];

/** These are done in a fresh mail as well. */
export function needsNoTicket(verb: VerbName): verb is ApartVerb {
  return (APART as readonly VerbName[]).includes(verb);
}

export interface Apart {
  looks: Look[];
  presence: Presence | null;
}

export function nothingApart(): Apart {
  return { looks: [], presence: null };
}

/** What was found for a look. */
export type Seen =
  | {
      look: Exclude<Look, { what: 'show' | 'articles' | 'report' | 'services' }>;
      /** In the order in which they are shown. */
      tickets: Ticket[];
      /** How many there are. */
      of: number;
      /** Of #find: of each word only the newest tickets were looked at, so many of a team. */
      newest?: number;
    }
  | { look: Extract<Look, { what: 'articles' }>; articles: Article[] }
  | { look: Extract<Look, { what: 'services' }> }
  /** Null: there is none that he may read. */
  | { look: Extract<Look, { what: 'show' }>; ticket: Ticket | null; messages: Message[] };

/** Each is a query and a read of up to fifty tickets. */
const MOST_LOOKS = 5;

/** Adds what was decided to what is asked for already, or refuses it as too much for one mail. */
export function collect(decided: Decision, apart: Apart): Decision {
  if ('refused' in decided) return decided;
  const { look, presence } = decided;
  if (look && apart.looks.length === MOST_LOOKS)
    return {
      refused: `more than ${MOST_LOOKS} such questions in one mail`,
      said: { key: 'too-many-questions', facts: { most: String(MOST_LOOKS) } },
    };
  if (presence && apart.presence)
    return { refused: 'one mail says of one person who is away', said: { key: 'one-absence' } };
  if (look) apart.looks.push(look);
  if (presence) apart.presence = presence;
  return decided;
}

export interface DecidedApart extends Apart {
  lines: CommandResult[];
  refused: boolean;
  shows: Shown[];
}

/** The commands of a mail that belongs to no ticket: as there, one refusal undoes them all. */
export function decideWithoutTicket({ commands, unknown }: Commands, act: Act, desk: Desk): DecidedApart {
  const apart = nothingApart();
  const lines: CommandResult[] = unknown.map(({ line, problem, said }) => ({
    ...{ line, verb: '', outcome: 'unknown', detail: problem },
    ...(said ? { said } : {}),
  }));
  for (const { verb, value, line } of commands) {
    const decided: Decision = needsNoTicket(verb)
      ? collect(decideApart(verb, value, act, desk), apart)
      : {
          refused: `#${verb} is for a ticket; reply to one of its mails`,
          said: { key: 'for-a-ticket', facts: { verb } },
        };
    const { said } = decided;
    if ('refused' in decided) {
      lines.push({ line, verb, outcome: 'refused', detail: decided.refused, said });
    } else {
      const outcome = decided.done ? 'done' : 'nothing-to-do';
      lines.push({ line, verb, outcome, detail: decided.detail, said });
    }
  }
  const refused = lines.some(({ outcome }) => outcome === 'unknown' || outcome === 'refused');
  const asked = SHOWN.filter((what) => what === 'help' && commands.some(({ verb }) => verb === what));
  return { lines, refused, shows: refused ? [] : asked, ...(refused ? nothingApart() : apart) };
}

export function decideApart(verb: ApartVerb, value: string, act: Act, desk: Desk): Decision {
  switch (verb) {
    case 'mine':
      return shown({ what: 'mine' });
    case 'queue':
      return queue(value, act, desk);
    case 'find':
      return find(value);
    case 'kb':
      return findArticles(value);
    case 'show':
      return show(value);
    case 'report':
      return askReport(value, act.by, act.now, desk);
    case 'services':
      return shown({ what: 'services', of: catalogueFor(act.by, [], desk) });
    case 'away':
      return goAway(value, act, desk);
    case 'back':
      return comeBack(value, act, desk);
    case 'help':
      return {
        ...{ happenings: [], detail: 'the commands are listed below', done: true },
        said: { key: 'see-below' },
      };
    default:
      return unreachable(verb);
  }
}

function shown(look: Look): Decision {
  return { happenings: [], detail: 'see below', said: { key: 'see-below' }, done: true, look };
}

/** Without a value it is the team in which he stands, or that he leads. */
function queue(value: string, { by }: Act, desk: Desk): Decision {
  const own = personOf(by, desk)?.team ?? desk.teams.find(({ lead }) => lead === by)?.name;
  const asked = value.replace(/^\[|\]$/g, '').trim() || own;
  if (!asked)
    return {
      refused: `you stand in no team; say which one: ${desk.teams.map(({ name }) => `#queue ${name}`).join(', ')}`,
      said: { key: 'in-no-team', facts: { teams: desk.teams.map(({ name }) => name).join(', ') } },
    };
  const team = findTeam(asked, desk);
  if ('refused' in team) return team;
  if (!mayRead(by, { team: team.name, assignee: null }, desk))
    return {
      refused: `the tickets of ${team.title} are for ${team.title} alone`,
      said: { key: 'for-team-alone', facts: { team: team.title } },
    };
  return shown({ what: 'queue', team: team.name });
}

const MOST_WORDS = 10;
const ADDRESS = /(?<![^\s@<>,;])[^\s@<>,;]+@[^\s@<>,;]+/;

/** A number is one ticket, an address a requester; the rest are words. */
function find(value: string): Decision {
  const id = readTicketId(value);
  if (id) return shown({ what: 'show', id });
  const requester = ADDRESS.exec(value)?.[0];
  const words = [...new Set(wordsOf(requester ? value.replace(requester, ' ') : value))];
  if (!requester && wordsToFind(words.join(' ')).length === 0)
    return {
      refused: `“${value}” holds no word to look for; write #find printer floor 3`,
      said: { key: 'no-word', facts: { value } },
    };
  if (words.length > MOST_WORDS)
    return {
      refused: `at most ${MOST_WORDS} words can be looked for`,
      said: { key: 'too-many-words', facts: { most: String(MOST_WORDS) } },
    };
  return shown({ what: 'find', words, ...(requester ? { requester: requester.toLowerCase() } : {}) });
}

/** Here it looks for articles; in a ticket it makes one. */
function findArticles(value: string): Decision {
  return wordsOf(value).length === 0
    ? {
        refused: `“${value}” holds no word to look for; write #kb paper jam`,
        said: { key: 'no-word', facts: { value: value || '–' } },
      }
    : shown({ what: 'articles', words: value });
}

/** Letters and digits of any script, without case. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Whether there is such a ticket, and whether he may read it, is known when it is shown. */
function show(value: string): Decision {
  const id = readTicketId(value);
  return id
    ? shown({ what: 'show', id })
    : {
        refused: `“${value}” is no ticket’s number; write #show T-7K4M2Q`,
        said: { key: 'no-number', facts: { value, example: '#show T-7K4M2Q' } },
      };
}

const LONGEST_DAYS = 400;
const MOST_QUOTE = 200;

function goAway(value: string, { by, now }: Act, desk: Desk): Decision {
  const whose = whom(value, by, desk);
  if ('refused' in whose) return whose;
  const { person, rest } = whose;
  if (person.role === 'manager')
    return nothing(`no ticket goes to ${person.name} by itself`, {
      ...{ key: 'no-tickets-for', facts: { name: person.name } },
    });
  const timezone = zoneOf(person, desk);
  const read = readUntil(rest, now, timezone);
  if ('refused' in read) return read;
  if (read.until === null)
    return {
      refused: `“${rest}” names no day to come back; write #away until 2027-01-10, #away until 2027-01-10 14:00 or #away 3d`,
      said: { key: 'no-time', facts: { value: rest || '–', example: '#away until 2027-01-10, #away 3d' } },
    };
  const local = Temporal.Instant.from(read.until).toZonedDateTimeISO(timezone);
  // A day that is named whole is the last one away; an hour is when he is there again.
  const end = read.isDay ? local.toPlainDate().add({ days: 1 }).toZonedDateTime(timezone) : local;
  const until = end.toInstant().toString({ fractionalSecondDigits: 3 });
  const days = (Date.parse(until) - Date.parse(now)) / 86_400_000;
  const day = end.toPlainDate().toString();
  if (days <= 0)
    return {
      refused: `“${rest}” is past; give a day to come`,
      said: { key: 'past', facts: { until: rest } },
    };
  if (days > LONGEST_DAYS)
    return {
      refused: `${day} is more than ${LONGEST_DAYS} days away; such a long absence belongs in desk.yaml`,
      said: { key: 'too-long-away', facts: { day, most: String(LONGEST_DAYS) } },
    };
  const quote = rest.slice(0, MOST_QUOTE);
  const own = person.address === by;
  const speaker = personOf(by, desk)?.name ?? by;
  const hour = end.hour + end.minute > 0 ? ` ${end.toPlainTime().toString().slice(0, 5)}` : '';
  return {
    happenings: [],
    detail: `${own ? 'you are' : `${person.name} is`} away from now on and there again on ${day}${hour}; new tickets go to others meanwhile`,
    said: { key: 'away', facts: { name: person.name, until: `${day}${hour}` } },
    done: true,
    presence: {
      person: person.address,
      away: { from: now, until, why: `#away by ${speaker}: “${quote}”`, quote, ambiguous: false },
    },
  };
}

function comeBack(value: string, { by, now, loads }: Act, desk: Desk): Decision {
  const whose = whom(value, by, desk);
  if ('refused' in whose) return whose;
  const { person } = whose;
  const who = person.address === by ? 'you are' : `${person.name} is`;
  if (isAway(loads.get(person.address)?.away, now))
    return {
      happenings: [],
      detail: `${who} there again, and ${person.address === by ? 'get' : 'gets'} new tickets`,
      said: { key: 'back', facts: { name: person.name } },
      done: true,
      presence: { person: person.address, away: null },
    };
  const written = awayUntil(person, null, desk, now);
  return written
    ? nothing(`${who} away until ${written.day} because desk.yaml says so`, {
        key: 'away-by-desk',
        facts: { name: person.name, until: written.day },
      })
    : nothing(`${who} not away`, { key: 'not-away', facts: { name: person.name } });
}

/** Himself; a lead may say it of the people of his team. */
function whom(value: string, by: string, desk: Desk): { person: Person; rest: string } | Refused {
  const [first = '', ...rest] = value.trim().split(/\s+/);
  const named = first.includes('@') ? first.replace(/[<>,:;]/g, '').toLowerCase() : null;
  const person = personOf(named ?? by, desk);
  if (!person) {
    const suggestion = didYouMean(
      named ?? by,
      desk.people.map(({ address }) => address),
    );
    return {
      refused: `${named} is nobody’s address here${suggestion ? `; did you mean ${suggestion}?` : ''}`,
      said: suggestion
        ? { key: 'nobody-called-so-but', facts: { value: named ?? by, suggestion } }
        : { key: 'nobody-called-so', facts: { value: named ?? by } },
    };
  }
  const leads = desk.teams.some(({ name, lead }) => lead === by && name === person.team);
  if (person.address !== by && !leads)
    return {
      refused: `only ${person.name} and the lead of the team say when ${person.name} is away`,
      said: { key: 'not-yours-to-say', facts: { name: person.name } },
    };
  return { person, rest: named === null ? value.trim() : rest.join(' ') };
}

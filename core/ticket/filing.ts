/** What a ticket is filed as: priority, impact, urgency, type, category, tags, and the time that it took. */
import { IMPACTS, PRIORITIES, TYPES, URGENCIES } from '../config/choices.ts';
import type { Desk, Impact, Priority, Urgency } from '../config/desk.ts';
import { didYouMean } from '../mail/commands.ts';
import { type Act, type Decision, notFound, nothing, type Refused, reopenFirst } from './decision.ts';
import { intoHands } from './people.ts';
import { type Happening, isActive, type Ticket } from './ticket.ts';

const PRIORITY_WORDS: Record<string, Priority> = {
  critical: 'P1',
  urgent: 'P1',
  high: 'P2',
  medium: 'P3',
  normal: 'P3',
  low: 'P4',
  1: 'P1',
  2: 'P2',
  3: 'P3',
  4: 'P4',
};

export function prioritise(value: string, ticket: Ticket, { by }: Act): Decision {
  const word = value.toLowerCase();
  const priority = PRIORITIES.find((known) => known.toLowerCase() === word) ?? PRIORITY_WORDS[word];
  if (!priority)
    return {
      refused: `“${value}” is no priority; allowed are ${PRIORITIES.join(', ')} or critical, high, medium, low`,
      said: { key: 'no-priority', facts: { value, allowed: PRIORITIES.join(', ') } },
    };
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (priority === ticket.priority)
    return nothing(`it is ${priority} already`, { key: 'already', facts: { value: priority } });
  const { impact, urgency } = ticket;
  return {
    happenings: [
      {
        kind: 'prioritised',
        impact,
        urgency,
        priority,
        previous: ticket.priority,
        reason: 'set by command',
        by,
      },
    ],
    detail: `now ${priority}, before ${ticket.priority}`,
    said: { key: 'now', facts: { value: priority, previous: ticket.priority } },
  };
}

export function categorise(value: string, ticket: Ticket, { by, now, loads }: Act, desk: Desk): Decision {
  const word = value.toLowerCase();
  const category = desk.categories.find(({ name, title }) => name === word || title.toLowerCase() === word);
  if (!category) {
    const names = desk.categories.map(({ name }) => name);
    const suggestion = didYouMean(word, names);
    return {
      said: notFound('category', value, suggestion, names),
      refused: `there is no category “${value}”${suggestion ? `; did you mean ${suggestion}?` : ''} Allowed are ${names.join(', ')}`,
    };
  }
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (category.name === ticket.category)
    return nothing(`it is filed under ${category.name} already`, {
      key: 'already',
      facts: { value: category.title },
    });
  const filed: Happening = {
    kind: 'categorised',
    category: category.name,
    previous: ticket.category,
    team: category.team,
    by,
  };
  if (category.team === ticket.team)
    return {
      happenings: [filed],
      detail: `filed under ${category.title}`,
      said: { key: 'filed', facts: { category: category.title } },
    };
  return {
    happenings: [filed, ...intoHands(category, ticket, by, now, desk, loads)],
    detail: `filed under ${category.title}, which is the ${category.team} team's`,
    said: { key: 'filed-with-team', facts: { category: category.title, team: category.team } },
  };
}

/** Impact and urgency give the priority by the matrix, as they do for a new mail. */
export function setImpact(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const impact = oneOf(value, IMPACTS, 'impact');
  return typeof impact === 'string' ? weigh({ ...ticket, impact }, ticket, act, desk) : impact;
}

export function setUrgency(value: string, ticket: Ticket, act: Act, desk: Desk): Decision {
  const urgency = oneOf(value, URGENCIES, 'urgency');
  return typeof urgency === 'string' ? weigh({ ...ticket, urgency }, ticket, act, desk) : urgency;
}

function weigh(
  { impact, urgency }: { impact: Impact; urgency: Urgency },
  ticket: Ticket,
  { by }: Act,
  desk: Desk,
): Decision {
  if (!isActive(ticket)) return reopenFirst(ticket);
  if (impact === ticket.impact && urgency === ticket.urgency)
    return nothing(`its impact is ${impact} and its urgency ${urgency} already`, {
      ...{ key: 'already', facts: { value: `${impact}, ${urgency}` } },
    });
  const priority = desk.matrix[impact][urgency];
  return {
    happenings: [
      {
        kind: 'prioritised',
        impact,
        urgency,
        priority,
        previous: ticket.priority,
        reason: `the matrix for impact ${impact} and urgency ${urgency}`,
        by,
      },
    ],
    detail: `impact ${impact}, urgency ${urgency}: ${priority}, before ${ticket.priority}`,
    said: { key: 'weighed', facts: { impact, urgency, priority, previous: ticket.priority } },
  };
}

export function retype(value: string, ticket: Ticket, { by }: Act): Decision {
  const type = oneOf(value, TYPES, 'type');
  if (typeof type !== 'string') return type;
  if (type === ticket.type)
    return nothing(`it is a ${type} already`, { key: 'already', facts: { value: type } });
  return {
    happenings: [{ kind: 'retyped', type, previous: ticket.type, by }],
    detail: `a ${type} now, before a ${ticket.type}`,
    said: { key: 'now', facts: { value: type, previous: ticket.type } },
  };
}

function oneOf<Word extends string>(
  value: string,
  allowed: readonly Word[],
  what: 'impact' | 'urgency' | 'type',
): Word | Refused {
  const word = value.toLowerCase();
  const found = allowed.find((each) => each === word);
  if (found) return found;
  const suggestion = didYouMean(word, allowed);
  return {
    said: notFound(what, value, suggestion, allowed),
    refused: `“${value}” is no ${what}${suggestion ? `; did you mean ${suggestion}?` : ';'} allowed are ${allowed.join(', ')}`,
  };
}

const MOST_TAGS = 30;
const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,39}$/u;

/** `+new -old`: without a sign a tag is added. */
export function tag(value: string, ticket: Ticket, { by }: Act): Decision {
  const words = value
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  const strange = words.find((word) => !TAG.test(word.replace(/^[+-]/, '')));
  if (strange)
    return {
      refused: `“${strange}” is no tag: letters, digits, dots and hyphens, forty at the most`,
      said: { key: 'no-tag', facts: { value: strange } },
    };
  const added = words
    .filter((word) => !word.startsWith('-'))
    .map((word) => word.replace(/^\+/, ''))
    .filter((word) => !ticket.tags.includes(word));
  const removed = words
    .filter((word) => word.startsWith('-'))
    .map((word) => word.slice(1))
    .filter((word) => ticket.tags.includes(word));
  if (added.length + removed.length === 0)
    return nothing('its tags are so already', { key: 'already', facts: { value: words.join(' ') } });
  if (ticket.tags.length - removed.length + added.length > MOST_TAGS)
    return {
      refused: `a ticket carries ${MOST_TAGS} tags at the most`,
      said: { key: 'too-many-tags', facts: { most: String(MOST_TAGS) } },
    };
  const tags = [...ticket.tags.filter((word) => !removed.includes(word)), ...new Set(added)];
  return {
    happenings: [{ kind: 'tagged', added: [...new Set(added)], removed, by }],
    detail: `its tags: ${tags.join(', ') || 'none'}`,
    said: tags.length > 0 ? { key: 'tags', facts: { tags: tags.join(', ') } } : { key: 'no-tags' },
  };
}

const LONGEST_TIME = 24 * 60 * 31;

/** `30m`, `1h30m`, `1:30`, `45` (minutes), and what it was for. */
export function spendTime(value: string, ticket: Ticket, { by }: Act): Decision {
  const found =
    /^(?:(\d{1,3}):([0-5]\d)|(?:(\d{1,3})\s?h(?:ours?)?)?\s?(?:(\d{1,5})\s?(?:m|min|minutes?)?)?)(?=\s|$)\s*(.{0,200})/i.exec(
      value,
    );
  const [, clockHours, clockMinutes, hours, minutes, what = ''] = found ?? [];
  const spent = 60 * Number(clockHours ?? hours ?? 0) + Number(clockMinutes ?? minutes ?? 0);
  // A day of work has other hours for everybody.
  const inDays = /^(?:d|w|days?|weeks?)\b/i.test(what);
  if (spent <= 0 || spent > LONGEST_TIME || inDays)
    return {
      refused: `“${value}” is no time; write #time 30m, #time 1h30m or #time 1:30`,
      said: { key: 'no-time', facts: { value, example: '#time 30m, #time 1h30m, #time 1:30' } },
    };
  const total = (ticket.timeSpent ?? 0) + spent;
  return {
    happenings: [{ kind: 'time-spent', minutes: spent, what: what.trim(), by }],
    detail: `${spent} minutes, ${total} in all`,
    said: { key: 'time-spent', facts: { minutes: String(spent), total: String(total) } },
  };
}

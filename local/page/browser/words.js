// @ts-check
/** Times, sizes and events in words. */

const clock = { at: Date.now(), desk: Date.now(), speed: 1 };
let timezone = 'UTC';

/** @param {{now: string, speed: number, timezone?: string}} said */
export function setClock(said) {
  clock.at = Date.now();
  clock.desk = Date.parse(said.now);
  clock.speed = said.speed;
  if (said.timezone) timezone = said.timezone;
}

/** Desk time, epoch ms. */
export function deskNow() {
  return clock.desk + (Date.now() - clock.at) * clock.speed;
}

export function speed() {
  return clock.speed;
}

/** @param {Intl.DateTimeFormatOptions} options */
const format = (options) => new Intl.DateTimeFormat('en-GB', { timeZone: timezone, ...options });

/** With its seconds apart. @param {number} at @returns {[string, string]} */
export function clockTime(at) {
  return [fully(new Date(at).toISOString()), `:${String(new Date(at).getUTCSeconds()).padStart(2, '0')}`];
}

/** Long enough to be told apart from now. @param {string} iso */
export function briefly(iso) {
  const at = Date.parse(iso);
  /** @param {number} time */
  const day = (time) => format({ dateStyle: 'short' }).format(time);
  return day(at) === day(deskNow())
    ? format({ hour: '2-digit', minute: '2-digit' }).format(at)
    : format({ day: 'numeric', month: 'short' }).format(at);
}

/** @param {string} iso */
export function fully(iso) {
  return format({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(Date.parse(iso));
}

/** As in the line above what is quoted: the year too, for those who read it later. @param {string} iso */
export function forQuote(iso) {
  return format({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(Date.parse(iso));
}

/** @param {string} iso */
export function distance(iso) {
  const ms = Date.parse(iso) - deskNow();
  const span = lasting(Math.abs(ms));
  return ms >= 0 ? `in ${span}` : `${span} ago`;
}

/** @param {number} ms */
function lasting(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** @param {number} octets */
export function size(octets) {
  if (octets < 1000) return `${octets} B`;
  return octets < 1_000_000 ? `${Math.round(octets / 1000)} KB` : `${(octets / 1_000_000).toFixed(1)} MB`;
}

/** `first-response` and `firstResponse` as words. @param {string} name */
export function plain(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('-', ' ');
}

/** @param {string} name */
export function titled(name) {
  const words = plain(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a watch wakes for. @param {string} step `warn:firstResponse`, `close` … */
export function purpose(step) {
  const [kind = '', name] = step.split(':');
  switch (kind) {
    case 'warn':
      return `to warn of the ${measure(name)}`;
    case 'breach':
      return `when the ${measure(name)} is due`;
    case 'remind':
      return 'to remind the requester';
    case 'resume':
      return 'to go on with it';
    case 'resolve':
      return 'to resolve it';
    case 'close':
      return 'to close it';
    default:
      return `for ${plain(step)}`;
  }
}

/** @param {string} [name] */
export function measure(name = 'deadline') {
  return name === 'tier' ? 'time at this tier' : plain(name);
}

/**
 * An event in a sentence; what it is about follows in `aside`.
 * @param {any} event
 * @param {(address: string) => string} who
 * @returns {{sentence: string, aside?: string, tone?: 'good' | 'bad' | 'warn'}}
 */
export function told(event, who) {
  const by = who(event.by ?? 'desk');
  switch (event.kind) {
    case 'opened':
      return {
        sentence: `${who(event.requester.address)} opened the ticket`,
        aside: event.reasons
          .map((/** @type {{what: string, why: string}} */ { what, why }) => `${what}: ${why}`)
          .join('\n'),
      };
    case 'message-received':
      return { sentence: `${who(event.from.address)} wrote`, aside: event.flagged ?? '' };
    case 'answered':
      return { sentence: `${by} answered` };
    case 'noted':
      return {
        sentence: event.thirdParty ? `${who(event.thirdParty)} wrote from outside the ticket` : `${by} noted`,
      };
    case 'assigned':
      return {
        sentence: `${by === 'The desk' ? 'Assigned' : `${by} assigned it`} to ${who(event.assignee)}`,
        aside: event.reason,
      };
    case 'started':
      return { sentence: `${by} began to work on it` };
    case 'prioritised':
      return { sentence: `${by} made it ${event.priority}, from ${event.previous}`, aside: event.reason };
    case 'categorised':
      return { sentence: `${by} moved it from ${event.previous} to ${event.category}` };
    case 'paused':
      return {
        sentence: `${by} lets it wait${event.until ? ` until ${fully(event.until)}` : ''}`,
        aside: event.reason,
      };
    case 'resumed':
      return { sentence: 'It goes on', aside: event.reason };
    case 'resolved':
      return { sentence: `${by} resolved it`, aside: event.reason, tone: 'good' };
    case 'closed':
      return { sentence: `${by} closed it`, aside: event.reason, tone: 'good' };
    case 'reopened':
      return { sentence: `${by} reopened it`, aside: event.reason };
    case 'escalated':
      return {
        sentence: `Climbed from tier ${event.from} to ${event.to}`,
        aside: event.reason,
        tone: 'warn',
      };
    case 'deadline-warned':
      return { sentence: `Warned: ${measure(event.measure)} is due ${fully(event.due)}`, tone: 'warn' };
    case 'deadline-breached':
      return {
        sentence: `${titled(measure(event.measure))} was due ${fully(event.due)} and is late`,
        tone: 'bad',
      };
    case 'requester-reminded':
      return { sentence: 'The requester was reminded' };
    case 'commanded':
      return {
        sentence: event.refused ? `${by} gave commands that were refused` : `${by} gave commands`,
        aside: event.lines
          .map(
            (/** @type {{line: string, outcome: string, detail: string}} */ { line, outcome, detail }) =>
              `${line} — ${detail || plain(outcome)}`,
          )
          .join('\n'),
        ...(event.refused ? { tone: /** @type {const} */ ('bad') } : {}),
      };
    case 'watch-started':
      return {
        sentence: `Watch ${event.generation} began; it wakes ${fully(event.nextAt)} ${purpose(event.nextKind)}`,
        aside: event.reason,
      };
    case 'delivery-failed':
      return {
        sentence: `Mail to ${event.address} could not be delivered`,
        aside: event.status ?? '',
        tone: 'bad',
      };
    case 'complained':
      return { sentence: `${event.address} complained of our mail`, tone: 'bad' };
    default:
      return { sentence: titled(event.kind) };
  }
}

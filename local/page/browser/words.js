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

/** @param {{ before: Record<string, string>, after: Record<string, string> }} event From what to what deadlines went. */
function movedDeadlines({ before, after }) {
  const shown = (/** @type {string | undefined} */ at) => (at ? fully(at) : 'none');
  return Object.keys({ ...before, ...after })
    .filter((name) => before[name] !== after[name])
    .map((name) => `${measure(name)}: ${shown(before[name])} before, ${shown(after[name])} now`);
}

/** What a watch wakes for. @param {string} step `warn:firstResponse`, `close` … */
export function purpose(step) {
  const [kind = '', name] = step.split(':');
  switch (kind) {
    case 'warn':
      return `to warn of the ${measure(name)}`;
    case 'breach':
      return `when the ${measure(name)} is due`;
    case 'overrun':
      return `because the ${measure(name)} is long overdue`;
    case 'hand-over':
      return 'to hand it over';
    case 'remind':
      return 'to remind the requester';
    case 'resume':
      return 'to go on with it';
    case 'pass-on':
      return 'to pass it on when nobody takes it';
    case 'snooze':
      return 'to remind somebody of it';
    case 'visit-reminder':
      return 'to remind both sides of the appointment';
    case 'due-warning':
      return 'to warn of its due date';
    case 'due':
      return 'when its due date comes';
    case 'remind-approvers':
      return 'to ask once more for the approval';
    case 'expire-approval':
      return 'to give the approval up';
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
    case 'unassigned':
      return { sentence: `${by} put it back: it is in nobody’s hands` };
    case 'given-to-team':
      return { sentence: `${by} gave it from ${event.previous} to ${event.team}` };
    case 'requester-changed':
      return { sentence: `${by} made it the request of ${who(event.requester.address)}` };
    case 'copies-changed':
      return {
        sentence: `${by} changed who is on copy`,
        aside: [
          ...event.added.map((/** @type {{address: string}} */ { address }) => `+${address}`),
          ...event.removed.map((/** @type {string} */ address) => `-${address}`),
        ].join(' '),
      };
    case 'snoozed':
      return event.until
        ? { sentence: `${by} wants to be reminded ${fully(event.until)}`, aside: event.reason }
        : { sentence: `${by} no longer wants to be reminded` };
    case 'snooze-ended':
      return { sentence: `${by} is reminded`, aside: event.reason };
    case 'due-set':
      return event.due
        ? { sentence: `${by} made it due ${fully(event.due)}`, aside: event.reason }
        : { sentence: `${by} took its due date away` };
    case 'due-warned':
      return { sentence: `It is due ${fully(event.due)}`, aside: event.reason };
    case 'due-passed':
      return { sentence: `It was due ${fully(event.due)}`, aside: event.reason };
    case 'visit-planned':
      return { sentence: `${by} planned an appointment for ${fully(event.start)}`, aside: event.words };
    case 'visit-moved':
      return { sentence: `${by} moved the appointment to ${fully(event.start)}`, aside: event.words };
    case 'visit-cancelled':
      return { sentence: `The appointment of ${fully(event.start)} is called off` };
    case 'visit-answered':
      return { sentence: `${by} answered the appointment of ${fully(event.start)}: ${event.answer}` };
    case 'visit-reminded':
      return { sentence: `Both sides are reminded of the appointment of ${fully(event.start)}` };
    case 'fix-recorded':
      return { sentence: `${by} recorded what helped`, aside: event.words };
    case 'article-asked':
      return {
        sentence: event.draft
          ? `${by} made an article of it, and asked ${who(event.reviewer)} to publish it`
          : `${who(event.reviewer)} is asked whether its article still holds`,
        aside: event.draft?.title,
      };
    case 'article-decided':
      return { sentence: `${by} decided on its article: ${event.verdict}`, aside: event.words };
    case 'service-begun':
      return {
        sentence: `Of the service ${event.service}`,
        aside: [
          ...(event.asks.length > 0 ? [`asked for ${event.asks.join(', ')}`] : []),
          ...(event.answers ? ['its words went with the acknowledgement'] : []),
        ].join('; '),
      };
    case 'facts-answered':
      return {
        sentence: `${by} gave ${event.given.join(', ') || 'nothing of what was asked'}`,
        aside: event.lacking.length > 0 ? `still lacking: ${event.lacking.join(', ')}` : '',
      };
    case 'self-served':
      return { sentence: `${by} says that the words of ${event.service} helped`, tone: 'good' };
    case 'security-reported':
      return { sentence: `${event.lead} is told of a security incident` };
    case 'articles-offered':
      return { sentence: `${event.articles.join(', ')} went with the acknowledgement` };
    case 'helped':
      return { sentence: `${by} says that ${event.article} helped`, tone: 'good' };
    case 'extension-asked':
      return { sentence: `${by} asked for more time, until ${fully(event.wouldBe)}`, aside: event.reason };
    case 'extension-decided':
      return {
        sentence: event.granted
          ? `${by} granted more time, until ${fully(event.due)}`
          : `${by} granted no more time`,
      };
    case 'not-accepted':
      return { sentence: `${who(event.assignee)} said nothing since it climbed to tier ${event.tier}` };
    case 'redacted':
      return { sentence: `${by} took message ${event.message} out`, aside: event.reason };
    case 'left':
      return { sentence: 'The answer left' };
    case 'undone':
      return { sentence: `${by} took message ${event.message} back before it left` };
    case 'muted':
      return { sentence: `${by} wants no more mail of it` };
    case 'rated':
      return {
        sentence: `${by} gave it ${event.vote} of 5`,
        aside: event.words,
        tone: event.vote > 2 ? 'good' : 'bad',
      };
    case 'watched':
      return { sentence: `${by} reads along` };
    case 'unwatched':
      return { sentence: `${by} no longer reads along` };
    case 'linked':
      return { sentence: `${by} linked it with ${event.to}`, aside: event.relation };
    case 'solution-passed-on':
      return { sentence: `${by} resolved its incident ${event.to} with it` };
    case 'news-passed-on':
      return { sentence: `${by} told its incident ${event.to} the news` };
    case 'recurrence-noticed':
      return { sentence: `${event.tickets.length} others tell of the same`, aside: event.why };
    case 'problem-begun':
      return { sentence: `It is the problem behind ${event.tickets.join(', ')}`, aside: event.why };
    case 'joined':
      return { sentence: `It waits for its problem ${event.problem}`, aside: event.why };
    case 'parted':
      return { sentence: `${by} said that it is no part of ${event.problem}` };
    case 'checklist-begun':
      return {
        sentence: `It is done in ${event.steps.length} steps`,
        aside: event.steps.map((/** @type {any} */ { title }) => title).join(', '),
      };
    case 'step-changed':
      return {
        sentence: `Its step “${event.title}” is ${event.state}${event.to ? ` (${event.to})` : ''}`,
        aside: event.reason,
        tone: event.state === 'done' ? 'good' : undefined,
      };
    case 'step-reported':
      return { sentence: `${event.to} is told that this step is ${event.state}` };
    case 'blocked':
      return { sentence: `${by} blocked ${event.address}: mail from there is refused` };
    case 'unblocked':
      return { sentence: `${by} takes mail of ${event.address} again` };
    case 'split-off':
      return { sentence: `${by} made a ticket of its own, ${event.to}, of message ${event.message}` };
    case 'cloned':
      return { sentence: `${by} made another ticket, ${event.to}, of the same request` };
    case 'merged':
      return { sentence: `${by} closed it: it goes on as ${event.into}` };
    case 'merged-in':
      return { sentence: `${by} let ${event.from} go on as this ticket` };
    case 'retyped':
      return { sentence: `${by} made it a ${event.type}, from a ${event.previous}` };
    case 'tagged':
      return {
        sentence: `${by} changed its tags`,
        aside: [
          ...event.added.map((/** @type {string} */ tag) => `+${tag}`),
          ...event.removed.map((/** @type {string} */ tag) => `-${tag}`),
        ].join(' '),
      };
    case 'time-spent':
      return { sentence: `${by} worked ${event.minutes} minutes on it`, aside: event.what };
    case 'field-set':
      return {
        sentence: `${by} ${event.value === null ? `emptied ${event.field}` : `set ${event.field} to ${event.value}`}`,
        aside: event.previous === null ? '' : `before: ${event.previous}`,
      };
    case 'approval-asked':
      return {
        sentence: `${by} asked ${event.approvers.map((/** @type {{address: string}} */ { address }) => who(address)).join(', ')} for an approval`,
        aside: event.question,
      };
    case 'approval-voted':
      return {
        sentence: `${who(event.address)} ${event.vote === 'approve' ? 'approved' : 'rejected'} it`,
        tone: event.vote === 'approve' ? 'good' : 'bad',
      };
    case 'approval-reminded':
      return {
        sentence: `${event.addresses.map(who).join(', ')} heard once more that an approval is awaited`,
      };
    case 'approval-decided':
      return {
        sentence: `The approval is ${plain(event.result)}`,
        tone: event.result === 'given' ? 'good' : event.result === 'taken-back' ? 'warn' : 'bad',
      };
    case 'deescalated':
      return { sentence: `Went back from tier ${event.from} to ${event.to}`, aside: event.reason };
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
    case 'kept':
      return { sentence: `It stays with ${who(event.assignee)}`, aside: event.reason };
    case 'deadline-overrun':
      return {
        sentence: `${titled(measure(event.measure))} was due ${fully(event.due)} and is still late`,
        aside: event.do.map(plain).join(', '),
        tone: 'bad',
      };
    case 'reckoned-anew':
      return {
        sentence: `The policy ${event.policy} holds${event.cause === 'desk-changed' ? ', as desk.yaml was changed' : ''}`,
        aside: [event.reason, ...movedDeadlines(event)].join('; '),
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
    case 'delivery-delayed':
      return { sentence: `Mail to ${event.address} is late`, aside: event.status ?? '' };
    case 'complained':
      return { sentence: `${event.address} complained of our mail`, tone: 'bad' };
    case 'flooded':
      return {
        sentence: `${event.address} writes one mail after another`,
        aside: 'What comes now is only kept.',
        tone: 'bad',
      };
    case 'update-withheld':
      return { sentence: `A mail to ${event.address} was withheld`, aside: event.reason };
    case 'automatic-mail-received':
      return { sentence: automaticMail(event, who), aside: event.excerpt };
    case 'referred':
      return { sentence: `It was also written to ${event.address}; ${who(event.lead)} was told` };
    default:
      return { sentence: titled(event.kind) };
  }
}

/** @type {Record<string, string>} */
const AUTOMATIC = {
  'auto-reply': 'An automatic reply',
  'out-of-office': 'An out-of-office notice',
  receipt: 'A receipt',
  delayed: 'A report that mail is late',
  bounce: 'A report that mail was not delivered',
  complaint: 'A complaint about our mail',
};

/** @param {any} event @param {(address: string) => string} who */
function automaticMail({ what, from, about }, who) {
  const writer = from ? ` from ${who(from)}` : '';
  return `${AUTOMATIC[what] ?? titled(what)}${writer}${about && about !== from ? `, about ${about}` : ''}`;
}

// @ts-check
/** The people at the left, and beside them one person's mails or all tickets. */
import { byId, el, fill } from './dom.js';
import { isRead } from './read-mails.js';
import { path } from './server.js';
import { briefly, distance, measure, titled } from './words.js';

/** @typedef {{address: string, name: string, role: string, team: string|null, tier: number|null, latest: {id: string, at: string, way: string}|null}} Owner */
/** @typedef {{id: string, way: string, at: string, subject: string, other: string, kind: string|null, ticket: string|null, outcome: string}} Entry */

const GROUPS = [
  ['requester', 'Requesters'],
  ['agent', 'Agents'],
  ['lead', 'Leads'],
  ['manager', 'Management'],
];

/**
 * @param {Owner[]} owners
 * @param {string | null} current
 * @param {string} wanted what is looked for
 */
export function showOwners(owners, current, wanted) {
  const search = wanted.trim().toLowerCase();
  const found = owners.filter(({ address, name }) => `${name} ${address}`.toLowerCase().includes(search));
  const groups = GROUPS.flatMap(([role, title]) => {
    const members = found.filter((owner) => owner.role === role);
    return members.length > 0
      ? [el('h2.group', {}, title), ...members.map((owner) => ownerRow(owner, owner.address === current))]
      : [];
  });
  const unknown =
    search.includes('@') && !owners.some(({ address }) => address === search)
      ? [
          el('h2.group', {}, 'Somebody new'),
          ownerRow(
            { address: search, name: '', role: 'requester', team: null, tier: null, latest: null },
            false,
          ),
        ]
      : [];
  const none =
    search === '' && !owners.some(({ role }) => role === 'requester')
      ? [
          el('h2.group', {}, 'Requesters'),
          el('p.empty', {}, 'Nobody has written yet. Press c and be the first; any address will do.'),
        ]
      : [];
  fill(byId('owners'), ...none, ...unknown, ...groups);
}

/** @param {Owner} owner @param {boolean} isCurrent */
function ownerRow({ address, name, role, tier, latest }, isCurrent) {
  const isNew = latest?.way === 'received' && !isRead(latest.id);
  const title = name || address;
  const rank = role === 'agent' && tier !== null ? `tier ${tier}` : '';
  return el(
    'a.row.owner',
    {
      href: `#/mailbox/${path(address)}`,
      'data-key': address,
      'data-role': role,
      'aria-current': isCurrent ? 'true' : null,
      title: address,
    },
    el('span.face', { 'aria-hidden': 'true' }, initials(title)),
    el('span.name', {}, title),
    rank && el('span.rank', {}, rank),
    isNew && el('span.dot', { role: 'img', 'aria-label': 'new mail' }),
  );
}

/** @param {string} name */
function initials(name) {
  const words = name
    .replace(/@.*/, '')
    .split(/[\s._-]+/)
    .filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map((word) => (word ?? '').charAt(0).toUpperCase())
    .join('');
}

/** @param {string} address @param {Entry[]} entries @param {string | null} current @param {(address: string) => string} who */
export function showMailbox(address, entries, current, who) {
  const rows = entries.map((entry) => {
    const unread = entry.way === 'received' && !isRead(entry.id);
    return el(
      'a.row.entry',
      {
        href: `#/mailbox/${path(address)}/${path(entry.way, entry.id)}`,
        'data-key': entry.id,
        'data-way': entry.way,
        'data-unread': unread,
        'aria-current': entry.id === current ? 'true' : null,
      },
      el(
        'span.line',
        {},
        el(
          'span.who',
          {},
          entry.way === 'written' ? `To ${who(entry.other.replace(/\+[^@]*@/, '@'))}` : who(entry.other),
        ),
        unread && el('span.hidden', {}, 'unread'),
        el('time', { datetime: entry.at }, briefly(entry.at)),
      ),
      el('span.subject', {}, entry.subject || '(no subject)'),
      el(
        'span.line.facts',
        {},
        entry.kind && el('span.tag', { 'data-tag': entry.kind }, titled(entry.kind)),
        entry.outcome === 'bounced' || entry.outcome === 'complained' || entry.outcome === 'suppressed'
          ? el('span.tag', { 'data-tag': 'failed' }, titled(entry.outcome))
          : null,
        entry.ticket && el('span.id', {}, entry.ticket),
      ),
    );
  });
  fill(
    byId('entries'),
    ...(rows.length > 0
      ? rows
      : [el('p.empty', {}, 'No mail yet. Press c to write to the desk as this person.')]),
  );
}

/** A reply address is long, and its token says nothing to a reader. @param {string} address */
export function withoutToken(address) {
  return address.replace(/\+[0-9a-z]{30,}@/g, '+…@');
}

/** @param {any[]} tickets @param {string | null} current @param {(address: string) => string} who */
export function showTickets(tickets, current, who) {
  const rows = tickets.map((ticket) => {
    const [next] = Object.entries(ticket.deadlines).sort(
      ([, a], [, b]) => Date.parse(String(a)) - Date.parse(String(b)),
    );
    return el(
      'a.row.entry',
      {
        href: `#/tickets/${path(ticket.id)}`,
        'data-key': ticket.id,
        'aria-current': ticket.id === current ? 'true' : null,
      },
      el(
        'span.line',
        {},
        el('span.who', {}, el('span.id', {}, ticket.id), ' ', who(ticket.requester)),
        el('time', { datetime: ticket.updatedAt }, briefly(ticket.updatedAt)),
      ),
      el('span.subject', {}, ticket.subject || '(no subject)'),
      el(
        'span.line.facts',
        {},
        el('span.tag', { 'data-tag': ticket.status }, titled(ticket.status)),
        el('span.tag', { 'data-tag': ticket.priority }, ticket.priority),
        next && el('span.due', {}, `${measure(next[0])} ${distance(String(next[1]))}`),
      ),
    );
  });
  fill(
    byId('entries'),
    ...(rows.length > 0 ? rows : [el('p.empty', {}, 'No tickets yet. Every mail to the desk begins one.')]),
  );
}

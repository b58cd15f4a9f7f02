// @ts-check
/** The page: what its address names is shown, what changes is shown anew, and every key has its place. */
import { fromMailto, openComposer, replyTo } from './composer.js';
import { showMail, showTicket } from './detail.js';
import { byId, el, fill } from './dom.js';
import { showMailbox, showOwners, showTickets } from './lists.js';
import { markRead } from './read-mails.js';
import { ask, listen, path } from './server.js';
import { clockTime, deskNow, distance, setClock, speed } from './words.js';

/**
 * @typedef {{view: 'people'} | {view: 'tickets', ticket: string | null}
 *   | {view: 'mailbox', address: string, way: string | null, mail: string | null}} Route
 */

const state = {
  /** @type {any} */
  desk: { addresses: [], tiers: [], teams: [], name: '', sandbox: '' },
  /** @type {import('./lists.js').Owner[]} */
  owners: [],
  /** @type {Route} */
  route: { view: 'people' },
  /** The mail that is open. @type {any} */
  mail: null,
  /** As whom one writes: the mailbox that was looked into last. */
  writer: '',
  /** Where one was before a mailto: link. */
  shownHash: '#/',
  /** A newer showing makes an older one's answers void. */
  showing: 0,
};

/** @param {string} hash @returns {Route} */
function routeOf(hash) {
  const [view, ...rest] = hash.replace(/^#\//, '').split('/').map(decodeURIComponent);
  if (view === 'tickets') return { view, ticket: rest[0] ?? null };
  if (view === 'mailbox' && rest[0])
    return { view, address: rest[0], way: rest[1] ?? null, mail: rest[2] ?? null };
  return { view: 'people' };
}

/** @param {string} address */
function who(address) {
  if (address === 'desk') return 'The desk';
  return (
    state.owners.find((owner) => owner.address === address)?.name ||
    state.desk.addresses.find((/** @type {any} */ each) => each.address === address)?.name ||
    address
  );
}

/** Shows what the address names. `isNew` is false when only the data may have changed. @param {boolean} isNew */
async function show(isNew) {
  const { route } = state;
  state.showing += 1;
  const mine = state.showing;
  const isOld = () => mine !== state.showing;
  document.body.dataset.pane = pane(route);
  byId('all-tickets').setAttribute('aria-current', String(route.view !== 'mailbox'));
  const [{ people }, list] = await Promise.all([
    ask('/people'),
    route.view === 'mailbox' ? ask(`/mailbox/${path(route.address)}`) : ask('/tickets'),
  ]);
  if (isOld()) return;
  state.owners = people;
  if (route.view === 'mailbox') {
    state.writer = route.address;
    title(who(route.address), `${rankOf(route.address)}${route.address}`);
    if (route.mail) markRead(route.mail);
    showMailbox(route.address, list.mails, route.mail, who);
    if (route.way && route.mail) await openMail(route.address, route.way, route.mail, isNew, isOld);
    else if (isNew) closeDetail('Choose a mail, or write one with c.');
  } else {
    const open = list.tickets.filter(
      (/** @type {any} */ { status }) => status === 'new' || status === 'open',
    ).length;
    title('Tickets', list.tickets.length > 0 ? `${open} open, ${list.tickets.length} in all` : '');
    const current = route.view === 'tickets' ? route.ticket : null;
    showTickets(list.tickets, current, who);
    if (current) await openTicket(current, isNew, isOld);
    else if (isNew) closeDetail('Choose a ticket to see its history and its watch.');
  }
  if (isOld()) return;
  showOwners(state.owners, route.view === 'mailbox' ? route.address : null, filter().value);
}

/** @param {Route} route */
function pane(route) {
  if (route.view === 'people') return 'people';
  return (route.view === 'tickets' ? route.ticket : route.mail) ? 'detail' : 'list';
}

/** @param {string} address */
function rankOf(address) {
  const owner = state.owners.find((each) => each.address === address);
  if (!owner) return '';
  if (owner.role === 'agent') return `Agent, tier ${owner.tier} · `;
  return { lead: 'Lead · ', manager: 'Manager · ' }[owner.role] ?? '';
}

/** @param {string} name @param {string} note */
function title(name, note) {
  byId('list-title').textContent = name;
  byId('list-note').textContent = note;
  document.title = `${name} – Replydesk`;
}

/** @param {string} address @param {string} way @param {string} id @param {boolean} isNew @param {() => boolean} isOld */
async function openMail(address, way, id, isNew, isOld) {
  // A mail does not change once it is there.
  if (!isNew && state.mail?.entry.id === id) return;
  const mail = await ask(`/mail/${path(way, id)}`);
  if (isOld()) return;
  if (!mail) return closeDetail('This mail is not there any more.');
  state.mail = mail;
  byId('detail').scrollTop = 0;
  showMail(mail, {
    reply: way === 'received' ? () => compose(replyTo(address, mail)) : null,
    sandbox: state.desk.sandbox,
    onKey,
  });
}

/** @param {string} id @param {boolean} isNew @param {() => boolean} isOld */
async function openTicket(id, isNew, isOld) {
  const found = await ask(`/tickets/${path(id)}`);
  if (isOld()) return;
  state.mail = null;
  if (!found) return closeDetail('There is no such ticket.');
  if (isNew) byId('detail').scrollTop = 0;
  showTicket(found, who, state.desk);
}

/** @param {string} words */
function closeDetail(words) {
  state.mail = null;
  fill(byId('detail'), el('p.empty', {}, words));
}

/** @param {import('./composer.js').Draft} draft */
function compose(draft) {
  openComposer(draft, {
    owners: state.owners,
    desk: state.desk,
    onSent: (from, refused) => {
      notice(refused.length > 0 ? `Sent, but: ${refused.join(' ')}` : 'Sent. The desk has it.');
      if (state.route.view !== 'mailbox') location.hash = `#/mailbox/${path(from)}`;
    },
  });
}

function composeNew() {
  const [first] = state.desk.addresses;
  compose({ from: state.writer, to: first?.address ?? '', subject: '', text: '' });
}

/** @type {number | undefined} */
let noticeTimer;
/** @param {string} words */
function notice(words) {
  const place = byId('notice');
  place.textContent = words;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    place.textContent = '';
  }, 5000);
}

function filter() {
  return /** @type {HTMLInputElement} */ (byId('filter'));
}

/** One step towards the list of people. */
function back() {
  const { route } = state;
  if (route.view === 'mailbox') {
    location.hash = route.mail ? `#/mailbox/${path(route.address)}` : '#/';
  } else if (route.view === 'tickets') {
    location.hash = route.ticket ? '#/tickets' : '#/';
  }
}

/** The rows among which the arrows go: those of the pane that has the focus, or of the one that is in sight. */
function rows() {
  const people = byId('people');
  const inPeople = people.contains(document.activeElement) || state.route.view === 'people';
  return [
    .../** @type {NodeListOf<HTMLElement>} */ (
      (inPeople ? people : byId('entries')).querySelectorAll('a.row')
    ),
  ];
}

/** @param {number} by */
function move(by) {
  const all = rows();
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const from = at >= 0 ? at : all.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const next = all[from < 0 ? 0 : Math.min(all.length - 1, Math.max(0, from + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  // With a mail open beside the list, the list leads and the mail follows.
  if (next && pane(state.route) === 'detail' && byId('entries').contains(next))
    location.hash = next.getAttribute('href') ?? '';
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (document.querySelector('dialog[open]')) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target === filter();
  if (typing && event.key !== 'ArrowDown' && event.key !== 'Escape' && event.key !== 'Enter') return;
  /** @type {Record<string, () => void>} */
  const doing = {
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    Escape: () => {
      if (!typing) return back();
      filter().value = '';
      filter().blur();
      filter().dispatchEvent(new Event('input'));
    },
    r: () => {
      if (state.mail?.entry.way === 'received' && state.route.view === 'mailbox')
        compose(replyTo(state.route.address, state.mail));
    },
    c: composeNew,
    t: () => {
      location.hash = '#/tickets';
    },
    '/': () => filter().focus(),
    '?': () => /** @type {HTMLDialogElement} */ (byId('keys')).showModal(),
    ...(typing ? { Enter: openFound } : {}),
  };
  const work = Object.hasOwn(doing, event.key) ? doing[event.key] : undefined;
  if (!work) return;
  event.preventDefault();
  work();
}

/** The first of those that were found; then all are there again. */
function openFound() {
  const row = /** @type {HTMLElement | null} */ (byId('owners').querySelector('a.row'));
  filter().value = '';
  filter().blur();
  row?.click();
}

function onHash() {
  if (/^#mailto:/i.test(location.hash)) {
    const link = location.hash.slice(1);
    history.replaceState(null, '', state.shownHash);
    return compose(fromMailto(state.writer, link));
  }
  state.shownHash = location.hash || '#/';
  state.route = routeOf(location.hash);
  return show(true).catch(fault).then(focusPane);
}

/** Where the eyes go, the keys go too. */
function focusPane() {
  if (document.querySelector('dialog[open]') || document.activeElement === filter()) return;
  if (byId('entries').contains(document.activeElement) && getComputedStyle(byId('list')).display !== 'none')
    return;
  const where = pane(state.route);
  if (where === 'detail') byId('detail').focus({ preventScroll: true });
  else
    rows()
      .find((row) => row.getAttribute('aria-current') === 'true')
      ?.focus({ preventScroll: true });
}

/** @param {unknown} error */
function fault(error) {
  notice(error instanceof Error ? error.message : String(error));
}

function tick() {
  const [moment, seconds] = clockTime(deskNow());
  const pace = speed();
  fill(
    byId('clock'),
    el('time', {}, moment, el('span.seconds', {}, seconds)),
    pace === 1
      ? el('span')
      : el('span.tag', { 'data-tag': 'speed', title: `${pace} seconds pass in each` }, `×${pace}`),
  );
  for (const left of document.querySelectorAll('[data-until]')) {
    const until = left.getAttribute('data-until') ?? '';
    left.textContent = distance(until);
    left.toggleAttribute('data-past', Date.parse(until) < deskNow());
  }
}

async function start() {
  state.desk = await ask('/desk');
  setClock(state.desk);
  byId('desk-name').textContent = state.desk.name;
  byId('back').addEventListener('click', back);
  byId('compose').addEventListener('click', composeNew);
  byId('help').addEventListener('click', () => /** @type {HTMLDialogElement} */ (byId('keys')).showModal());
  filter().addEventListener('input', () =>
    showOwners(state.owners, state.route.view === 'mailbox' ? state.route.address : null, filter().value),
  );
  document.addEventListener('keydown', onKey);
  addEventListener('hashchange', onHash);
  setInterval(tick, 1000);
  tick();
  await onHash();
  listen(
    setClock,
    () => void show(false).catch(fault),
    (connected) => {
      document.body.toggleAttribute('data-lost', !connected);
      if (!connected) notice('The desk does not answer. The page goes on when it is back.');
    },
  );
}

start().catch(fault);

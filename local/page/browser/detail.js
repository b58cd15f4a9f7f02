// @ts-check
/** One mail, or one ticket with its watch and its history. */
import { byId, el, fill, linked } from './dom.js';
import { withoutToken } from './lists.js';
import { path } from './server.js';
import { distance, fully, measure as measureName, plain, purpose, size, titled, told } from './words.js';

/** @typedef {{address: string, name: string}} Address */

/**
 * @param {any} mail as the desk reads it
 * @param {{reply: (() => void) | null, sandbox: string, onKey: (event: KeyboardEvent) => void}} doing
 */
export function showMail(mail, { reply, sandbox, onKey }) {
  const { entry, judged } = mail;
  const source = `/mail/${path(entry.way, entry.id)}`;
  const body = el('div.body');
  const choices = el('div.choices', { role: 'group', 'aria-label': 'How the mail is shown' });
  /** @type {[string, () => void][]} */
  const views = [
    ...(mail.hasHtml
      ? [
          /** @type {[string, () => void]} */ ([
            'Formatted',
            () => body.replaceChildren(frame(`${source}/html`, sandbox, onKey)),
          ]),
        ]
      : []),
    ['Plain', () => body.replaceChildren(el('pre.words', {}, ...linked(mail.text)))],
    ['Headers', () => body.replaceChildren(el('pre.source', {}, mail.headers.join('\n')))],
  ];
  for (const [name, show] of views) {
    const button = el('button.quiet', { type: 'button', 'aria-pressed': 'false' }, name);
    button.addEventListener('click', () => {
      for (const each of choices.children) each.setAttribute('aria-pressed', String(each === button));
      show();
    });
    choices.append(button);
  }
  choices.append(el('a.quiet', { href: `${source}/raw`, target: '_blank' }, 'Raw'));
  fill(
    byId('detail'),
    el(
      'header.top',
      {},
      el('h1', {}, mail.subject || '(no subject)'),
      el(
        'div.facts.line',
        {},
        entry.kind && el('span.tag', { 'data-tag': entry.kind }, titled(entry.kind)),
        entry.ticket &&
          el(
            'a.id',
            { href: `#/tickets/${path(entry.ticket)}`, title: 'The ticket’s history' },
            entry.ticket,
          ),
        el('time', { datetime: entry.at }, fully(entry.at)),
      ),
      addresses('From', mail.from),
      addresses('To', mail.to),
      addresses('Cc', mail.cc),
    ),
    judged ? judgement(judged) : el('span'),
    el('div.bar', {}, reply && el('button.primary', { type: 'button', onclick: reply }, 'Reply'), choices),
    body,
    files(mail.attachments, source),
  );
  views[0]?.[1]();
  choices.firstElementChild?.setAttribute('aria-pressed', 'true');
}

/** @param {string} name @param {Address[]} people */
function addresses(name, people) {
  if (people.length === 0) return null;
  return el(
    'p.address',
    {},
    el('span.label', {}, name),
    ...people.map(({ name, address }) =>
      el(
        'span',
        { title: address },
        name && name !== address ? `${name} ` : '',
        el('span.muted', {}, withoutToken(address)),
      ),
    ),
  );
}

/** What the desk made of a mail that was written to it. @param {any} judged */
function judgement({ verdicts, disposition, reason, detail }) {
  const proofs = ['spf', 'dkim', 'dmarc'].map((name) =>
    el(
      'span.proof',
      { 'data-verdict': verdicts[name] },
      `${name.toUpperCase()} ${verdicts[name].toLowerCase()}`,
    ),
  );
  return el(
    'div.judged',
    {},
    el('p', {}, el('strong', {}, titled(disposition)), `: ${plain(reason)}`),
    detail && el('p.muted', {}, detail),
    el('p.proofs', {}, ...proofs),
  );
}

/**
 * A mail's own document: no scripts and no network (the answer's policy says it again), on its own paper.
 * @param {string} source
 * @param {string} sandbox
 * @param {(event: KeyboardEvent) => void} onKey
 */
function frame(source, sandbox, onKey) {
  const element = /** @type {HTMLIFrameElement} */ (
    el('iframe', {
      sandbox,
      src: source,
      title: 'The mail as it was formatted',
      referrerpolicy: 'no-referrer',
    })
  );
  const measure = () => {
    const root = element.contentDocument?.documentElement;
    if (!root) return;
    element.style.height = '0';
    element.style.height = `${root.scrollHeight}px`;
  };
  element.addEventListener('load', () => {
    measure();
    // A formatted mail must not swallow the page's keys.
    element.contentDocument?.addEventListener('keydown', onKey);
    new ResizeObserver(measure).observe(byId('detail'));
  });
  return element;
}

/** @param {{n: number, name: string, type: string, size: number}[]} attachments @param {string} source */
function files(attachments, source) {
  if (attachments.length === 0) return el('span');
  return el(
    'section.files',
    { 'aria-label': 'Attachments' },
    ...attachments.map(({ n, name, type, size: octets }) =>
      el(
        'a.file',
        { href: `${source}/files/${n}`, download: name, title: type },
        el('span', {}, name),
        el('span.muted', {}, size(octets)),
      ),
    ),
  );
}

/** @param {any} found ticket, messages, events @param {(address: string) => string} who @param {any} desk */
export function showTicket({ ticket, messages, events }, who, desk) {
  const detail = byId('detail');
  const team = desk.teams.find((/** @type {any} */ { name }) => name === ticket.team)?.title ?? ticket.team;
  const tier = desk.tiers.find((/** @type {any} */ { tier }) => tier === ticket.tier)?.title ?? '';
  /** @param {string} address */
  const mailbox = (address) => el('a', { href: `#/mailbox/${path(address)}`, title: address }, who(address));
  /** @type {[string, Node | string][]} */
  const facts = [
    ['Requester', mailbox(ticket.requester.address)],
    ['Assignee', ticket.assignee ? mailbox(ticket.assignee) : 'nobody'],
    ['Team', `${team}, tier ${ticket.tier}${tier ? ` (${tier})` : ''}`],
    ['Category', plain(ticket.category)],
    ['Impact', `${ticket.impact}, ${ticket.urgency}`],
    ...(ticket.approvals ?? [])
      .slice(-1)
      .map(
        (/** @type {any} */ { state, question, approvers }) =>
          /** @type {[string, string]} */ ([
            'Approval',
            `${plain(state)}: ${question} (${approvers.map((/** @type {any} */ { address, vote }) => `${who(address)}: ${vote ?? 'no answer yet'}`).join(', ')})`,
          ]),
      ),
    ...Object.entries(ticket.fields ?? {}).map(
      ([name, value]) => /** @type {[string, string]} */ ([titled(name), String(value)]),
    ),
    ...(ticket.follows
      ? [
          /** @type {[string, Node]} */ ([
            'Follows',
            el('a', { href: `#/tickets/${path(ticket.follows)}` }, ticket.follows),
          ]),
        ]
      : []),
    ...(ticket.links ?? []).map(
      (/** @type {any} */ { relation, id }) =>
        /** @type {[string, Node]} */ ([
          titled(relation.replaceAll('-', ' ')),
          el('a', { href: `#/tickets/${path(id)}` }, id),
        ]),
    ),
  ];
  fill(
    detail,
    el(
      'header.top',
      {},
      el('h1', {}, ticket.subject || '(no subject)'),
      el(
        'div.facts.line',
        {},
        el('span.id', {}, ticket.id),
        el('span.tag', { 'data-tag': ticket.status }, titled(ticket.status)),
        el('span.tag', { 'data-tag': ticket.priority }, ticket.priority),
        el('time', { datetime: ticket.createdAt }, fully(ticket.createdAt)),
      ),
      el('dl.grid', {}, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    ),
    watch(ticket),
    el('h2', {}, 'History'),
    el('ol.history', {}, ...events.map((/** @type {any} */ event) => happening(event, messages, who))),
  );
}

/** @param {any} ticket */
function watch({ watch, deadlines, waiting }) {
  const due = Object.entries(deadlines).sort(([, a], [, b]) => Date.parse(String(a)) - Date.parse(String(b)));
  const state = !watch
    ? 'No watch runs yet.'
    : watch.state === 'running' && watch.nextAt
      ? `Wakes ${fully(watch.nextAt)} ${purpose(watch.nextKind)}`
      : 'Ended: nothing is left to wake for.';
  return el(
    'section.watch',
    { 'aria-label': 'Watch' },
    el(
      'p.line',
      {},
      el('strong', {}, watch ? `Watch ${watch.generation}` : 'Watch'),
      el('span', {}, state),
      watch?.state === 'running' &&
        watch.nextAt &&
        el('span.left', { 'data-until': watch.nextAt }, distance(watch.nextAt)),
    ),
    waiting &&
      el(
        'p.line.muted',
        {},
        `Waits since ${fully(waiting.since)}${waiting.reason ? `: ${waiting.reason}` : ''}`,
      ),
    due.length > 0 &&
      el(
        'dl.grid',
        {},
        ...due.flatMap(([measure, at]) => [
          el('dt', {}, titled(measureName(measure))),
          el(
            'dd',
            {},
            fully(String(at)),
            ' ',
            el('span.left', { 'data-until': String(at) }, distance(String(at))),
          ),
        ]),
      ),
  );
}

/** @param {any} event @param {any[]} messages @param {(address: string) => string} who */
function happening(event, messages, who) {
  const { sentence, aside, tone } = told(event, who);
  const number = event.message ?? null;
  const message = number === null ? null : messages.find((each) => each.number === number);
  return el(
    'li',
    { 'data-kind': event.kind, 'data-tone': tone },
    el(
      'p.line',
      {},
      el('span', {}, sentence),
      el('time', { datetime: event.at, title: event.at }, fully(event.at)),
    ),
    message &&
      el(
        'div.message',
        { 'data-visibility': message.visibility },
        message.visibility === 'private' && el('p.label', {}, 'Private note'),
        el('pre.words', {}, ...linked(message.text)),
        message.attachments.length > 0 &&
          el(
            'p.muted',
            {},
            `With ${message.attachments.map((/** @type {any} */ { name, size: octets }) => `${name} (${size(octets)})`).join(', ')}`,
          ),
      ),
    aside && el('p.aside', {}, aside),
  );
}

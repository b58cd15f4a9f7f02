// @ts-check
/** Writing a mail as somebody, new or as a reply. */
import { byId, el } from './dom.js';
import { send } from './server.js';
import { forQuote, size } from './words.js';

/**
 * @typedef {object} Draft
 * @property {string} from address
 * @property {string} to
 * @property {string} [cc]
 * @property {string} subject
 * @property {string} text
 * @property {string | null} [inReplyTo]
 * @property {string[]} [references]
 */

/** @param {string} from @param {any} mail as the desk reads it @returns {Draft} */
export function replyTo(from, mail) {
  const [sender] = mail.from;
  const target = (mail.replyTo[0] ?? sender)?.address ?? '';
  const name = sender?.name ? `${sender.name} <${sender.address}>` : (sender?.address ?? '');
  const quoted = mail.text
    .trimEnd()
    .replace(/^/gm, '> ')
    .replace(/^> (?=>|$)/gm, '>');
  return {
    from,
    to: target,
    subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
    text: `\n\nOn ${forQuote(mail.entry.at)}, ${name} wrote:\n${quoted}\n`,
    inReplyTo: mail.messageId,
    references: [...mail.references, ...(mail.messageId ? [mail.messageId] : [])],
  };
}

/**
 * RFC 6068: in a mailto: a plus is a plus.
 * @param {string} from
 * @param {string} link
 * @returns {Draft}
 */
export function fromMailto(from, link) {
  const [to = '', query = ''] = link.replace(/^mailto:/i, '').split(/\?(.*)/s);
  const fields = new Map(
    query
      .split('&')
      .map((field) => field.split(/=(.*)/s))
      .map(([name = '', value = '']) => [decoded(name).toLowerCase(), decoded(value)]),
  );
  return {
    from,
    to: [decoded(to), fields.get('to') ?? ''].filter(Boolean).join(', '),
    cc: fields.get('cc') ?? '',
    subject: fields.get('subject') ?? '',
    text: (fields.get('body') ?? '').replaceAll('\r\n', '\n'),
    inReplyTo: fields.get('in-reply-to') ?? null,
    references: fields.has('in-reply-to') ? [fields.get('in-reply-to') ?? ''] : [],
  };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const LARGEST = 40_000_000;
const AGAIN = 'This was not sent. Press Esc again to throw it away.';

/**
 * @param {Draft} draft
 * @param {{owners: {address: string, name: string, role: string}[], desk: {addresses: {address: string, name: string}[]}, onSent: (from: string, refused: string[]) => void}} world
 */
export function openComposer(draft, { owners, desk, onSent }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('composer'));
  if (dialog.open) return;
  /** @param {string} address */
  const isStaff = (address) =>
    owners.some((owner) => owner.address === address.trim().toLowerCase() && owner.role !== 'requester');

  const from = input('From', draft.from, {
    list: 'senders',
    type: 'email',
    required: true,
    placeholder: 'anybody@example.org',
  });
  const to = input('To', draft.to, { list: 'desk-addresses', required: true });
  const cc = input('Cc', draft.cc ?? '', {});
  const subject = input('Subject', draft.subject, {});
  const proof = /** @type {HTMLInputElement} */ (
    el('input', { type: 'checkbox', role: 'switch', id: 'proof' })
  );
  proof.checked = isStaff(draft.from);
  let chosen = false;
  proof.addEventListener('change', () => {
    chosen = true;
  });
  from.addEventListener('change', () => {
    if (!chosen) proof.checked = isStaff(from.value);
  });
  const text = /** @type {HTMLTextAreaElement} */ (
    el('textarea', { 'aria-label': 'Text', rows: '12', spellcheck: 'false' })
  );
  text.value = draft.text;
  /** @type {File[]} */
  let files = [];
  const list = el('div.files');
  const showFiles = () => {
    list.replaceChildren(
      ...files.map((file) =>
        el(
          'span.file',
          {},
          el('span', {}, file.name),
          el('span.muted', {}, size(file.size)),
          el(
            'button.quiet',
            {
              type: 'button',
              'aria-label': `Leave out ${file.name}`,
              onclick: () => {
                files = files.filter((each) => each !== file);
                showFiles();
              },
            },
            '×',
          ),
        ),
      ),
    );
  };
  /** @param {Iterable<File>} more */
  const add = (more) => {
    files = [...files, ...more];
    showFiles();
  };
  const chooser = /** @type {HTMLInputElement} */ (
    el('input', { type: 'file', multiple: true, hidden: true })
  );
  chooser.addEventListener('change', () => {
    add(chooser.files ?? []);
    chooser.value = '';
  });
  const problem = el('p.problem', { role: 'alert' });
  const submit = /** @type {HTMLButtonElement} */ (el('button.primary', { type: 'submit' }, 'Send'));

  const form = /** @type {HTMLFormElement} */ (
    el(
      'form',
      {},
      el(
        'div.head',
        {},
        el('h2', { id: 'composer-title' }, draft.inReplyTo ? 'Reply' : 'New mail'),
        el('button.quiet', { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, '×'),
      ),
      field('From', from),
      el(
        'label.proof',
        { for: 'proof' },
        proof,
        el('span', {}, 'With proof'),
        el('span.muted', {}, 'SPF, DKIM and DMARC pass; without it, nothing vouches for the address'),
      ),
      field('To', to),
      draft.cc ? field('Cc', cc) : null,
      field('Subject', subject),
      text,
      list,
      problem,
      el(
        'div.bar',
        {},
        submit,
        el('button.quiet', { type: 'button', onclick: () => chooser.click() }, 'Attach files'),
        chooser,
        el('span.muted.wide', {}, 'Ctrl Enter sends'),
      ),
      el(
        'datalist',
        { id: 'senders' },
        ...owners.map(({ address, name }) => el('option', { value: address }, name)),
      ),
      el(
        'datalist',
        { id: 'desk-addresses' },
        ...desk.addresses.map(({ address, name }) => el('option', { value: address }, name)),
      ),
    )
  );
  form.addEventListener('dragover', (event) => event.preventDefault());
  form.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.textContent = '';
    try {
      if (files.reduce((sum, file) => sum + file.size, 0) > LARGEST)
        throw new Error('The files are larger than 40 MB together.');
      const address = from.value.trim();
      const result = await send({
        from: { address, name: owners.find((owner) => owner.address === address.toLowerCase())?.name ?? '' },
        to: split(to.value),
        cc: split(cc.value),
        subject: subject.value,
        text: text.value,
        inReplyTo: draft.inReplyTo ?? null,
        references: draft.references ?? [],
        proven: proof.checked,
        attachments: await Promise.all(
          files.map(async (file) => ({ name: file.name, type: file.type, content: await base64(file) })),
        ),
      });
      if (!result.sent) throw new Error(result.reason);
      dialog.close();
      onSent(address.toLowerCase(), result.refused ?? []);
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      submit.disabled = false;
    }
  });

  const begun = JSON.stringify([draft.text, draft.subject]);
  // One key alone must not throw away what was written.
  dialog.oncancel = (event) => {
    const isTouched = JSON.stringify([text.value, subject.value]) !== begun || files.length > 0;
    if (!isTouched || problem.textContent === AGAIN) return;
    event.preventDefault();
    problem.textContent = AGAIN;
  };
  dialog.onclose = () => dialog.replaceChildren();
  dialog.replaceChildren(form);
  dialog.showModal();
  if (!draft.from) return from.focus();
  if (!draft.to) return to.focus();
  if (!draft.subject) return subject.focus();
  text.focus();
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
}

/** @param {string} label @param {string} value @param {Record<string, unknown>} attributes */
function input(label, value, attributes) {
  const element = /** @type {HTMLInputElement} */ (
    el('input', { autocomplete: 'off', spellcheck: 'false', 'aria-label': label, ...attributes })
  );
  element.value = value;
  return element;
}

/** @param {string} name @param {HTMLElement} control */
function field(name, control) {
  return el('div.field', {}, el('span.label', { 'aria-hidden': 'true' }, name), control);
}

/** @param {string} addresses */
function split(addresses) {
  return addresses
    .split(/[,;\s]+/)
    .map((address) => address.replace(/[<>]/g, ''))
    .filter(Boolean);
}

/** @param {File} file @returns {Promise<string>} */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
}

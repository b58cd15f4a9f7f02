// @ts-check
/** Elements from names and words. Words are set as text, so nothing that a mail says can become a part of the page. */

/**
 * @param {string} tag with classes: `p.note.muted`
 * @param {Record<string, unknown>} [props] `on…` are listeners, `data`-attributes and others are set as attributes
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const [name = 'div', ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string} id */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
}

/**
 * New content in place of the old, with focus and scrolling where they were.
 * @param {HTMLElement} parent
 * @param {...Node} children
 */
export function fill(parent, ...children) {
  const key = parent.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-key')
    : null;
  const { scrollTop } = parent;
  parent.replaceChildren(...children);
  parent.scrollTop = scrollTop;
  if (key) {
    const again = parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }
}

/**
 * Words with their links: the web into a new window, mailto: into the composer.
 * @param {string} text
 */
export function linked(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/\b(?:https?:\/\/|mailto:)[^\s<>"]+[^\s<>".,;:!?)\]]/g)) {
    parts.push(text.slice(from, found.index));
    const [link] = found;
    parts.push(
      link.startsWith('mailto:')
        ? el('a', { href: `#${link}` }, link)
        : el('a', { href: link, target: '_blank', rel: 'noopener noreferrer' }, link),
    );
    from = found.index + link.length;
  }
  return [...parts, text.slice(from)];
}

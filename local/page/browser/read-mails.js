// @ts-check
/** Which mails were opened in this browser. Bounded: after this many the oldest count as new again. */
const MOST = 3000;
const KEY = 'read-mails';

/** @type {Set<string>} */
const ids = new Set(JSON.parse(localStorage.getItem(KEY) ?? '[]'));

/** @param {string} id */
export function isRead(id) {
  return ids.has(id);
}

/** @param {string} id */
export function markRead(id) {
  if (ids.has(id)) return;
  ids.add(id);
  localStorage.setItem(KEY, JSON.stringify([...ids].slice(-MOST)));
}

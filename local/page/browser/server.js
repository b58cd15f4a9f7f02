// @ts-check
/** What the page asks the desk, and how it sends. */

const token = document.querySelector('meta[name=token]')?.getAttribute('content') ?? '';

/** @param {string} path @returns {Promise<any>} null when there is no such thing */
export async function ask(path) {
  const response = await fetch(path);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** @param {unknown} mail @returns {Promise<{sent: boolean, reason?: string, refused?: string[]}>} */
export async function send(mail) {
  const response = await fetch('/mail', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-desk-token': token },
    body: JSON.stringify(mail),
  });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/json')) return response.json();
  return {
    sent: false,
    reason:
      response.status === 403
        ? 'The desk was started anew. Load this page again, and what you wrote with it.'
        : await response.text(),
  };
}

/**
 * @param {(said: {now: string, speed: number}) => void} onClock
 * @param {() => void} onChange
 * @param {(connected: boolean) => void} onConnection
 */
export function listen(onClock, onChange, onConnection) {
  const live = new EventSource('/live');
  /** @param {MessageEvent} event */
  const clock = (event) => onClock(JSON.parse(event.data));
  let lost = false;
  live.addEventListener('clock', clock);
  live.addEventListener('changed', (event) => {
    clock(event);
    onChange();
  });
  live.addEventListener('open', () => {
    onConnection(true);
    // What happened meanwhile was told to nobody.
    if (lost) onChange();
    lost = false;
  });
  live.addEventListener('error', () => {
    lost = true;
    onConnection(false);
  });
}

/** @param {...string} parts */
export function path(...parts) {
  return parts.map((part) => encodeURIComponent(part)).join('/');
}

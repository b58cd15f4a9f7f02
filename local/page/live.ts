/** Tells open pages that something changed, by Server-Sent Events. What changed they ask for themselves. */
import type { ServerResponse } from 'node:http';
import type { DeskClock } from '../clock.ts';

export interface Live {
  /** Takes the response over. */
  join(response: ServerResponse): void;
  changed(): void;
  stop(): void;
}

const HEARTBEAT_MS = 15_000;
/** A burst of writes is told once. */
const GATHER_MS = 150;
const MOST_PAGES = 30;

/** `refresh` is called before the pages hear of it; `effort` says how many ms their questions take. */
export function openLive(clock: DeskClock, refresh: () => void, effort: () => number): Live {
  const pages = new Set<ServerResponse>();
  let pending: NodeJS.Timeout | undefined;
  const tell = (event: string) => {
    const data = JSON.stringify({ now: clock.iso(), speed: clock.speed });
    for (const page of pages) page.write(`event: ${event}\ndata: ${data}\n\n`);
  };
  // The clock is told as well, for machines that slept.
  const heart = setInterval(() => tell('clock'), HEARTBEAT_MS);
  heart.unref();
  return {
    join(response) {
      const [oldest] = pages;
      if (oldest && pages.size >= MOST_PAGES) oldest.end();
      pages.add(response);
      response.on('close', () => pages.delete(response));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      refresh();
      tell('clock');
    },
    changed() {
      if (pages.size === 0) return refresh();
      // However much the desk has to do, the pages that look on take a small share of it.
      pending ??= setTimeout(
        () => {
          pending = undefined;
          refresh();
          tell('changed');
        },
        Math.max(GATHER_MS, 4 * effort()),
      );
    },
    stop() {
      clearInterval(heart);
      clearTimeout(pending);
      for (const page of pages) page.end();
    },
  };
}

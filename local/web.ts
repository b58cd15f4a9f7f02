/**
 * The mailbox page of a desk on a laptop, and /health. Whoever reaches it can write as anybody, so it is for its own
 * machine and its own page alone: it listens on loopback, answers only requests that name it by a loopback name and
 * its port (DNS rebinding), gives data to no page but its own, and takes a mail only from that page with its token.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Desk } from '../core/config/desk.ts';
import type { DeskClock } from './clock.ts';
import { takenPort } from './door.ts';
import { AwsFault } from './fault.ts';
import { close, listen, readBody } from './gateway.ts';
import type { Mailer } from './mailer.ts';
import { openLive } from './page/live.ts';
import { type Mailboxes, type Original, openMailboxes } from './page/mailboxes.ts';
import type { Records } from './page/records.ts';

export interface Web {
  port: number;
  stop(): Promise<void>;
}

export interface WebWorld {
  clock: DeskClock;
  mailer: Mailer;
  /** Null when there is no table to read. */
  records: Records | null;
  /** Null when the bundles carry none. */
  desk: Desk | null;
  /** Where what is written goes in. */
  smtpPort: number;
  isBusy(): boolean;
  /** Calls back when something may have changed. */
  onChange(changed: () => void): void;
}

const BROWSER = join(import.meta.dirname, 'page', 'browser');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** 40 MB of files in base 64, with room. */
const LARGEST_REQUEST = 60 * 1024 * 1024;
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
/**
 * Mail is anybody's HTML: no scripts, no network, no forms, nothing but what it carries itself. Its origin stays ours so
 * that the page can measure it; a click may open a new window, or our composer, which lies at the top.
 */
const MAIL_SANDBOX =
  'allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const MAIL_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${MAIL_SANDBOX}`;
const FILE_POLICY = "default-src 'none'; sandbox";

/** `port` 0 takes any. Throws DeskFault when the port is taken. */
export async function openWeb(port: number, world: WebWorld, report: (fault: unknown) => void): Promise<Web> {
  const { clock } = world;
  const token = randomBytes(32).toString('base64url');
  const files = new Set(readdirSync(BROWSER));
  const mailboxes = openMailboxes(world.mailer, world.records, world.desk);
  const live = openLive(clock, mailboxes.forget, mailboxes.effort);
  world.onChange(live.changed);
  let names: ReadonlySet<string> = new Set();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    harden(response);
    const host = request.headers.host ?? '';
    if (!names.has(host)) return text(response, 403, 'This page is for the machine that it runs on.');
    const path = new URL(request.url ?? '/', 'http://desk').pathname
      .split('/')
      .slice(1)
      .map(decodeURIComponent);
    if (request.method === 'POST') {
      if (!isOwnPage(request, host, token)) return text(response, 403, 'Only the mailbox page may write.');
      if (path.join('/') !== 'mail') return text(response, 404, 'There is nothing here.');
      return take(request, response, world);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD, POST');
      return text(response, 405, 'This is read with GET and written with POST.');
    }
    const [what = '', which = ''] = path;
    if (what === 'health') {
      return json(response, { ready: true, now: clock.iso(), speed: clock.speed, busy: world.isBusy() });
    }
    if (what === '') return page(response, token);
    // What a browser fetches for another page, that page must not even be able to time or embed.
    if (!['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site'] as string)) {
      return text(response, 403, 'This is for the mailbox page.');
    }
    switch (what) {
      case 'page':
        if (!files.has(which)) break;
        return send(response, 200, TYPES[extname(which)] ?? '', await readFile(join(BROWSER, which)));
      case 'live':
        return live.join(response);
      case 'desk':
        return json(response, about(world));
      case 'people':
        return json(response, { people: await mailboxes.people() });
      case 'mailbox':
        return json(response, { mails: await mailboxes.mailbox(which.toLowerCase()) });
      case 'tickets': {
        if (which === '') return json(response, { tickets: await mailboxes.tickets() });
        const ticket = await mailboxes.ticket(which);
        if (!ticket) break;
        return json(response, ticket);
      }
      case 'mail':
        return mail(response, mailboxes, path.slice(1));
    }
    return text(response, 404, 'There is nothing here.');
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      if (error instanceof URIError) return text(response, 400, 'This is no address.');
      if (error instanceof AwsFault && error.status === 413) return text(response, 413, 'That is too large.');
      report(error);
      if (!response.headersSent) text(response, 500, 'This could not be shown.');
    });
  });
  await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    throw takenPort(error, port, '--web-port');
  });
  const own = (server.address() as AddressInfo).port;
  names = new Set(
    ['127.0.0.1', 'localhost'].flatMap((name) => (own === 80 ? [name, `${name}:80`] : [`${name}:${own}`])),
  );
  return {
    port: own,
    stop() {
      live.stop();
      return close(server);
    },
  };
}

function harden(response: ServerResponse): void {
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['cache-control', 'no-store'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['content-security-policy', FILE_POLICY],
  ] as const) {
    response.setHeader(name, value);
  }
}

/**
 * Browsers say which page posts, in one header or in both; no script can set either. What neither vouches for, or one
 * denies, is refused, and so is a page of ours that does not hold this desk's token.
 */
function isOwnPage(request: IncomingMessage, host: string, token: string): boolean {
  const { origin, 'sec-fetch-site': site, 'x-desk-token': given, 'content-type': type } = request.headers;
  const said = Buffer.from(String(given ?? ''));
  return (
    (origin !== undefined || site !== undefined) &&
    (origin === undefined || origin === `http://${host}`) &&
    (site === undefined || site === 'same-origin') &&
    type === 'application/json' &&
    said.length === token.length &&
    timingSafeEqual(said, Buffer.from(token))
  );
}

async function take(request: IncomingMessage, response: ServerResponse, world: WebWorld): Promise<void> {
  const body = await readBody(request, LARGEST_REQUEST);
  const { Writing, write } = await import('./page/writing.ts');
  const read = Writing.safeParse(parseJson(body));
  if (!read.success) {
    const [issue] = read.error.issues;
    return json(response, { sent: false, reason: `${issue?.path.join('.')}: ${issue?.message}` }, 422);
  }
  const written = await write(read.data, world.smtpPort, world.clock.now());
  json(response, written, written.sent ? 200 : 422);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

/** The page's own file, with the token that only it can read. */
async function page(response: ServerResponse, token: string): Promise<void> {
  response.setHeader('content-security-policy', PAGE_POLICY);
  const html = await readFile(join(BROWSER, 'index.html'), 'utf8');
  send(response, 200, TYPES['.html'] as string, html.replace('{token}', token));
}

function about({ desk, clock }: WebWorld) {
  return {
    name: desk?.name ?? 'Replydesk',
    timezone: desk?.timezone ?? 'UTC',
    addresses: (desk?.addresses ?? []).map(({ address, name }) => ({ address, name })),
    tiers: desk?.tiers ?? [],
    teams: (desk?.teams ?? []).map(({ name, title }) => ({ name, title })),
    now: clock.iso(),
    speed: clock.speed,
    sandbox: MAIL_SANDBOX,
  };
}

/** `[way, id]`, and what of it: `html`, `raw`, or `files` and a number. */
async function mail(
  response: ServerResponse,
  mailboxes: Mailboxes,
  [way = '', id = '', how = '', n = '']: string[],
): Promise<void> {
  const found = await mailboxes.original(way, id);
  // What reads mail and writes it is half of what a desk would load, and none needs it before somebody looks.
  const { htmlDocument, readFilePart, readMail } = await import('./page/reading.ts');
  if (!found) return text(response, 404, 'There is no such mail.');
  switch (how) {
    case '':
      return json(response, { ...(await readMail(found.raw)), entry: found.entry, judged: judged(found) });
    case 'html': {
      const html = await htmlDocument(found.raw);
      if (html === null) return text(response, 404, 'This mail has no HTML that could be shown.');
      response.setHeader('content-security-policy', MAIL_POLICY);
      return send(response, 200, TYPES['.html'] as string, html);
    }
    case 'raw':
      return text(response, 200, Buffer.from(found.raw));
    case 'eml':
      return download(response, `${id}.eml`, Buffer.from(found.raw));
    case 'files': {
      const file = /^\d{1,4}$/.test(n) ? await readFilePart(found.raw, Number(n)) : null;
      return file
        ? download(response, file.name, file.content)
        : text(response, 404, 'There is no such file.');
    }
    default:
      return text(response, 404, 'There is nothing here.');
  }
}

/** What SES and then the desk made of a mail that came in. */
function judged({ record }: Original) {
  if (!record) return null;
  const { spf, dkim, dmarc, spam, virus } = record.receipt;
  const { disposition, reason, detail } = record;
  return { verdicts: { spf, dkim, dmarc, spam, virus }, disposition, reason, detail };
}

function download(response: ServerResponse, name: string, content: Buffer): void {
  // RFC 6266 and RFC 8187; encodeURIComponent leaves these five, which are not allowed there.
  const encoded = encodeURIComponent(name).replace(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  response.setHeader('content-disposition', `attachment; filename*=UTF-8''${encoded}`);
  send(response, 200, 'application/octet-stream', content);
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

function text(response: ServerResponse, status: number, body: string | Buffer): void {
  send(response, status, 'text/plain; charset=utf-8', body);
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.end(body);
}

/** The sample day as a newcomer gets it: played on a new desk, then looked at from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, type DeskConnection } from '../../cli/connect.ts';
import type { DispositionReason } from '../../core/mail/disposition.ts';
import type { MailRecord } from '../../core/mail/record.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { type Desk, type DeskSetting, startDesk } from '../../local/desk.ts';
import { playSampleDay } from '../../local/sample-day.ts';
import { synthesize } from '../../local/synthesize.ts';
import { desk as configuration } from '../sample.ts';

interface Left {
  kind: string;
  to: string;
  ticket: string | null;
  /** All that its reader can find in it. */
  everything: string;
}

const NORA = 'nora.quist@example.org';
const BRUNO = 'bruno.adler@example.com';
const EVE = 'eve.lindqvist@example.org';

const config = resolve('desk.yaml');
const folders: string[] = [];
let desk: Desk;
let setting: DeskSetting;
let connection: DeskConnection;
let transcript: string;
let records: MailRecord[];
let tickets: Ticket[];
let left: Left[];

beforeAll(async () => {
  setting = { dataDir: newFolder(), fresh: false, smtpPort: 0, webPort: 0, relay: null, speed: 1 };
  desk = await startDesk(setting, () => synthesize(config, () => {}));
  transcript = await play();
  connection = await connect({ data: setting.dataDir });
  records = await recordsNow();
  tickets = await connection.tickets.list(1000, () => true);
  left = await readLeft(join(setting.dataDir, 'sent'));
}, 180_000);
afterAll(async () => {
  await desk.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the story', () => {
  test('a question is acknowledged, answered, thanked for and resolved', async () => {
    const ticket = ticketOf(NORA);
    expect(ticket.status).toBe('resolved');
    expect(reasonsOf(NORA)).toEqual(['new-ticket', 'requester-reply']);
    expect(kindsTo(NORA)).toEqual(['acknowledgement', 'answer', 'resolved']);
    expect(kindsTo(ticket.assignee ?? '', ticket.id)).toEqual([
      'assignment',
      'requester-message',
      'transcript',
    ]);
  });

  test('an out-of-office is suppressed and answered by nobody', () => {
    expect(reasonsOf(BRUNO)).toEqual(['new-ticket', 'out-of-office']);
    expect(kindsTo(BRUNO)).toEqual(['acknowledgement', 'answer']);
  });

  test('an agent without proof is asked for a code, and the code releases his answer', () => {
    const released = records.find(({ history }) => history.length > 0);
    expect(released).toMatchObject({
      disposition: 'appended',
      ticketId: ticketOf(BRUNO).id,
      history: [{ disposition: 'held', reason: 'without-proof' }],
    });
    expect(kindsTo(released?.from ?? '')).toContain('code');
    expect(records.filter(({ reason }) => reason === 'code-accepted')).toHaveLength(1);
    expect(mailsTo(BRUNO).at(-1)?.everything).toContain('One is on its way to you.');
  });

  test('a mistyped command is refused, and only its writer hears of it', () => {
    const refused = records.find(({ reason }) => reason === 'unknown-command');
    expect(refused).toMatchObject({ disposition: 'refused', ticketId: ticketOf(BRUNO).id });
    const tellings = left.filter(({ everything }) => everything.includes('#noet'));
    expect(tellings.map(({ kind, to }) => ({ kind, to }))).toEqual([
      { kind: 'transcript', to: refused?.from },
    ]);
  });

  test('a forged agent changes nothing and is answered by nobody', () => {
    const forged = records.filter(({ reason }) => reason === 'posing-as-agent');
    expect(forged).toMatchObject([
      { disposition: 'refused', ticketId: null, receipt: { spf: 'FAIL', dkim: 'FAIL', dmarc: 'FAIL' } },
    ]);
    expect(ticketOf(BRUNO).status).toBe('open');
    expect(left.filter(({ kind }) => kind === 'refusal')).toEqual([]);
    expect(left.filter(({ everything }) => everything.includes('administrator'))).toEqual([]);
  });

  test('a ticket that nobody answers warns, breaks its promise and climbs to the top', async () => {
    const ticket = ticketOf(EVE);
    const kinds = (await connection.tickets.events(ticket.id, 100)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'escalated')).toHaveLength(2);
    expect(kinds).toEqual(expect.arrayContaining(['deadline-warned', 'deadline-breached']));
    expect(ticket.tier).toBe(3);
    const expert = configuration.people.find(({ address }) => address === ticket.assignee);
    expect(expert?.tier).toBe(3);
    expect(kindsTo(ticket.assignee ?? '', ticket.id)).toContain('assignment');
    expect(kindsTo('martha.lind@example.test', ticket.id)).toContain('breach');
  });

  test('an outage brings ten tickets of ten people, and each of them hears of his own', () => {
    const many = tickets.filter(({ requester }) => ![NORA, BRUNO, EVE].includes(requester.address));
    expect(new Set(many.map(({ requester }) => requester.address)).size).toBe(10);
    expect(many.map(({ category }) => category)).toEqual(many.map(() => 'network'));
    for (const { id, requester, assignee } of many) {
      expect(kindsTo(requester.address, id)).toEqual(['acknowledgement']);
      expect(kindsTo(assignee ?? '', id)).toEqual(['assignment']);
    }
  });

  test('nothing private reaches anybody outside', () => {
    const people = configuration.people.flatMap(({ address, alternates }) => [address, ...alternates]);
    const inside = [...people, 'two keyboards', '#noet', '#resolve', 'the word “', 'the words “', 'matrix'];
    const outside = left.filter(({ to }) => !to.endsWith('@example.test'));
    expect(outside.length).toBeGreaterThan(15);
    for (const { everything, to } of outside) {
      const found = inside.filter((secret) => everything.includes(secret));
      expect({ to, found }).toEqual({ to, found: [] });
    }
  });
});

describe('the transcript', () => {
  test('names every ticket, every disposition and every kind of mail, and misses nothing', () => {
    for (const { id } of tickets) expect(transcript).toContain(id);
    for (const { disposition, reason } of records.filter(({ subject }) => !/vpn|outage/i.test(subject)))
      expect(transcript).toContain(disposition === 'opened' ? 'opened as T-' : `(${reason}`);
    for (const { kind } of left) expect(transcript).toContain(`> ${kind}`);
    expect(transcript).not.toContain('did not come within');
    expect(transcript).not.toContain('Left out');
    expect(transcript.match(/nobody was told/g)).toHaveLength(2);
  });

  test('carries no codes for a terminal where there is none, and is as wide as said but for what is to be copied', () => {
    expect(transcript).not.toContain('\u001b');
    const long = transcript.split('\n').filter((line) => line.length > 100);
    expect(long.filter((line) => !/^ {2}\S/.test(line))).toEqual([]);
  });

  test('ends with what to try next', () => {
    const end = transcript.slice(transcript.indexOf('What to try next'));
    expect(end).toContain(`swaks --server 127.0.0.1:${desk.smtpPort}`);
    expect(end).toContain(`http://127.0.0.1:${desk.webPort}`);
    expect(end).toMatch(/npm run -s desk -- .*tickets$/m);
    expect(end).toMatch(/npm start -- .*--empty/);
  });
});

test('afterwards the desk goes at its own speed again', async () => {
  expect(await (await fetch(`http://127.0.0.1:${desk.webPort}/health`)).json()).toMatchObject({ speed: 1 });
});

test('a desk that has had its day does not play it again', async () => {
  expect(await play()).toMatch(/^No sample day: this desk has had mail already/);
  expect(await recordsNow()).toHaveLength(records.length);
});

test('a day that is broken off ends in order, and is not begun a second time', async () => {
  const dataDir = newFolder();
  const first = start(dataDir);
  await first.says('opened as T-');
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({ code: 0, complaints: '' });
  const second = start(dataDir);
  await second.says('No sample day');
  second.child.kill('SIGINT');
  expect(await second.ended).toEqual({ code: 0, complaints: '' });
});

async function play(): Promise<string> {
  let printed = '';
  const paper = {
    write(text: string) {
      printed += text;
    },
  };
  await playSampleDay({ desk, setting, config, paper, signal: new AbortController().signal });
  return printed;
}

function start(dataDir: string) {
  const args = ['local/start.ts', '--data', dataDir, '--smtp-port', '0', '--web-port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [said, complaints] = ['', ''];
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString();
  });
  return {
    child,
    ended: once(child, 'exit').then(([code]) => ({ code, complaints })),
    says: (words: string) =>
      new Promise<void>((done, fail) => {
        child.stdout.on('data', (data: Buffer) => {
          said += data.toString();
          if (said.includes(words)) done();
        });
        child.once('exit', () => fail(new Error(`it ended before it said ${words}: ${said}${complaints}`)));
      }),
  };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-day-'));
  folders.push(folder);
  return folder;
}

function recordsNow(): Promise<MailRecord[]> {
  return connection.ledger.list(1000, ({ disposition }) => disposition !== 'setup');
}

async function readLeft(folder: string): Promise<Left[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.eml'));
  const mails = await Promise.all(
    names.sort().map(async (name): Promise<Left> => {
      const raw = readFileSync(join(folder, name));
      const { recipients, update, ticket } = JSON.parse(
        readFileSync(join(folder, name.replace(/eml$/, 'json')), 'utf8'),
      );
      const { headerLines, text = '', html } = await simpleParser(raw, { skipTextToHtml: true });
      const head = headerLines.map(({ line }) => line).join('\n');
      return { kind: update, to: recipients.join(), ticket, everything: [head, text, html || ''].join('\n') };
    }),
  );
  return mails;
}

function ticketOf(address: string): Ticket {
  const [ticket, ...more] = tickets.filter(({ requester }) => requester.address === address);
  if (!ticket || more.length > 0) throw new Error(`${address} has ${more.length} tickets too many`);
  return ticket;
}

/** What became of somebody's mails, in the order in which they came. */
function reasonsOf(address: string): DispositionReason[] {
  return records
    .filter(({ from }) => from === address)
    .map(({ reason }) => reason)
    .reverse();
}

function mailsTo(address: string, ticket?: string): Left[] {
  return left.filter((mail) => mail.to === address && (ticket === undefined || mail.ticket === ticket));
}

function kindsTo(address: string, ticket?: string): string[] {
  return mailsTo(address, ticket).map(({ kind }) => kind);
}

/** What the day is played with: people write, the desk does what it does, and what it did is told as it happens. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Desk as Configuration } from '../../core/config/desk.ts';
import type { MailRecord } from '../../core/mail/record.ts';
import type { UpdateKind } from '../../core/mail/update.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Desk } from '../desk.ts';
import type { SentMail } from '../mailer.ts';
import type { Fact, Facts } from './facts.ts';
import type { Page } from './page.ts';
import { answering, type Person, send, type Written } from './post.ts';
import { narrator } from './tell.ts';

export interface Scene {
  page: Page;
  /** Writes, and tells who wrote what; returns the Message-ID. `who` in other words than name and address. */
  write(mail: Written, more?: { who?: string; brief?: boolean }): Promise<string>;
  /** Answers a mail of the desk's, with proof of who it is unless `more` says otherwise. */
  reply(mail: SentMail, by: Person, text: string, more?: Partial<Written>): Promise<string>;
  /** What became of a mail; null when nothing did in time. */
  disposed(messageId: string): Promise<MailRecord | null>;
  /** The next mail of this kind to somebody that nobody has asked for yet; null when there is none in time. */
  mail(kind: UpdateKind, to: string, ticketId?: string): Promise<SentMail | null>;
  textOf(mail: SentMail): Promise<string>;
  ticket(id: string): Ticket | null;
  agent(address: string): Person;
  /** Tells what happens until it is as asked; false, and says so, when it is not in time. */
  until(what: string, ask: (told: readonly Fact[]) => boolean, patienceMs?: number): Promise<boolean>;
  /** Like `until`, but tells it all at the end, in few words. */
  untilMany(what: string, ask: (told: readonly Fact[]) => boolean): Promise<boolean>;
  /** Waits until the desk does nothing any more, and tells the rest. */
  settle(): Promise<void>;
  /** Says that a mail had no answer, when so it is. */
  andNobodyHears(messageId: string): Promise<void>;
  /** Says that what this scene begins with did not happen. */
  skip(): void;
}

const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 200;
const LOOK_BUSY_MS = 60;

export function openScene(
  desk: Desk,
  configuration: Configuration,
  page: Page,
  facts: Facts,
  signal: AbortSignal,
): Scene {
  const known = new Set<string>();
  const taken = new Set<string>();
  const { tell, tellMany } = narrator(page, configuration, known);

  const waitFor = async (
    what: string,
    ask: (told: readonly Fact[]) => boolean,
    hear: (news: Fact[]) => void,
    patienceMs: number,
  ): Promise<boolean> => {
    for (const end = Date.now() + patienceMs; ; await pause(LOOK_AGAIN_MS, undefined, { signal })) {
      signal.throwIfAborted();
      hear(await facts.news());
      if (ask(facts.told)) return true;
      if (Date.now() < end) continue;
      page.line(desk.now(), 'absent', `${what} did not come within ${patienceMs / 1000} seconds`);
      return false;
    }
  };
  const until: Scene['until'] = (what, ask, patienceMs = PATIENCE_MS) =>
    waitFor(what, ask, (news) => news.forEach(tell), patienceMs);

  const settle = async () => {
    const end = Date.now() + PATIENCE_MS;
    // Between an engine's answer and the next one's turn there is a moment in which nobody seems to work.
    for (let still = 0; still < 4 && Date.now() < end; ) {
      const health = await fetch(`http://127.0.0.1:${desk.webPort}/health`, { signal });
      still = ((await health.json()) as { busy: boolean }).busy ? 0 : still + 1;
      await pause(LOOK_BUSY_MS, undefined, { signal });
    }
    (await facts.news()).forEach(tell);
  };

  const write: Scene['write'] = async (mail, { who, brief = false } = {}) => {
    signal.throwIfAborted();
    const at = desk.now();
    const { from, to, subject, text, proven } = mail;
    page.line(
      at,
      'wrote',
      `${who ?? `${from.name} <${from.address}>`} writes${proven === from.address ? ', with proof,' : ''} to ${to.replace(/\+\w{20,}@/, '+…@')}: “${subject}”`,
    );
    // The mail below an answer is cited, and says nothing new.
    if (!brief) page.detail(text.replace(/\n\n>[\s\S]*$/, ''), true);
    const id = await send(desk.smtpPort, mail);
    known.add(id);
    return id;
  };

  const disposed: Scene['disposed'] = async (messageId) => {
    const of = (told: readonly Fact[]) =>
      told.flatMap((fact) =>
        fact.kind === 'disposed' && fact.record.messageId === messageId ? [fact.record] : [],
      );
    await until('a word of the ledger about this mail', (told) => of(told).length > 0);
    return of(facts.told).at(-1) ?? null;
  };

  return {
    page,
    write,
    reply: async (mail, by, text, more = {}) =>
      write({ from: by, proven: by.address, ...answering(await facts.open(mail), text), ...more }),
    disposed,
    mail: async (kind, to, ticketId) => {
      const find = (told: readonly Fact[]) =>
        told
          .flatMap((fact) => (fact.kind === 'left' ? [fact.mail] : []))
          .find(
            ({ id, update, recipients, ticket }) =>
              !taken.has(id) &&
              update === kind &&
              recipients.includes(to) &&
              (ticketId === undefined || ticket === ticketId),
          );
      await until(`a mail (${kind}) to ${to}`, (told) => find(told) !== undefined);
      const found = find(facts.told) ?? null;
      if (found) taken.add(found.id);
      return found;
    },
    textOf: async (mail) => (await facts.open(mail)).text,
    ticket: (id) =>
      facts.told
        .flatMap((fact) => (fact.kind === 'happened' && fact.ticket.id === id ? [fact.ticket] : []))
        .at(-1) ?? null,
    agent: (address) => ({
      address,
      name: configuration.people.find((person) => person.address === address)?.name ?? address,
    }),
    until,
    untilMany: async (what, ask) => {
      const news: Fact[] = [];
      const came = await waitFor(what, ask, (fresh) => void news.push(...fresh), PATIENCE_MS);
      tellMany(news.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)));
      return came;
    },
    settle,
    andNobodyHears: async (messageId) => {
      const before = facts.told.length;
      const record = await disposed(messageId);
      await settle();
      const left = facts.told.slice(before).filter(({ kind }) => kind === 'left');
      if (record && left.length === 0) page.detail('nobody was told: no mail left the desk');
    },
    skip: () => page.say('Left out: what it begins with did not happen.'),
  };
}

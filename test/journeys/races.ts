/**
 * People who do something to one ticket at the same moment, each handled by a process of its own over the real adapters.
 * Who comes first is chance; whatever it was, the history must be one that some order
 * explains, with each word in it once, and whoever came too late must have been told so.
 */
import type { TicketEvent } from '../../core/ticket/ticket.ts';
import { advanceWatch } from '../../functions/advance-watch.ts';
import { countMeasures } from '../../functions/count-measures.ts';
import { again } from '../../functions/handler.ts';
import { chanceOf } from '../chance.ts';
import { NORA, desk as sample } from '../sample.ts';
import { type Coming, type DrivenDesk, type Ground, type Left, openDrivenDesk } from './driven-desk.ts';
import { letter } from './people.ts';
import {
  doubled,
  explained,
  kept,
  leaked,
  look,
  owned,
  type Snapshot,
  type Written,
  watched,
} from './promises.ts';

const BEGIN = '2026-11-23T09:00:00.000Z';
const SUPPORT = 'support@desk.example.test';
const HOUR = 3_600_000;
const [LUIS, PRIYA] = ['luis.ortega@example.test', 'priya.nair@example.test'];

/** A desk with people who write to it, and all that they wrote. */
interface Scene {
  desk: DrivenDesk;
  written: Written[];
  /** A letter with a word that stands in no other. */
  writes(by: string, text: string, answers?: Left, headers?: string[]): Coming;
  /** The last mail of this kind that he got, of this ticket. */
  got(by: string, kind?: string, ticketId?: string): Left;
  /** Asks for help, and returns the number of the ticket. */
  asks(by: string, subject: string, headers?: string[]): Promise<string>;
}

/** The table of a new desk. */
type Grounding = (chance: () => number) => Promise<Ground>;

async function openScene(ground: Grounding, seed: number): Promise<Scene> {
  const chance = chanceOf(seed);
  const desk = await openDrivenDesk(await ground(chance), { desk: sample, begin: BEGIN, chance });
  const written: Written[] = [];
  const scene: Scene = {
    desk,
    written,
    writes(by, text, answers, headers = []) {
      const mailId = `mail-${written.length + 1}`;
      const word = `kw${String(written.length + 1).padStart(5, '0')}z`;
      written.push({ mailId, by, word, says: text.includes('$word') });
      const subject = answers ? `Re: ${answers.subject}` : text.split('.')[0]?.replace('$word', '').trim();
      const to = answers?.replyTo ?? SUPPORT;
      const about = {
        mailId,
        from: by,
        to,
        headers,
        subject: subject ?? '',
        text: text.replace('$word', word),
      };
      return letter({ ...about, ...(answers ? { answers } : {}) });
    },
    got(by, kind, ticketId) {
      const found = desk.left.findLast(
        (mail) =>
          mail.to === by && (!kind || mail.kind === kind) && (!ticketId || mail.ticketId === ticketId),
      );
      if (!found) throw new Error(`${by} got no ${kind ?? 'mail'} of ${ticketId ?? 'any ticket'}`);
      return found;
    },
    async asks(by, subject, headers) {
      const mail = scene.writes(by, `${subject}. It is broken, $word`, undefined, headers);
      await desk.comes(mail);
      await desk.drain();
      return (await desk.world.ledger.read(mail.mailId))?.ticketId ?? '';
    },
  };
  return scene;
}

export interface Raced {
  /** What is wrong with the desk after it. */
  faults: string[];
  /** How many came too late, read and decided anew; and how many of them had to go back into their queue. */
  conflicts: number;
  tries: number;
}

async function settled({ desk, written }: Scene, more: (after: Snapshot) => string[]): Promise<Raced> {
  await desk.drain();
  const after = await look(desk.table);
  const words = new Map(written.map((each) => [each.word, each]));
  const faults = [
    ...[...after.tickets.keys()].flatMap((id) => explained(id, after, desk.world.desk)),
    ...owned(after, desk.world.desk),
    ...watched(after, desk),
    ...(await kept(written, after, desk)),
    ...leaked(desk.left, words, [after], sample.people, sample),
    ...doubled(desk.left),
    ...more(after),
  ];
  return { faults, conflicts: desk.conflicts, tries: desk.tries };
}

const kindsOf = (after: Snapshot, id: string) => (after.events.get(id) ?? []).map(({ kind }) => kind);
const times = (after: Snapshot, id: string, kind: TicketEvent['kind']) =>
  kindsOf(after, id).filter((each) => each === kind).length;
const must = (holds: boolean, otherwise: string) => (holds ? [] : [otherwise]);

type Race = (ground: Grounding, seed: number) => Promise<Raced>;

const READERS = Array.from({ length: 16 }, (_, n) => `reader-${n}@example.org`);

/** So many mails of sixteen people to one ticket at once: each is in the way of all the others. */
const writers =
  (count: number): Race =>
  async (ground, seed) => {
    const scene = await openScene(ground, seed);
    const { desk, writes, got, asks } = scene;
    const id = await asks(NORA, 'The printer is jammed', [`Cc: ${READERS.join(', ')}`]);
    const agent = desk.left.find(({ kind }) => kind === 'assignment')?.to ?? '';
    await desk.comes(writes(agent, 'We look into it, $word', got(agent, 'assignment', id)));
    await desk.drain();
    const mails = Array.from({ length: count }, (_, n) => READERS[n % READERS.length] ?? '').map((reader) =>
      writes(reader, 'I see it too, $word', got(reader, 'answer', id)),
    );
    const before = await look(desk.table);
    await desk.comeAtOnce(mails);
    return settled(scene, (after) => [
      ...must(
        (after.tickets.get(id)?.messages ?? 0) - (before.tickets.get(id)?.messages ?? 0) === count,
        `${count} wrote, and there are ${after.tickets.get(id)?.messages} messages after ${before.tickets.get(id)?.messages}`,
      ),
      ...must(times(after, id, 'message-received') === count, 'not each of them is in its history'),
    ]);
  };

/** Two agents take the same ticket: it is in the hands of whoever came last, and the other one has heard of it. */
const takers: Race = async (ground, seed) => {
  const scene = await openScene(ground, seed);
  const { desk, writes, got, asks } = scene;
  const id = await asks(NORA, 'The printer is jammed');
  const agent = desk.left.find(({ kind }) => kind === 'assignment')?.to ?? '';
  for (const other of [LUIS, PRIYA]) {
    await desk.comes(writes(agent, `#assign ${other}`, got(agent, 'assignment', id)));
    await desk.drain();
  }
  const [first, second] = [LUIS, PRIYA].map((by) => writes(by, '#take', got(by, 'assignment', id)));
  if (!first || !second) throw new TypeError('two take it');
  // Priya has it already: what the two lead to depends on who is first.
  const left = desk.left.length;
  await desk.comeAtOnce([first, second]);
  return settled(scene, (after) => {
    const owner = after.tickets.get(id)?.assignee;
    const told = desk.left.slice(left).filter(({ kind }) => kind === 'transcript' || kind === 'assignment');
    return [
      ...must(owner === LUIS || owner === PRIYA, `it is in the hands of ${owner}`),
      ...[LUIS, PRIYA].flatMap((by) =>
        must(
          told.some(({ to }) => to === by),
          `${by} heard nothing`,
        ),
      ),
    ];
  });
};

/** The requester writes while an agent merges her ticket into another: her words stand where the ticket goes on. */
const merging: Race = async (ground, seed) => {
  const scene = await openScene(ground, seed);
  const { desk, writes, got, asks } = scene;
  const id = await asks(NORA, 'The printer is jammed');
  const into = await asks(NORA, 'The paper tray is broken');
  const agent = desk.left.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === id)?.to ?? '';
  const merge = writes(agent, `#merge ${into}`, got(agent, 'assignment', id));
  const reply = writes(NORA, 'And it smokes, $word', got(NORA, undefined, id));
  await desk.comeAtOnce([merge, reply]);
  return settled(scene, (after) => [
    ...must(after.tickets.get(id)?.mergedInto === into, 'it was not merged'),
    ...must(after.tickets.get(id)?.status === 'closed', 'it is merged and not closed'),
    ...must(times(after, into, 'merged-in') === 1, 'the other one does not know of it, or twice'),
    // Before it, it came along; after it, it leads there.
    ...must(
      after.mails.get(reply.mailId)?.disposition === 'appended',
      `her words were ${after.mails.get(reply.mailId)?.disposition}`,
    ),
  ]);
};

/** A tier's time is over at the moment at which the ticket is resolved: it climbs before it or not at all. */
const escalation: Race = async (ground, seed) => {
  const scene = await openScene(ground, seed);
  const { desk, writes, got, asks } = scene;
  const { world, time, chance } = desk;
  const id = await asks(NORA, 'The printer is jammed');
  const agent = desk.left.find(({ kind }) => kind === 'assignment')?.to ?? '';
  const resolve = writes(agent, '#resolve\n\nIt works again, $word', got(agent, 'assignment', id));
  const ticket = await world.tickets.read(id);
  // The functions' clocks go some hours ahead of the machine's: much has fallen due, and the watch has not woken yet.
  const ahead = (2 + 8 * chance()) * HOUR;
  world.now = () => new Date(time.now() + ahead).toISOString();
  const turn = { version: 1 as const, ticketId: id, generation: ticket?.watch?.generation ?? 0, turns: 0 };
  const wakes = () => again(() => advanceWatch(turn, world));
  await desk.comeAtOnce([resolve], [wakes, wakes]);
  return settled(scene, (after) => {
    const kinds = kindsOf(after, id);
    const since = kinds.slice(kinds.indexOf('resolved') + 1);
    return [
      ...must(after.tickets.get(id)?.status === 'resolved', `it is ${after.tickets.get(id)?.status}`),
      ...must(
        !since.some(
          (kind) => kind === 'escalated' || kind === 'deadline-breached' || kind === 'deadline-warned',
        ),
        `after it was resolved there came ${since.join(', ')}`,
      ),
      ...must(
        new Set(after.events.get(id)?.flatMap(breachOf)).size ===
          after.events.get(id)?.flatMap(breachOf).length,
        'a deadline fell twice',
      ),
    ];
  });
};

function breachOf(event: TicketEvent): string[] {
  return event.kind === 'deadline-breached' ? [`${event.measure} ${event.startedAt}`] : [];
}

/** Whoever was asked says yes while what was asked is taken back: one of the two counts, and the other one is told. */
const approval: Race = async (ground, seed) => {
  const scene = await openScene(ground, seed);
  const { desk, writes, got, asks } = scene;
  const boss = 'boss@example.org';
  const id = await asks(NORA, 'A second screen');
  const agent = desk.left.find(({ kind }) => kind === 'assignment')?.to ?? '';
  await desk.comes(writes(agent, `#approval ${boss} a second screen`, got(agent, 'assignment', id)));
  await desk.drain();
  const vote = writes(boss, 'approve', got(boss, 'approval', id));
  const back = writes(agent, '#approval none', got(agent, undefined, id));
  await desk.comeAtOnce([vote, back]);
  return settled(scene, (after) => {
    const approvals = after.tickets.get(id)?.approvals ?? [];
    const lines = (after.events.get(id) ?? []).flatMap((event) =>
      event.kind === 'commanded' && event.by === boss ? event.lines : [],
    );
    const [told] = lines.map(({ said }) => said?.key);
    return [
      ...must(
        approvals.length === 1 && approvals[0]?.state !== 'open',
        `the approval is ${approvals[0]?.state}`,
      ),
      ...must(times(after, id, 'approval-decided') === 1, 'it was not decided once'),
      ...must(
        told === (approvals[0]?.state === 'given' ? 'vote-decides' : 'vote-over'),
        `the approval is ${approvals[0]?.state}, and whoever voted was told ${told}`,
      ),
    ];
  });
};

/** Whoever reads the stream reads it four times at once: what happened is counted once. */
const counters: Race = async (ground, seed) => {
  const scene = await openScene(ground, seed);
  const { desk, writes, asks } = scene;
  const { world } = desk;
  const ids = [await asks(NORA, 'The printer is jammed'), await asks('cas@example.com', 'The VPN is slow')];
  const reply = writes('cas@example.com', 'It is slower now, $word', scene.got('cas@example.com'));
  const third = writes('ina@example.net', 'My screen is dark. It is broken, $word');
  const records = async () =>
    [...(await look(desk.table)).tickets.keys()].map((id) => ({ Keys: { pk: { S: `T#${id}` } } }));
  await desk.comeAtOnce(
    [reply, third],
    Array.from({ length: 4 }, () => async () => countMeasures(await records(), world)),
  );
  const all = await records();
  await Promise.all(Array.from({ length: 4 }, () => countMeasures(all, world)));
  const cells = await (await world.rollups()).read('2026-11-23', '2026-11-23', ['priority']);
  const of = (cell: string) => cells.reduce((sum, each) => sum + (each.cells[cell] ?? 0), 0);
  return settled(scene, () => [
    ...must(
      of('opened') === ids.length + 1,
      `${ids.length + 1} tickets were opened, and ${of('opened')} counted`,
    ),
  ]);
};

/** `writers`: how many write at once. */
export function racesOf({ writers: count }: { writers: number }): Record<string, Race> {
  return {
    [`${count} mails to one ticket`]: writers(count),
    'two agents take it': takers,
    'a reply during a merge': merging,
    'escalation during a resolve': escalation,
    'an approval while it is taken back': approval,
    'measures counted eight times at once': counters,
  };
}

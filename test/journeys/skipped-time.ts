/**
 * A desk on a time that nobody has to wait for: it jumps from one thing that is due to the next. What runs is real, the
 * functions' steps over the real adapter of tickets, and the state machine by its own definition, read by the laptop's
 * interpreter; the table, the queues and the executions are in memory. A quarter of a year takes seconds.
 */
import { readFileSync } from 'node:fs';
import { openAddresses } from '../../aws/addresses.ts';
import type { Item, Key, Table, Write } from '../../aws/table.ts';
import { openTickets } from '../../aws/tickets.ts';
import { openUpdates } from '../../aws/updates.ts';
import { watchName } from '../../aws/watches.ts';
import type { Desk } from '../../core/config/desk.ts';
import { ConflictError } from '../../core/faults.ts';
import type { Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { firstTurn, Turn, WatchRequest } from '../../core/ticket/turn.ts';
import { advanceWatch } from '../../functions/advance-watch.ts';
import { again, parse, type World } from '../../functions/handler.ts';
import { relayEvents } from '../../functions/relay-events.ts';
import { startWatch } from '../../functions/start-watch.ts';
import * as asl from '../../local/asl.ts';
import { smallWorld, streamed } from '../functions/world.ts';

const DAY = 86_400_000;

export interface Time {
  /** Epoch ms. */
  now(): number;
  /** In its turn at that time, now if it has passed; what is due at the same instant keeps its order. */
  at(when: number, run: () => Promise<void>): void;
  /** Lets everything happen up to `end`, which it then is. */
  until(end: number): Promise<void>;
}

interface Due {
  at: number;
  order: number;
  run: () => Promise<void>;
}

export function openTime(begin: number): Time {
  const heap: Due[] = [];
  let now = begin;
  let count = 0;
  const isBefore = (a: Due | undefined, b: Due | undefined) =>
    a !== undefined && (b === undefined || a.at < b.at || (a.at === b.at && a.order < b.order));
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b] as Due, heap[a] as Due];
  };
  const take = (): Due | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const next = isBefore(heap[right], heap[left]) ? right : left;
      if (!isBefore(heap[next], heap[place])) return first;
      swap(place, next);
      place = next;
    }
  };
  return {
    now: () => now,
    at(when, run) {
      heap.push({ at: Math.max(when, now), order: count++, run });
      for (let place = heap.length - 1; place > 0; ) {
        const parent = (place - 1) >> 1;
        if (!isBefore(heap[place], heap[parent])) break;
        swap(place, parent);
        place = parent;
      }
    },
    async until(end) {
      for (let due = heap[0]; due && due.at <= end; due = heap[0]) {
        take();
        now = due.at;
        await due.run();
      }
      now = end;
    },
  };
}

export interface Execution {
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  error: string | null;
  startedAt: number;
  /** What the account is charged for: each state that is entered, and each retry. */
  transitions: number;
  /** Entries of its history. */
  events: number;
  state: string;
  enteredAt: number;
  data: asl.Json;
  attempts: Record<string, number>;
  /** How often it asked since time last went on. */
  askedNow: number;
  askedAt: number;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_EVENTS = 25_000;
const LONGEST_LIFE = 365 * DAY;
/** Who asks so often at one instant would never stop. */
const MOST_AT_ONCE = 100;

export const WATCH = readFileSync('workflows/watch.asl.json', 'utf8');

/** Executions of one machine. Retries pause on the same time as waits. */
export function openMachine(
  definition: string,
  time: Time,
  invoke: (payload: asl.Json) => Promise<asl.Json>,
  random: () => number,
) {
  const { startAt, states } = asl.readMachine(definition.replaceAll(`\${AdvanceWatchArn}`, 'arn:advance'));
  const executions = new Map<string, Execution>();

  const enter = (execution: Execution, state: string, data: asl.Json) => {
    Object.assign(execution, { state, data, attempts: {}, enteredAt: time.now() });
    execution.transitions++;
    execution.events++;
  };
  const end = (execution: Execution, status: Execution['status'], error: string | null = null) => {
    Object.assign(execution, { status, error });
    execution.events++;
  };

  const go = async (execution: Execution): Promise<void> => {
    for (;;) {
      if (execution.status !== 'RUNNING') return;
      if (execution.events >= MOST_EVENTS) return end(execution, 'FAILED', 'States.Runtime');
      if (time.now() >= execution.startedAt + LONGEST_LIFE)
        return end(execution, 'TIMED_OUT', 'States.Timeout');
      const state = states[execution.state] as asl.AslState;
      const { data } = execution;
      const leave = (output: asl.Json, next = String(state.Next)) => {
        execution.events++;
        enter(execution, next, output);
      };
      switch (state.Type) {
        case 'Task': {
          execution.events += 2;
          execution.askedNow = execution.askedAt === time.now() ? execution.askedNow + 1 : 1;
          execution.askedAt = time.now();
          if (execution.askedNow > MOST_AT_ONCE) throw new Error(`${execution.name} turns without a pause`);
          const context = {
            State: { Name: execution.state, EnteredTime: new Date(execution.enteredAt).toISOString() },
          };
          try {
            const answer = await invoke(asl.taskCall(state, data, context).payload);
            if (execution.status !== 'RUNNING') return;
            execution.events++;
            leave(asl.taskOutput(state, data, answer, context));
          } catch (thrown) {
            execution.events++;
            const { name, message } = thrown as Error;
            const pause = asl.retry(state, name, execution.attempts, random());
            if (pause) {
              execution.attempts[pause.retrier] = (execution.attempts[pause.retrier] ?? 0) + 1;
              execution.transitions++;
              time.at(time.now() + pause.pause * 1000, () => go(execution));
              return;
            }
            const handled = asl.caught(state, data, { name, message });
            if (!handled) return end(execution, 'FAILED', name);
            leave(handled.output, handled.next);
          }
          break;
        }
        case 'Choice':
          leave(asl.plainOutput(state, data), asl.choose(state, data));
          break;
        case 'Wait': {
          const until = Math.min(asl.waitUntil(state, data, time.now()), execution.startedAt + LONGEST_LIFE);
          if (until > time.now()) return time.at(until, () => go(execution));
          leave(asl.plainOutput(state, data));
          break;
        }
        case 'Succeed':
          return end(execution, 'SUCCEEDED');
        case 'Fail':
          return end(execution, 'FAILED', asl.failure(state, data).error);
        default:
          throw new TypeError(`the watch has no state of the type ${state.Type}`);
      }
    }
  };

  return {
    executions,
    start(name: string, input: asl.Json): 'started' | 'was-started' {
      if (executions.has(name)) return 'was-started';
      const execution: Execution = {
        ...{ name, status: 'RUNNING', error: null, startedAt: time.now(), transitions: 0, events: 1 },
        ...{ state: startAt, enteredAt: time.now(), data: input, attempts: {}, askedNow: 0, askedAt: 0 },
      };
      executions.set(name, execution);
      enter(execution, startAt, input);
      time.at(time.now(), () => go(execution));
      return 'started';
    },
    isRunning: (name: string) => executions.get(name)?.status === 'RUNNING',
    stop(name: string): void {
      const execution = executions.get(name);
      if (execution?.status === 'RUNNING') end(execution, 'ABORTED');
    },
  };
}

export interface Committed {
  before: Ticket | null;
  after: Ticket;
  events: TicketEvent[];
}

/** Conditions hold as in DynamoDB: of two who write, one is told that he came too late. */
function openMemory(
  onCommit: (committed: Committed) => void,
  onEvents: (events: { pk: string; sk: string; event: TicketEvent }[]) => void,
) {
  const items = new Map<string, Item>();
  const open = new Map<string, { pk: string; openPk: string; openSk: string }>();
  const calls = { reads: 0, queries: 0, writes: 0 };
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
  const holds = ({ Put }: Write): boolean => {
    if (!Put?.ConditionExpression) return true;
    const there = items.get(nameOf(Put.Item as Item));
    if (Put.ConditionExpression.startsWith('attribute_not_exists')) return there === undefined;
    return there?.version === Put.ExpressionAttributeValues?.[':read'];
  };
  const put = (item: Item) => {
    const name = nameOf(item);
    items.set(name, item);
    open.delete(name);
    if (item.openPk)
      open.set(name, { pk: item.pk, openPk: String(item.openPk), openSk: String(item.openSk) });
  };
  const write = ({ Put, Update, Delete }: Write) => {
    if (Put) put(Put.Item as Item);
    if (Delete) items.delete(nameOf(Delete.Key as Key));
    if (!Update) return;
    const key = Update.Key as Key;
    const { ':by': by, ':at': at } = Update.ExpressionAttributeValues ?? {};
    const { openTickets = 0, ...others }: Partial<Item> = items.get(nameOf(key)) ?? {};
    const more = { openTickets: Number(openTickets) + Number(by), ...(at ? { lastAssignedAt: at } : {}) };
    items.set(nameOf(key), { ...others, ...key, ...more });
  };
  const table = {
    name: 'table',
    async get<T extends Item>(key: Key) {
      calls.reads++;
      return (items.get(nameOf(key)) as T | undefined) ?? null;
    },
    async getAll<T extends Item>(keys: Key[]) {
      calls.reads += Math.ceil(keys.length / 100);
      return keys.flatMap((key) => (items.get(nameOf(key)) as T | undefined) ?? []);
    },
    async query<T extends Item>({ IndexName, ...rest }: Parameters<Table['query']>[0]) {
      if (IndexName !== 'open') return { items: [] as T[], next: undefined };
      const values = rest.ExpressionAttributeValues ?? {};
      const from = Number(rest.ExclusiveStartKey?.from ?? 0);
      calls.queries++;
      const found = [...open.values()]
        .filter(({ openPk, openSk }) => openPk === values[':shard'] && openSk < (values[':before'] ?? '~'))
        .sort((a, b) => (a.openSk < b.openSk ? -1 : 1));
      const next = found.length > from + PAGE ? { from: from + PAGE } : undefined;
      return { items: found.slice(from, from + PAGE) as unknown as T[], next };
    },
    async transact(writes: Write[]) {
      calls.writes++;
      if (!writes.every(holds)) throw new ConflictError('somebody wrote in between');
      const puts = writes.flatMap(({ Put }) => (Put ? [Put.Item as Item] : []));
      const events = puts.flatMap((item) =>
        item.sk.startsWith('EVENT#') ? [{ pk: item.pk, sk: item.sk, event: item.event as TicketEvent }] : [],
      );
      for (const item of puts.filter(({ sk }) => sk === 'TICKET')) {
        const before = (items.get(nameOf(item))?.ticket as Ticket | undefined) ?? null;
        const own = events.filter(({ pk }) => pk === item.pk).map(({ event }) => event);
        onCommit({ before, after: item.ticket as Ticket, events: own });
      }
      writes.forEach(write);
      onEvents(events);
    },
    async put(item: Item) {
      put(item);
      return true;
    },
  };
  return { table: table as unknown as Table, items, calls };
}

/** Keys of the index in one answer. */
const PAGE = 1_000;

export interface SkippedDesk {
  world: World;
  time: Time;
  machine: ReturnType<typeof openMachine>;
  items: Map<string, Item>;
  calls: { reads: number; queries: number; writes: number };
  /** What lies in the dead-letter queue of the watches. */
  dead: unknown[];
  /** By how much the functions' clocks go wrong, ms; the machine's is right. */
  skew: number;
  /** Called before a watch is started, and before a turn; what it throws is a service's fault. */
  before: (call: 'start' | 'turn') => void;
}

/** How long the queue keeps from others what somebody could not do, and how often it tries (infra/queue.ts). */
const VISIBILITY = 180_000;
const MOST_RECEIVES = 5;

export function openSkippedDesk(
  desk: Desk,
  begin: string,
  {
    definition = WATCH,
    onCommit = () => {},
    random = () => 0.5,
  }: { definition?: string; onCommit?: (committed: Committed) => void; random?: () => number } = {},
): SkippedDesk {
  const time = openTime(Date.parse(begin));
  const deliver = async (body: unknown, receives = 1): Promise<void> => {
    try {
      await startWatch(parse(WatchRequest, body), world);
    } catch {
      if (receives === MOST_RECEIVES) skipped.dead.push(body);
      else time.at(time.now() + VISIBILITY, () => deliver(body, receives + 1));
    }
  };
  const { table, items, calls } = openMemory(onCommit, (events) => {
    time.at(time.now(), async () => void (await relayEvents(events.map(streamed), world)));
  });
  const machine = openMachine(
    definition,
    time,
    async (payload) => {
      skipped.before('turn');
      const input = parse(Turn, payload);
      return (await again(() => advanceWatch(input, world))) as unknown as asl.Json;
    },
    random,
  );
  const world = smallWorld({
    desk,
    now: () => new Date(time.now() + skipped.skew).toISOString(),
    realNow: () => time.now(),
    tickets: openTickets(table),
    addresses: openAddresses(table),
    updates: openUpdates(table, 0),
    updatesQueue: { sendAll: async () => [] } as unknown as World['updatesQueue'],
    watchesQueue: {
      async sendAll(bodies: unknown[]) {
        for (const body of bodies) time.at(time.now(), () => deliver(structuredClone(body)));
        return [];
      },
    } as unknown as World['watchesQueue'],
    watches: {
      async start(ticketId, generation, at) {
        skipped.before('start');
        return machine.start(
          watchName(ticketId, generation),
          firstTurn(ticketId, generation, at) as unknown as asl.Json,
        );
      },
      isRunning: async (ticketId, generation) => machine.isRunning(watchName(ticketId, generation)),
    },
  });
  const skipped: SkippedDesk = {
    ...{ world, time, machine, items, calls },
    ...{ dead: [], skew: 0, before: () => {} },
  };
  return skipped;
}

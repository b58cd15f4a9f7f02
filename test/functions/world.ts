/** A small world in memory, for a function's own step: the real ledger and tickets over a table of items, objects, queues. */
import { readFileSync } from 'node:fs';
import { openAddresses } from '../../aws/addresses.ts';
import { attributesOf } from '../../aws/attributes.ts';
import { openCanaries } from '../../aws/canaries.ts';
import { countDay } from '../../aws/count.ts';
import { openDigests } from '../../aws/digests.ts';
import { openKnowledge } from '../../aws/knowledge.ts';
import { openLedger } from '../../aws/ledger.ts';
import { lookUp } from '../../aws/look.ts';
import type { Mailroom } from '../../aws/mailroom.ts';
import { recall } from '../../aws/recall.ts';
import { openRecurringWork } from '../../aws/recurring.ts';
import { openRollups } from '../../aws/rollups.ts';
import { openReports } from '../../aws/similar.ts';
import type { Item, Key, Table, Write } from '../../aws/table.ts';
import { openTickets } from '../../aws/tickets.ts';
import { readTrial } from '../../aws/trial.ts';
import { openUpdates } from '../../aws/updates.ts';
import { ConflictError } from '../../core/faults.ts';
import type { Receipt } from '../../core/mail/email.ts';
import { parse, type World } from '../../functions/handler.ts';
import { StreamedEvent } from '../../functions/relay-events.ts';
import { desk, keys, MONDAY, receipt } from '../sample.ts';

export interface SmallWorld extends World {
  items: Map<string, Item>;
  table: Table;
  objects: Map<string, { content: Uint8Array; at: string }>;
  /** What was put into the mail queue. */
  sent: unknown[];
  logged: { message: string; ids: Record<string, unknown> }[];
  /** What CloudWatch was told. */
  told: { name: string; value: number }[];
  /** Called before each call of the table, the bucket or a queue with its name; a fault is theirs. */
  before: (call: string) => void;
  time: string;
  /** Whether a transaction that holds an older version, or what is there already, fails as DynamoDB's does. */
  strict: boolean;
  /** How many each transaction held. */
  writes: number[];
}

export function smallWorld(more: Partial<World> = {}): SmallWorld {
  const items: SmallWorld['items'] = new Map();
  const objects: SmallWorld['objects'] = new Map();
  const before = (call: string) => world.before(call);
  const writes: number[] = [];
  const table = tableOf(items, before, () => world.strict, writes);
  const mailroom = mailroomOf(objects, () => world.time, before);
  const [ledger, tickets, digests] = [openLedger(table), openTickets(table), openDigests(table)];
  const knowledge = openKnowledge(table, mailroom);
  const log: World['log']['info'] = (message, ids) => void world.logged.push({ message, ids });
  const world = {
    ...{ items, table, objects, ledger, tickets, digests, mailroom, desk, writes },
    ...{
      sent: [] as unknown[],
      logged: [],
      told: [] as SmallWorld['told'],
      time: MONDAY,
      strict: false,
      before: () => {},
    },
    now: () => world.time,
    realNow: () => Date.parse(world.time),
    random: (octets: number) => new Uint8Array(octets).fill(items.size),
    keys: async () => keys,
    recall: (...[arrival, record, moment]: Parameters<World['recall']>) =>
      recall(arrival, record, moment, { desk, keys, ledger, tickets, digests }),
    learned: async () => null,
    consult: async () => null,
    lookUp: (...[look, by]: Parameters<World['lookUp']>) =>
      lookUp(look, by, { desk, tickets, knowledge, now: () => world.time }),
    knowledge,
    count: (day: string) => countDay(day, world.time, { ledger, mailroom }),
    trial: (since: string) => readTrial({ tickets, ledger }, since),
    updates: openUpdates(table, 0),
    addresses: openAddresses(table),
    recurring: openRecurringWork(table),
    reports: openReports(table, tickets),
    rollups: async () => openRollups(table, tickets, desk),
    rates: {
      arrived: async () => ({ counts: {}, firsts: {} }),
      sent: async () => ({}),
      takeBack: async () => {},
      leaves: async () => true,
      stays: async () => {},
      isSpent: () => false,
    },
    mails: {
      async send(body: unknown) {
        before('queue:send');
        world.sent.push(body);
      },
    },
    watches: { isRunning: async () => true },
    log: { info: log, warn: log },
    canaries: openCanaries(table),
    metric: async (name: string, value: number) => void world.told.push({ name, value }),
    mailer: { quotaUsed: async () => 0 },
    ...more,
  } as unknown as SmallWorld;
  return world;
}

/** Puts a stored mail of test/emails, or one written here, into the world's bucket as SES does, and gives its notification. */
export function deliver(
  world: SmallWorld,
  raw: string | Uint8Array,
  { mailId = 'mail-1', ...verdicts }: Partial<Receipt> = {},
) {
  const content =
    typeof raw === 'string' && raw.endsWith('.eml') ? readFileSync(`test/emails/${raw}`) : Buffer.from(raw);
  world.objects.set(`in/${mailId}`, { content, at: world.time });
  const { recipients, returnPath, spf, dkim, dmarc, spam, virus, dmarcPolicy } = { ...receipt, ...verdicts };
  return {
    notificationType: 'Received' as const,
    mail: { messageId: mailId, timestamp: world.time, source: returnPath },
    receipt: {
      timestamp: world.time,
      recipients,
      ...{ spfVerdict: { status: spf }, dkimVerdict: { status: dkim }, dmarcVerdict: { status: dmarc } },
      ...{ spamVerdict: { status: spam }, virusVerdict: { status: virus }, dmarcPolicy },
      action: { type: 'S3', bucketName: 'bucket', objectKey: `in/${mailId}` },
    },
  };
}

/** An event that was written, as the stream hands it on. */
export function streamed({ pk, sk, event }: Key & { event?: unknown }) {
  return parse(StreamedEvent, { Keys: attributesOf({ pk, sk }), NewImage: attributesOf({ event }) });
}

const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;

function holds({ Put }: Write, items: SmallWorld['items']): boolean {
  const there = Put && items.get(nameOf(Put.Item as Item));
  if (Put?.ConditionExpression === 'attribute_not_exists(pk)') return !there;
  if (Put?.ConditionExpression !== '#version = :read') return true;
  return there?.version === Put.ExpressionAttributeValues?.[':read'];
}

/** Nobody changes the table by what he has read of it. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}

/** Conditions are DynamoDB's affair, and tried on its own engine in test/journeys. */
function tableOf(
  items: SmallWorld['items'],
  before: (call: string) => void,
  isStrict: () => boolean,
  sizes: number[],
): Table {
  const write = ({ Put, Update, Delete }: Write) => {
    if (Put) items.set(nameOf(Put.Item as Item), Put.Item as Item);
    if (Update) addLoad(Update);
    if (Delete) items.delete(nameOf(Delete.Key as Key));
  };
  const addLoad = (update: NonNullable<Write['Update']>) => {
    const { Key: key, ExpressionAttributeNames: names, ExpressionAttributeValues = {} } = update;
    // It only asks whether the version is still the one that was read.
    if (update.UpdateExpression === 'SET #version = :read') return;
    if (names) return addCells(key as Key, names, ExpressionAttributeValues);
    const { ':by': by, ':at': at } = ExpressionAttributeValues;
    const load = items.get(nameOf(key as Key));
    const openTickets = Number(load?.openTickets ?? 0) + Number(by);
    items.set(nameOf(key as Key), {
      ...load,
      ...(key as Key),
      openTickets,
      ...(at ? { lastAssignedAt: at } : {}),
    });
  };
  const addCells = (key: Key, names: Record<string, string>, values: Record<string, unknown>) => {
    const item = items.get(nameOf(key)) ?? key;
    const sums = Object.entries(names).map(([name, cell]) => [
      cell,
      Number((item as Item)[cell] ?? 0) + Number(values[`:${name.slice(1)}`]),
    ]);
    items.set(nameOf(key), { ...item, ...Object.fromEntries(sums) });
  };
  return {
    name: 'table',
    async get<T extends Item>(key: Key) {
      before('table:get');
      return (frozen(items.get(nameOf(key))) as T | undefined) ?? null;
    },
    async getAll<T extends Item>(all: Key[]) {
      if (all.length > 0) before('table:get');
      return all.flatMap((key) => (frozen(items.get(nameOf(key))) as T | undefined) ?? []);
    },
    async query<T extends Item>({
      IndexName,
      ExpressionAttributeValues,
      ScanIndexForward = true,
      Limit,
    }: Parameters<Table['query']>[0]) {
      before('table:query');
      const values = ExpressionAttributeValues as Record<string, string | undefined>;
      const of = (item: Item, name: string) => String(item[name] ?? '');
      const found = [...items.values()].filter((item) => {
        if (IndexName === 'hands')
          return item.handsPk === values[':pk'] && of(item, 'handsSk').startsWith(values[':begins'] ?? '');
        if (values[':shard'])
          return item.openPk === values[':shard'] && of(item, 'openSk') < (values[':before'] ?? '~');
        const [pk, sk, begins] = IndexName
          ? ['listPk', 'listSk', values[':day'] ?? values[':begins']]
          : ['pk', 'sk', values[':prefix']];
        if (values[':from'])
          return item.pk === values[':pk'] && item.sk >= values[':from'] && item.sk <= (values[':to'] ?? '~');
        return item[pk] === values[':pk'] && of(item, sk).startsWith(begins ?? '');
      });
      if (IndexName === 'hands') found.sort((a, b) => (of(a, 'handsSk') < of(b, 'handsSk') ? -1 : 1));
      if (!ScanIndexForward) found.reverse();
      return { items: found.slice(0, Limit).map(frozen) as T[], next: undefined };
    },
    async transact(writes) {
      before('table:transact');
      if (isStrict() && writes.some((write) => !holds(write, items))) throw new ConflictError('a condition');
      sizes.push(writes.length);
      writes.forEach(write);
    },
    async put(item, condition) {
      before('table:put');
      const there = items.get(nameOf(item));
      if (there && condition?.expression === 'attribute_not_exists(pk)') return false;
      const claimed = there?.update as { state: string } | undefined;
      if (condition && claimed && claimed.state !== 'sending') return false;
      if (condition && there && there.saidBy !== item.saidBy) return false;
      items.set(nameOf(item), item);
      return true;
    },
  } as Table;
}

function mailroomOf(
  objects: SmallWorld['objects'],
  now: () => string,
  before: (call: string) => void,
): Mailroom {
  return {
    bucket: 'bucket',
    async read(key, part) {
      before('bucket:read');
      const content = objects.get(key)?.content ?? null;
      return content && part ? content.subarray(part.start, part.end) : content;
    },
    async size(key) {
      before('bucket:size');
      return objects.get(key)?.content.length ?? null;
    },
    async write(key, content) {
      before('bucket:write');
      objects.set(key, { content, at: now() });
    },
    async move(from, to) {
      before('bucket:move');
      const object = objects.get(from);
      if (!object) return;
      objects.set(to, { ...object, at: now() });
      objects.delete(from);
    },
    async remove(key) {
      before('bucket:remove');
      objects.delete(key);
    },
    async *list(prefix) {
      before('bucket:list');
      for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort())
        yield { key, at: objects.get(key)?.at as string };
    },
  };
}

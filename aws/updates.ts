/**
 * What was sent, and what is being sent. A claim with a lease keeps two deliveries of one event from sending one
 * update twice.
 *
 * The window that remains: SES took the mail, and the process died before that was recorded. Then SES's own `Send`
 * event, which carries the update's id, settles the claim. Only if that event comes later than the lease ends does
 * the next try send the same mail again.
 *
 * Who claimed may be dead long before his lease ends, but in AWS nobody can prove it: an invocation's id cannot be
 * asked after, and a message that is received again may be one of the copies that a standard queue now and then hands
 * out beside the first. The lease costs nothing there: what a dead function held comes back after six minutes, when it
 * has ended. A laptop knows better: its functions die with its process, and the next one says since when it is there.
 * It also hands out the `Send` events that SES left before it hands out any update (local/desk.ts), so that the window
 * is shut there, as long as none of these events fails.
 */
import { putReference } from './ledger.ts';
import { expiry, type Item, type Table, type Write } from './table.ts';

export interface UpdateRecord {
  id: string;
  kind: string;
  to: string;
  ticketId: string | null;
  /** `refused` by SES; `withheld` by the desk, because too many went before it; `put-off` until its reader's digest. */
  state: 'sending' | 'sent' | 'refused' | 'withheld' | 'put-off';
  /** ISO 8601 UTC, desk time. */
  at: string;
  /** Real time, epoch ms. */
  leaseUntil: number;
  /** The id that SES gave, with its domain. */
  messageId: string | null;
  detail: string | null;
}

export interface Updates {
  /** What is asked for in one turn of the event loop is one batch read. */
  read(id: string): Promise<UpdateRecord | null>;
  /**
   * `mine`: send it. `again`: send it, but whoever claimed it before ended in the midst, and may have counted it. `done`:
   * nothing is left to do. `taken`: somebody is sending it at this moment.
   */
  claim(
    update: Pick<UpdateRecord, 'id' | 'kind' | 'to' | 'ticketId' | 'at'>,
    realNow: number,
  ): Promise<'mine' | 'again' | 'done' | 'taken'>;
  /** Records the end of it, and which ticket an answer to the id that SES gave belongs to. `realNow` in epoch ms. */
  settle(record: UpdateRecord, realNow: number): Promise<void>;
  /** Gives the claim back: SES did not take the mail. */
  release(record: Pick<UpdateRecord, 'id'>): Promise<void>;
  /** True for the first who says so before `until` (epoch ms of real time), however often he repeats it; false for all others. */
  once(what: string, by: string, until: number, realNow: number): Promise<boolean>;
  wasOnce(what: string): Promise<boolean>;
  /** The same, to be written with what is done once. */
  onceWith(what: string, until: number): Write;
}

/**
 * Longer than the function may run, long enough for SES's `Send` event to arrive, and over when the queue hands out
 * again what a dead function held (infra/queue.ts).
 */
const LEASE = 5 * 60_000;

/** Nothing is handed out again after the two weeks of a queue; so long somebody may ask what was sent to whom, or answer it. */
const KEPT_FOR = 400 * 86_400_000;

/** Whoever claimed before `since`, epoch ms of real time, is known to be dead; 0 where nobody knows. */
export function openUpdates(table: Table, since: number): Updates {
  const readNow = async (id: string) => (await table.get<Updated>(updateKey(id)))?.update ?? null;
  let turn: { ids: Set<string>; found: Promise<Map<string, UpdateRecord>> } | null = null;
  const beginTurn = () => {
    const ids = new Set<string>();
    const readAll = async () => {
      turn = null;
      const items = await table.getAll<Updated>([...ids].map(updateKey));
      return new Map(items.map(({ update }) => [update.id, update]));
    };
    return { ids, found: new Promise<void>((resolve) => setImmediate(resolve)).then(readAll) };
  };
  return {
    async read(id) {
      turn ??= beginTurn();
      const { ids, found } = turn;
      ids.add(id);
      const read = await found.catch(() => null);
      // An item that cannot be read is the fault of none of the others.
      return read ? (read.get(id) ?? null) : readNow(id);
    },
    async claim({ id, kind, to, ticketId, at }, realNow) {
      const update: UpdateRecord = {
        id,
        kind,
        to,
        ticketId,
        at,
        state: 'sending',
        leaseUntil: realNow + LEASE,
        messageId: null,
        detail: null,
      };
      const item = { ...updateKey(id), update, expiresAt: expiry(realNow + KEPT_FOR) };
      if (await table.put(item, { expression: 'attribute_not_exists(pk)' })) return 'mine';
      const before = await readNow(id);
      if (before && before.state !== 'sending') return 'done';
      if (!before || before.leaseUntil >= Math.max(realNow, since + LEASE)) return 'taken';
      const claimed = await table.put(item, {
        expression: '#update.#state = :sending AND #update.leaseUntil = :lease',
        names: { '#update': 'update', '#state': 'state' },
        values: { ':sending': 'sending', ':lease': before.leaseUntil },
      });
      return claimed ? 'again' : 'taken';
    },
    async settle(update, realNow) {
      const { messageId, ticketId, to } = update;
      const expiresAt = expiry(realNow + KEPT_FOR);
      await table.transact([
        { Put: { TableName: table.name, Item: { ...updateKey(update.id), update, expiresAt } } },
        ...(messageId ? [putReference(table, messageId, ticketId, { to, expiresAt })] : []),
      ]);
    },
    async release({ id }) {
      await table.transact([{ Delete: { TableName: table.name, Key: updateKey(id) } }]);
    },
    once: (what, by, until, realNow) =>
      table.put(
        { pk: `ONCE#${what}`, sk: 'ONCE', saidBy: by, expiresAt: expiry(until) },
        {
          expression: 'attribute_not_exists(pk) OR expiresAt < :now OR saidBy = :me',
          values: { ':now': expiry(realNow), ':me': by },
        },
      ),
    wasOnce: async (what) => (await table.get({ pk: `ONCE#${what}`, sk: 'ONCE' })) !== null,
    onceWith: (what, until) => ({
      Put: {
        TableName: table.name,
        Item: { pk: `ONCE#${what}`, sk: 'ONCE', expiresAt: expiry(until) },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }),
  };
}

type Updated = Item & { update: UpdateRecord };

const updateKey = (id: string) => ({ pk: `UPDATE#${id}`, sk: 'UPDATE' });

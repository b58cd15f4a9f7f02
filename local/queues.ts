/**
 * SQS: standard queues with visibility, delays and dead-letter queues, kept in the desk's state.
 *
 * Two times meet here. Delays and the times that a message carries are desk time, since they stand for what people
 * wait for; visibility is real time, since it is a lease on work that takes as long as it takes.
 */
import { randomUUID } from 'node:crypto';
import type { DeskClock } from './clock.ts';
import { AwsFault } from './fault.ts';
import type { State } from './state.ts';

/** A queue as the template has it. Durations are seconds. */
export interface QueueSetting {
  name: string;
  arn: string;
  visibilityTimeout: number;
  delay: number;
  retention: number;
  /** Octets of body and attributes. */
  largestMessage: number;
  deadLetter: { arn: string; maxReceiveCount: number } | null;
}

export interface QueueMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: MessageAttributes;
  receiveCount: number;
  /** Epoch ms of desk time. */
  sentAt: number;
  firstReceivedAt: number;
}

export type MessageAttributes = Record<
  string,
  { DataType: string; StringValue?: string; BinaryValue?: string }
>;

export interface Queues {
  /** Returns the message's id. `delay` in seconds of desk time. Throws AwsFault for what SQS does not take. */
  send(arn: string, body: string, options?: { delay?: number; attributes?: MessageAttributes }): string;
  /** Up to `most` visible messages, leased for `visibility` seconds; none when there are none now. */
  receive(arn: string, most: number, visibility?: number): QueueMessage[];
  delete(arn: string, receiptHandle: string): void;
  /** Whoever received the message has given up on it: it comes back when its visibility ends, and the receive counts. */
  giveUp(arn: string, receiptHandle: string): void;
  changeVisibility(arn: string, receiptHandle: string, seconds: number): void;
  /** Moves all that is visible in one queue into another, as new messages. Returns how many. */
  redrive(from: string, to: string): number;
  purge(arn: string): void;
  count(arn: string): { visible: number; hidden: number; delayed: number };
  /** Are there messages that could be received now? */
  hasReady(arn: string): boolean;
  /** Calls back soon after messages of the queue have become visible, until that is taken back. */
  onReady(arn: string, wake: () => void): () => void;
  settings: readonly QueueSetting[];
  stop(): void;
}

// The characters that XML 1.0 has; SQS refuses a body with any other.
const UNFIT = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export function openQueues(state: State, clock: DeskClock, settings: QueueSetting[]): Queues {
  const { db } = state;
  db.exec(`
    CREATE TABLE IF NOT EXISTS messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      queue TEXT NOT NULL,
      message_id TEXT NOT NULL,
      body TEXT NOT NULL,
      attributes TEXT NOT NULL,
      sent_at INTEGER NOT NULL,
      first_received_at INTEGER NOT NULL DEFAULT 0,
      receive_count INTEGER NOT NULL DEFAULT 0,
      delayed_until INTEGER NOT NULL DEFAULT 0, -- desk time
      hidden_until INTEGER NOT NULL DEFAULT 0,  -- real time
      receipt TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS messages_in_turn ON messages (queue, id);
    CREATE INDEX IF NOT EXISTS messages_delayed ON messages (queue, delayed_until) WHERE delayed_until > 0;
    CREATE INDEX IF NOT EXISTS messages_hidden ON messages (queue, hidden_until) WHERE hidden_until > 0;
    CREATE INDEX IF NOT EXISTS messages_by_receipt ON messages (receipt) WHERE receipt IS NOT NULL;
    -- Whoever held a lease ended with the desk. The receive that was cut off is not counted against the message.
    UPDATE messages SET hidden_until = 0, receipt = NULL, receive_count = max(0, receive_count - 1)
      WHERE hidden_until > 0 AND receipt IS NOT NULL;
  `);
  const sql = {
    insert: db.prepare(
      'INSERT INTO messages (queue, message_id, body, attributes, sent_at, delayed_until) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    ripen: db.prepare(
      'UPDATE messages SET delayed_until = 0 WHERE queue = ? AND delayed_until > 0 AND delayed_until <= ?',
    ),
    release: db.prepare(
      'UPDATE messages SET hidden_until = 0 WHERE queue = ? AND hidden_until > 0 AND hidden_until <= ?',
    ),
    ready: db.prepare(
      'SELECT * FROM messages WHERE queue = ? AND delayed_until = 0 AND hidden_until = 0 ORDER BY id LIMIT ?',
    ),
    lease: db.prepare(
      'UPDATE messages SET hidden_until = ?, receipt = ?, receive_count = ?, first_received_at = ? WHERE id = ?',
    ),
    bury: db.prepare('UPDATE messages SET queue = ?, receipt = NULL, hidden_until = 0 WHERE id = ?'),
    remove: db.prepare('DELETE FROM messages WHERE receipt = ? AND queue = ?'),
    hide: db.prepare(
      'UPDATE messages SET hidden_until = ? WHERE receipt = ? AND queue = ? AND hidden_until > 0',
    ),
    giveUp: db.prepare('UPDATE messages SET receipt = NULL WHERE receipt = ? AND queue = ?'),
    held: db.prepare('SELECT 1 FROM messages WHERE receipt = ? AND queue = ?'),
    nextDelayed: db.prepare(
      'SELECT min(delayed_until) AS at FROM messages WHERE queue = ? AND delayed_until > 0',
    ),
    nextHidden: db.prepare(
      'SELECT min(hidden_until) AS at FROM messages WHERE queue = ? AND hidden_until > 0',
    ),
    count: db.prepare(
      'SELECT count(*) FILTER (WHERE delayed_until = 0 AND hidden_until = 0) AS visible, count(*) FILTER (WHERE hidden_until > 0) AS hidden, count(*) FILTER (WHERE delayed_until > 0) AS delayed FROM messages WHERE queue = ?',
    ),
    purge: db.prepare('DELETE FROM messages WHERE queue = ?'),
    expire: db.prepare('DELETE FROM messages WHERE queue = ? AND sent_at < ?'),
    redrive: db.prepare(
      'UPDATE messages SET queue = ?, message_id = ?, sent_at = ?, receive_count = 0, first_received_at = 0, receipt = NULL WHERE id = ?',
    ),
  };

  interface Queue {
    setting: QueueSetting;
    wakes: Set<() => void>;
    timers: (() => void)[];
    /** The next expiry that a timer is set for, so that a timer is not set anew for each message. */
    due: { delayed: number; hidden: number };
  }
  const byArn = new Map<string, Queue>();
  for (const setting of settings) {
    byArn.set(setting.arn, { setting, wakes: new Set(), timers: [], due: { delayed: 0, hidden: 0 } });
    sql.expire.run(setting.name, clock.now() - setting.retention * 1000);
  }

  const queueOf = (arn: string): Queue => {
    const queue = byArn.get(arn);
    if (!queue) throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  };

  /** Consumers come in a turn of their own: whoever sends is often within a transaction. */
  const wake = (queue: Queue) => {
    for (const consumer of queue.wakes) setImmediate(consumer);
  };

  /** Sets timers for the first delay and the first lease that end; a queue where nothing waits has none. */
  const watchTimes = (queue: Queue) => {
    const delayed = Number(sql.nextDelayed.get(queue.setting.name)?.at ?? 0);
    const hidden = Number(sql.nextHidden.get(queue.setting.name)?.at ?? 0);
    if (delayed === queue.due.delayed && hidden === queue.due.hidden) return;
    for (const cancel of queue.timers) cancel();
    queue.timers = [];
    queue.due = { delayed, hidden };
    const ripen = () => {
      settle(queue);
      queue.due = { delayed: 0, hidden: 0 };
      watchTimes(queue);
      wake(queue);
    };
    if (delayed > 0) queue.timers.push(clock.alarm(delayed, ripen));
    if (hidden > 0) {
      const timer = setTimeout(ripen, Math.max(0, hidden - Date.now()));
      queue.timers.push(() => clearTimeout(timer));
    }
  };

  /** Seldom has a delay or a lease ended: what is known of the next ones saves asking. */
  const settle = ({ setting: { name }, due: { delayed, hidden } }: Queue) => {
    if (delayed > 0 && delayed <= clock.now()) sql.ripen.run(name, clock.now());
    if (hidden > 0 && hidden <= Date.now()) sql.release.run(name, Date.now());
  };

  const send: Queues['send'] = (arn, body, options = {}) => {
    const queue = queueOf(arn);
    if (body === '')
      throw new AwsFault('MissingParameter', 'The request must contain the parameter MessageBody.');
    if (UNFIT.test(body)) throw new AwsFault('InvalidMessageContents', 'Invalid characters found.');
    const attributes = JSON.stringify(options.attributes ?? {});
    if (Buffer.byteLength(body) + attributes.length - 2 > queue.setting.largestMessage) {
      throw new AwsFault(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${queue.setting.largestMessage} bytes.`,
      );
    }
    const delay = options.delay ?? queue.setting.delay;
    if (!(delay >= 0 && delay <= 900))
      throw new AwsFault('InvalidParameterValue', `Value ${delay} for parameter DelaySeconds is invalid.`);
    const messageId = randomUUID();
    const now = clock.now();
    sql.insert.run(queue.setting.name, messageId, body, attributes, now, delay > 0 ? now + delay * 1000 : 0);
    if (delay > 0) watchTimes(queue);
    else wake(queue);
    return messageId;
  };

  const receive: Queues['receive'] = (arn, most, visibility) => {
    const queue = queueOf(arn);
    settle(queue);
    if (sql.ready.get(queue.setting.name, 1) === undefined) return [];
    return state.transaction(() => {
      const taken: QueueMessage[] = [];
      while (taken.length < most) {
        const rows = sql.ready.all(queue.setting.name, most - taken.length);
        if (rows.length === 0) break;
        for (const row of rows) {
          const receiveCount = Number(row.receive_count) + 1;
          const { deadLetter } = queue.setting;
          const grave =
            deadLetter && receiveCount > deadLetter.maxReceiveCount ? byArn.get(deadLetter.arn) : undefined;
          if (grave) {
            sql.bury.run(grave.setting.name, row.id as number);
            wake(grave);
            continue;
          }
          const receiptHandle = randomUUID();
          const firstReceivedAt = Number(row.first_received_at) || clock.now();
          const hiddenUntil = Date.now() + (visibility ?? queue.setting.visibilityTimeout) * 1000;
          sql.lease.run(hiddenUntil, receiptHandle, receiveCount, firstReceivedAt, row.id as number);
          taken.push({
            messageId: row.message_id as string,
            receiptHandle,
            body: row.body as string,
            attributes: JSON.parse(row.attributes as string) as MessageAttributes,
            receiveCount,
            sentAt: Number(row.sent_at),
            firstReceivedAt,
          });
        }
      }
      watchTimes(queue);
      return taken;
    });
  };

  const remove: Queues['delete'] = (arn, receiptHandle) => {
    const queue = queueOf(arn);
    sql.remove.run(receiptHandle, queue.setting.name);
    watchTimes(queue);
  };

  const changeVisibility = (arn: string, receiptHandle: string, seconds: number) => {
    const queue = queueOf(arn);
    if (!(seconds >= 0 && seconds <= 43_200))
      throw new AwsFault(
        'InvalidParameterValue',
        `Value ${seconds} for parameter VisibilityTimeout is invalid.`,
      );
    if (!sql.held.get(receiptHandle, queue.setting.name))
      throw new AwsFault('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    const { changes } = sql.hide.run(
      seconds === 0 ? 0 : Date.now() + seconds * 1000,
      receiptHandle,
      queue.setting.name,
    );
    if (changes === 0) throw new AwsFault('MessageNotInflight', 'The specified message is not in flight.');
    watchTimes(queue);
    if (seconds === 0) wake(queue);
  };

  for (const queue of byArn.values()) watchTimes(queue);
  return {
    send,
    receive,
    delete: remove,
    giveUp(arn, receiptHandle) {
      sql.giveUp.run(receiptHandle, queueOf(arn).setting.name);
    },
    changeVisibility,
    redrive(from, to) {
      const [source, target] = [queueOf(from), queueOf(to)];
      const moved = state.transaction(() => {
        settle(source);
        const rows = sql.ready.all(source.setting.name, -1);
        for (const { id } of rows)
          sql.redrive.run(target.setting.name, randomUUID(), clock.now(), id as number);
        return rows.length;
      });
      watchTimes(source);
      wake(target);
      return moved;
    },
    purge(arn) {
      const queue = queueOf(arn);
      sql.purge.run(queue.setting.name);
      watchTimes(queue);
    },
    count: (arn) =>
      sql.count.get(queueOf(arn).setting.name) as { visible: number; hidden: number; delayed: number },
    hasReady: (arn) => sql.ready.get(queueOf(arn).setting.name, 1) !== undefined,
    onReady(arn, consumer) {
      const { wakes } = queueOf(arn);
      wakes.add(consumer);
      return () => wakes.delete(consumer);
    },
    settings,
    stop() {
      for (const queue of byArn.values()) {
        for (const cancel of queue.timers) cancel();
        queue.wakes.clear();
      }
    },
  };
}

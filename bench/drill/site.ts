/** All that AWS keeps for the desk, as plain data: it is copied before each point that is tried. */
import type { Json } from '../../local/asl.ts';
import { emptyItems, type Items } from './items.ts';

export const QUEUES = ['mail', 'updates', 'watches', 'feedback'] as const;
export type QueueName = (typeof QUEUES)[number];

export interface Site {
  /** Epoch ms. */
  now: number;
  items: Items;
  objects: Map<string, { content: Uint8Array; at: number }>;
  queues: Record<QueueName, { waiting: Waiting[]; dead: string[] }>;
  /** Who reads the table's stream, and how far it came. */
  readers: Record<ReaderName, { place: number; at: number; failed: number }>;
  executions: Map<string, Execution>;
  /** Functions that a schedule calls. */
  calls: { fn: ScheduledName; at: number; left: number }[];
  /** What SES took. */
  sent: Sent[];
  /** What is random is the same in each run of a seed: it is drawn by how much was drawn before. */
  seed: number;
  drawn: number;
}

export type ReaderName = 'relay-events' | 'count-measures';
export type ScheduledName = 'send-digests' | 'sweep';

export interface Waiting {
  body: string;
  /** From when it is handed out, again if it was. */
  at: number;
  received: number;
}

export interface Execution {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  /** Null before the first. */
  state: string | null;
  data: Json;
  attempts: Record<string, number>;
  /** When it goes on; while its function is called, when that has taken too long. */
  at: number;
  isCalled: boolean;
}

export interface Sent {
  messageId: string;
  raw: Uint8Array;
  to: string;
  kind: string;
  ticketId: string | null;
  tags: Record<string, string[]>;
}

export function emptySite(now: number, seed: number): Site {
  const queue = () => ({ waiting: [], dead: [] });
  return {
    now,
    items: emptyItems(),
    objects: new Map(),
    queues: { mail: queue(), updates: queue(), watches: queue(), feedback: queue() },
    readers: {
      'relay-events': { place: 0, at: 0, failed: 0 },
      'count-measures': { place: 0, at: 0, failed: 0 },
    },
    executions: new Map(),
    calls: [],
    sent: [],
    seed,
    drawn: 0,
  };
}

/** `delay` in ms. */
export function sendTo(site: Site, queue: QueueName, body: string, delay: number): void {
  site.queues[queue].waiting.push({ body, at: site.now + delay, received: 0 });
}

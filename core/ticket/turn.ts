/**
 * What goes between the state machine and advance-watch, turn by turn, and between the stream and start-watch: the one
 * place that knows its shape and its version.
 *
 * An execution lives for months and keeps the definition that it began with, while the function behind it is always the
 * newest. So each deployment meets questions that an older definition asks:
 *
 * - What a version gains is optional, in the question and in the answer: an older definition neither says nor reads it.
 * - What an execution begins with may gain fields, and loses none: the definition is deployed before start-watch.
 * - Anything else is a new version: one more shape beside this one, made into the newest when it is read, and answered in
 *   the version that it was asked in. A shape goes when nothing can ask in it any more, a year after the last
 *   deployment that began such executions.
 * - A version that is not known here was begun by a newer release than this one, before somebody went back. It is refused
 *   as invalid input, which the machine does not try again: the execution fails, an alarm rings, and the sweep begins the
 *   next generation of the ticket's watch, in the version that is known here. The ticket itself is the same for both.
 */
import * as z from 'zod/mini';
import type { Watch } from './ticket.ts';

const VERSION = 1;

/** One turn of a watch, as the machine asks for it. */
export const Turn = z.object({
  version: z.literal(VERSION),
  ticketId: z.string(),
  generation: z.int().check(z.minimum(1)),
  turns: z.int().check(z.minimum(0)),
  /** When the machine entered the state that asks, by its own clock. The first definition did not say so. */
  enteredAt: z.optional(z.string()),
});

export type Turn = z.output<typeof Turn>;

/** `at` is ISO 8601 UTC on a whole second, by the machine's clock. */
export type Turned = Turn & { wake: { state: 'waiting'; at: string } | { state: 'ended' } };

/**
 * What an execution begins with: as if advance-watch had been asked, and had said when to wake. The first definition asks
 * all the same. It may differ from one call to the next, because the execution's name is taken by the first.
 */
export function firstTurn(ticketId: string, generation: number, at: string): Turned {
  return { version: VERSION, ticketId, generation, turns: 0, wake: { state: 'waiting', at } };
}

/** A year is the longest Wait of Step Functions; the watch wakes after 300 days at the latest and goes on. */
export const LONGEST_WAIT = 300 * 86_400_000;

/** Epoch ms at which its execution hands over to the next one, long before its year is over. */
export function oldest({ startedAt }: Pick<Watch, 'startedAt'>): number {
  return Date.parse(startedAt) + LONGEST_WAIT;
}

/**
 * When the machine is to wake for what is due at `nextAt` (ISO 8601 UTC), by its own clock, which may be `ahead` of ours
 * (ms). Without that it would find each time past that has not come for us, and ask again and again without a pause. On
 * the next whole second, since a part of one that a clock cuts off would wake it too early.
 */
export function wakeAt(watch: Pick<Watch, 'startedAt'>, nextAt: string, ahead = 0): string {
  const at = Math.min(Date.parse(nextAt), oldest(watch));
  return new Date(Math.ceil((at + Math.max(0, ahead)) / 1000) * 1000).toISOString();
}

/** That the watch of a ticket is to begin. */
export const WatchRequest = z.object({
  version: z.literal(VERSION),
  ticketId: z.string(),
  generation: z.int().check(z.minimum(1)),
  /** When it is to wake first, by `wakeAt`. What an older relay-events put into the queue does not say so. */
  at: z.optional(z.string()),
});

export type WatchRequest = z.output<typeof WatchRequest>;

export function watchRequest(ticketId: string, generation: number, at?: string): WatchRequest {
  return { version: VERSION, ticketId, generation, at };
}

/**
 * The faults that are thrown on purpose. Their `name` is what retries go by, in SQS batches and in the state
 * machine alike. Everything that is expected of people and mail is a value, not one of these.
 */

/** What was given can never be worked on: it is not retried and lands in a dead-letter queue. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
}

/** Somebody else wrote in between: read again and decide again, now. */
export class ConflictError extends Error {
  override name = 'ConflictError';
  /** Partition keys of what somebody else wrote; empty where nobody said so. */
  readonly at: readonly string[];

  constructor(message: string, { cause, at = [] }: { cause?: unknown; at?: readonly string[] } = {}) {
    super(message, { cause });
    this.at = at;
  }
}

/** Whoever was chosen by his load has another one now, and nothing else was in the way: choose again, now. */
export class LoadMovedError extends ConflictError {}

/** A service does not answer or asks us to slow down: try again later. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

/** A service takes no more today, or before somebody mends something: to try again within minutes is of no use. */
export class QuotaError extends UnavailableError {}

/**
 * Poison: a mail at which the desk itself fails. What parses, reads and decides is pure, so that a second try fails
 * as the first one did and would only keep the mail's neighbours waiting. Faults of the world are none of this.
 */

/** A pure step failed. Its message is the cause, `TypeError: …`, on one line and short enough for a record. */
export class PoisonError extends Error {
  override name = 'PoisonError';

  constructor(cause: unknown) {
    super(causeIn(cause), { cause });
  }
}

/** Runs a step that asks nothing of the world. Throws PoisonError for whatever it throws. */
export async function orPoison<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new PoisonError(error);
  }
}

const LONGEST_CAUSE = 400;

function causeIn(error: unknown): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return words
    .slice(0, LONGEST_CAUSE)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .toWellFormed();
}

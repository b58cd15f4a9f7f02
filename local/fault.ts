/**
 * What an AWS service refuses on purpose. `name` is the code that the SDK's clients make an exception of; the gateway
 * writes it in the protocol of the service that was called.
 */
export class AwsFault extends Error {
  readonly status: number;
  /** What the error's shape has beside its message. */
  readonly more: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, more: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.status = status;
    this.more = more;
  }
}

/** The desk cannot start or go on, and the person at the keyboard can do something about it: the message says what. */
export class DeskFault extends Error {
  override name = 'DeskFault';
}

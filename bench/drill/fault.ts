/** A fault by the name that a service's API, the SDK or Lambda gives it; `more` is what an answer says beside it. */
export class NamedError extends Error {
  more: Record<string, unknown>;
  constructor(name: string, message = name, more: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.more = more;
  }
}

/** What the CLI says no to, in words for whoever typed it. Exit code 1. */
export class Refused extends Error {
  override name = 'Refused';
}

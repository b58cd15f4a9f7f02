/** Names of cells that more than one reads and writes. */

/** The opened, less those that are done: the backlog's change. */
export const BALANCE = 'balance';

/** Durations, by the names of their cells: `<series>.<bucket>` has how many, `<series>.sum` their milliseconds. */
export const SERIES = {
  firstResponse: { working: 'fw', elapsed: 'fe' },
  resolution: { working: 'rw', elapsed: 're' },
} as const;

export function tierSeries(tier: number): string {
  return `t${tier}`;
}

/** What benches have in common: the machine that their figures hold for, and how figures are summed up and shown. */
import { cpus, loadavg } from 'node:os';

export interface Machine {
  processor: string;
  cores: number;
  node: string;
  /** ISO 8601 UTC, to the second. */
  date: string;
  /** Of the last minute: what else the machine was doing. */
  load: number;
}

/** CPU of a classic help desk for a mail, ms: the least of what Request Tracker 5 with PostgreSQL needs on two shared cores. It is 470 and 350 at the most. */
export const CLASSIC = { 'new mail': 390, reply: 310 } as const;

/** What our own code may take of CPU for a mail as it stands in the bucket, in times of what mailparser takes for it. */
export const MOST_OF_MAILPARSER = 10;

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    node: process.version,
    date: `${new Date().toISOString().slice(0, 19)}Z`,
    load: rounded(loadavg()[0] ?? 0, 2),
  };
}

export function described({ processor, cores, node, date, load }: Machine): string {
  return `${processor}, ${cores} cores, load ${load}, Node ${node}, ${date}`;
}

/** By nearest rank: always one of the values. `share` is above 0 and at most 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Columns as wide as they need, the first to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, n) => Math.max(cell.length, widest[n] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** What a desk under measurement takes of the machine, as Linux tells it under /proc; nothing elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of the process with all its threads, and of the DynamoDB engine, which it has begun. */
export interface Taken {
  desk: number;
  engine: number;
}

/** Resident, in MB. */
export function residentMB(of: number): Taken {
  return takenBy(of, (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0) / 1024);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: user and system time. */
const TICK_MS = 10;

export function cpuMs(of: number): Taken {
  return takenBy(of, ownCpuMs);
}

/** Of the process and all below it, with what ended below them. */
export function treeCpuMs(of: number): number {
  const { desk, engine } = takenBy(of, (pid) => ownCpuMs(pid) + endedCpuMs(pid));
  return desk + engine;
}

/** Of what the process has begun, and what has ended since. */
export function endedCpuMs(of: number): number {
  const fields = statOf(of);
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * TICK_MS;
}

function ownCpuMs(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

function takenBy(of: number, amount: (pid: number) => number): Taken {
  const names = existsSync('/proc') ? readdirSync('/proc') : [];
  const parents = new Map(
    names.filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), Number(statOf(Number(name))[1])]),
  );
  const isBelow = (pid: number): boolean => pid === of || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  const below = [...parents.keys()].filter((pid) => pid !== of && isBelow(pid));
  return {
    desk: Math.round(amount(of)),
    engine: Math.round(below.reduce((sum, pid) => sum + amount(pid), 0)),
  };
}

/** From the state on: the name before it may hold anything. */
function statOf(pid: number): string[] {
  const text = read(pid, 'stat');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Nothing when the process has ended. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

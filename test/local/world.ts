/** The ground that engines stand on, in a temporary folder, and what an SDK client needs to reach them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type DeskClock, startClock } from '../../local/clock.ts';
import { type Guard, startGateway } from '../../local/gateway.ts';
import { openState, type State } from '../../local/state.ts';

export const ARN = { queue: (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}` };

export interface Ground {
  dataDir: string;
  state: State;
  clock: DeskClock;
  /** What stands on the ground ends before it does. */
  whenClosing(end: () => void): void;
}

/** Lets everybody do all. */
export const EVERYTHING: Guard = { authorize() {} };

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'desk-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opened for one test and closed after it. `again` is a later start of the same desk. */
export function openGround({ dataDir = temporaryFolder(), speed = 1 } = {}): Ground & { close(): void } {
  const state = openState(dataDir);
  const clock = startClock(state, speed);
  const ends: (() => void)[] = [];
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    for (const end of ends.reverse()) end();
    clock.stop();
    state.close();
  };
  onTestFinished(close);
  return { dataDir, state, clock, close, whenClosing: (end) => void ends.push(end) };
}

/** Faults that no caller hears of fail the test. */
export function noFaults(fault: unknown): void {
  throw fault;
}

export async function openTestGateway(guard: Guard = EVERYTHING) {
  const gateway = await startGateway(guard, () => {});
  onTestFinished(() => gateway.stop());
  return gateway;
}

export function clientFor(endpoint: string, principal = 'admin') {
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: principal, secretAccessKey: 'any' },
    maxAttempts: 1,
  };
}

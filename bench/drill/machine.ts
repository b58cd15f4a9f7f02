/** Step Functions: an execution of the watch by its own definition, up to where it waits or calls its function. */
import * as asl from '../../local/asl.ts';
import { WATCH } from '../../test/journeys/skipped-time.ts';
import { NamedError } from './fault.ts';
import type { Execution } from './site.ts';

export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Error };

const machine = asl.readMachine(WATCH.replaceAll(`\${AdvanceWatchArn}`, 'arn:advance'));
/** What its function may take, ms. */
const TIMEOUT = 30_000;
/** Of a jitter. */
const MIDDLE = 0.5;

/** `now` in epoch ms. `call` is told what to do with the answer, which never comes of a function that died. */
export function goOn(
  execution: Execution,
  name: string,
  now: number,
  call: (payload: asl.Json, settle: (outcome: Outcome<unknown>) => void) => void,
): void {
  if (execution.isCalled) {
    fail(execution, name, now, new NamedError('Sandbox.Timedout'));
    return;
  }
  execution.state ??= machine.startAt;
  for (;;) {
    const state = machine.states[execution.state] as asl.AslState;
    const { data } = execution;
    const enter = (next: string, output: asl.Json) =>
      Object.assign(execution, { state: next, data: output, attempts: {} });
    switch (state.Type) {
      case 'Task': {
        const context = { State: { Name: execution.state, EnteredTime: new Date(now).toISOString() } };
        Object.assign(execution, { isCalled: true, at: now + TIMEOUT });
        call(asl.taskCall(state, data, context).payload, (outcome) => {
          if (outcome.ok) {
            const answer = JSON.parse(JSON.stringify(outcome.value)) as asl.Json;
            enter(String(state.Next), asl.taskOutput(state, data, answer, context));
            Object.assign(execution, { isCalled: false, at: now });
          } else fail(execution, name, now, outcome.error);
        });
        return;
      }
      case 'Choice':
        enter(asl.choose(state, data), asl.plainOutput(state, data));
        break;
      case 'Wait': {
        const wakes = asl.waitUntil(state, data, now);
        enter(String(state.Next), asl.plainOutput(state, data));
        if (wakes > now) {
          execution.at = wakes;
          return;
        }
        break;
      }
      default:
        execution.status = state.Type === 'Succeed' ? 'SUCCEEDED' : 'FAILED';
        return;
    }
  }
}

function fail(execution: Execution, name: string, now: number, { name: error, message }: Error): void {
  const state = machine.states[execution.state ?? ''] as asl.AslState;
  const pause = asl.retry(state, error, execution.attempts, MIDDLE);
  execution.isCalled = false;
  if (pause) {
    execution.attempts[pause.retrier] = (execution.attempts[pause.retrier] ?? 0) + 1;
    execution.at = now + pause.pause * 1000;
    return;
  }
  const handled = asl.caught(state, execution.data, { name: error, message });
  if (!handled) throw new Error(`${name} has no end for ${error}`);
  Object.assign(execution, { state: handled.next, data: handled.output, attempts: {}, at: now });
}

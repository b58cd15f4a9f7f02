/** EventBridge Scheduler: calls functions by rate(), cron() and at() on the desk's clock. */
import awsCronParser from 'aws-cron-parser';
import { Temporal } from 'temporal-polyfill';
import type { DeskClock } from './clock.ts';
import type { Functions } from './functions.ts';
import type { Queues } from './queues.ts';
import type { State } from './state.ts';

export interface ScheduleSetting {
  id: string;
  expression: string;
  timezone: string;
  functionArn: string;
  input: unknown;
  /** How often an asynchronous call is repeated when the function fails, and who then hears of it. */
  retries: number;
  onFailureQueueArn: string | null;
  /** Where the schedule itself leaves a call that it could not place. Here it always can. */
  deadLetterArn: string | null;
}

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** Lambda waits a minute before the first repetition of an asynchronous call and two before the second. Real time. */
const PAUSES_MS = [60_000, 120_000];

/** Real time. A desk that hurries would be busy with schedules: what came due of one in the meantime is one call. */
const APART_MS = 1_000;

export function startScheduler(
  state: State,
  clock: DeskClock,
  functions: Pick<Functions, 'invoke'>,
  queues: Pick<Queues, 'send'>,
  settings: ScheduleSetting[],
  report: (fault: unknown) => void,
): { stop(): void } {
  const cancels = new Map<string, () => void>();
  let stopped = false;

  const call = async (setting: ScheduleSetting, attempt = 0): Promise<void> => {
    const outcome = await functions.invoke(setting.functionArn, setting.input);
    if (outcome.ok || stopped) return;
    report(new Error(`${setting.id}: ${outcome.fault.errorType}: ${outcome.fault.errorMessage}`));
    if (attempt < setting.retries) {
      const timer = setTimeout(() => void call(setting, attempt + 1), PAUSES_MS[Math.min(attempt, 1)]);
      cancels.set(`${setting.id}:retry`, () => clearTimeout(timer));
    } else if (setting.onFailureQueueArn) {
      queues.send(
        setting.onFailureQueueArn,
        JSON.stringify({
          version: '1.0',
          timestamp: clock.iso(),
          requestContext: {
            functionArn: setting.functionArn,
            condition: 'RetriesExhausted',
            approximateInvokeCount: attempt + 1,
          },
          requestPayload: setting.input,
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: outcome.fault,
        }),
      );
    }
  };

  const begin = (setting: ScheduleSetting) => {
    const note = `schedule:${setting.id}`;
    let running = false;
    const plan = () => {
      const last = state.read<number>(note) ?? null;
      const at = nextOccurrence(setting, last, clock.now());
      if (at === null) return;
      cancels.set(
        setting.id,
        clock.alarm(at, () => {
          if (stopped) return;
          state.write(note, at);
          // At high speed an occurrence may come due while the last one runs. It is left out.
          if (!running) {
            running = true;
            call(setting)
              .catch(report)
              .finally(() => {
                running = false;
              });
          }
          const timer = setTimeout(plan, APART_MS);
          cancels.set(setting.id, () => clearTimeout(timer));
        }),
      );
    };
    plan();
  };

  for (const setting of settings) begin(setting);
  return {
    stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
    },
  };
}

/**
 * Epoch ms of the next occurrence; null when there is none any more. `last` is the one before, null when there was
 * none. A rate begins with its making. Throws when the expression is none of the three forms.
 */
export function nextOccurrence(
  { expression, timezone }: { expression: string; timezone: string },
  last: number | null,
  now: number,
): number | null {
  const [, form, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  switch (form) {
    case 'rate': {
      const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
      const every = Number(count) * (UNITS[unit] ?? Number.NaN);
      if (!(every > 0)) break;
      // What came due while nobody looked is left out, but for the latest.
      return last === null ? now : Math.max(last + every, last + Math.floor((now - last) / every) * every);
    }
    case 'at':
      return last === null
        ? Temporal.PlainDateTime.from(inner).toZonedDateTime(timezone).epochMilliseconds
        : null;
    case 'cron': {
      // The parser reckons in UTC. It is given the wall's time as if that were UTC, and its answer is taken as such.
      const from = Temporal.Instant.fromEpochMilliseconds(Math.max(last ?? now, now - 1))
        .toZonedDateTimeISO(timezone)
        .toPlainDateTime();
      const wall = awsCronParser.next(
        awsCronParser.parse(inner),
        new Date(`${from.toString({ fractionalSecondDigits: 3 })}Z`),
      );
      return wall
        ? Temporal.PlainDateTime.from(wall.toISOString().slice(0, -1)).toZonedDateTime(timezone)
            .epochMilliseconds
        : null;
    }
  }
  throw new Error(`The schedule expression ${expression} is not one that AWS has.`);
}

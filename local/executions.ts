/**
 * Step Functions: standard executions of the template's machines. Each step is kept before the next one is taken, so
 * that a desk that was killed goes on where it stood; a task that was under way is run again. Waits are on the desk's
 * clock; the pauses of Retry and TimeoutSeconds are real time.
 */
import { createHash } from 'node:crypto';
import type { AslState, Json, Machine } from './asl.ts';
import {
  caught,
  choose,
  failure,
  passOutput,
  plainOutput,
  readMachine,
  retry,
  StateError,
  taskCall,
  taskOutput,
  waitUntil,
} from './asl.ts';
import type { DeskClock } from './clock.ts';
import { AwsFault } from './fault.ts';
import type { Functions } from './functions.ts';
import type { Service } from './gateway.ts';
import type { Fields } from './protocol.ts';
import type { State } from './state.ts';

export interface MachineSetting {
  arn: string;
  name: string;
  /** The definition with its substitutions made. */
  definition: string;
}

export interface Executions {
  service: Service;
  stop(): void;
}

/** `stays`: it waits, works, pauses before a retry, or has ended. */
type Progress = 'goes-on' | 'stays';

interface Row {
  arn: string;
  machine: string;
  name: string;
  definition: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  input: string;
  started: number;
  stopped: number | null;
  state: string;
  /** The input of the state that the execution is in. */
  data: string;
  /** Desk time at which a Wait ends; null outside of one. */
  wake: number | null;
  /** Retries so far of the task it is in, by retrier. */
  attempts: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  events: number;
}

const DAY = 86_400_000;
/** A closed execution is forgotten, and its name free again, after this. */
const KEPT_MS = 90 * DAY;
const MOST_EVENTS = 25_000;
/** An execution that is older fails, whatever it waits for. */
const LONGEST_LIFE_MS = 365 * DAY;
/** How many executions that wake at the same time are begun at once. */
const WAKE_AT_ONCE = 50;
const NAME = /^[^\s\p{Cc}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

export function openExecutions(
  state: State,
  clock: DeskClock,
  functions: Pick<Functions, 'invoke'>,
  settings: MachineSetting[],
  invokable: (machineArn: string, functionArn: string) => void,
  report: (fault: unknown) => void,
  onTransition: () => void = () => {},
): Executions {
  const { db } = state;
  db.exec(`
    CREATE TABLE IF NOT EXISTS definitions (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS executions (
      arn TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, status TEXT NOT NULL,
      input TEXT NOT NULL, started INTEGER NOT NULL, stopped INTEGER, state TEXT NOT NULL, data TEXT NOT NULL, wake INTEGER,
      attempts TEXT NOT NULL DEFAULT '{}', output TEXT, error TEXT, cause TEXT, events INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS executions_waiting ON executions (wake) WHERE wake IS NOT NULL;
    CREATE INDEX IF NOT EXISTS executions_running ON executions (status) WHERE status = 'RUNNING';
    CREATE INDEX IF NOT EXISTS executions_listed ON executions (machine, started);
    CREATE INDEX IF NOT EXISTS executions_closed ON executions (stopped) WHERE stopped IS NOT NULL;
    CREATE TABLE IF NOT EXISTS execution_events (
      execution TEXT NOT NULL REFERENCES executions (arn) ON DELETE CASCADE, id INTEGER NOT NULL, at INTEGER NOT NULL,
      type TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (execution, id)
    ) STRICT, WITHOUT ROWID;
  `);
  const sql = {
    find: db.prepare('SELECT * FROM executions WHERE arn = ?'),
    insert: db.prepare(
      'INSERT INTO executions (arn, machine, name, definition, status, input, started, state, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    save: db.prepare(
      'UPDATE executions SET status = ?, stopped = ?, state = ?, data = ?, wake = ?, attempts = ?, output = ?, error = ?, cause = ?, events = ? WHERE arn = ?',
    ),
    event: db.prepare('INSERT INTO execution_events VALUES (?, ?, ?, ?, ?)'),
    due: db.prepare('SELECT arn FROM executions WHERE wake IS NOT NULL AND wake <= ? ORDER BY wake LIMIT ?'),
    nextWake: db.prepare('SELECT min(wake) AS at FROM executions WHERE wake IS NOT NULL'),
    interrupted: db.prepare("SELECT arn FROM executions WHERE status = 'RUNNING' AND wake IS NULL"),
    forget: db.prepare('DELETE FROM executions WHERE stopped < ?'),
    list: db.prepare(
      'SELECT * FROM executions WHERE machine = ? AND (? IS NULL OR status = ?) ORDER BY started DESC, arn LIMIT ? OFFSET ?',
    ),
    history: db.prepare('SELECT * FROM execution_events WHERE execution = ? AND id > ? ORDER BY id LIMIT ?'),
    entered: db.prepare(
      "SELECT at FROM execution_events WHERE execution = ? AND type LIKE '%StateEntered' ORDER BY id DESC LIMIT 1",
    ),
    historyBack: db.prepare(
      'SELECT * FROM execution_events WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?',
    ),
    define: db.prepare('INSERT OR IGNORE INTO definitions VALUES (?, ?)'),
    definition: db.prepare('SELECT text FROM definitions WHERE hash = ?'),
  };

  const machines = new Map<string, Machine>();
  /** A running execution keeps the definition that it was started with, whatever is deployed meanwhile. */
  const machineOf = (hash: string): Machine => {
    let machine = machines.get(hash);
    if (!machine) {
      machine = readMachine(String(sql.definition.get(hash)?.text));
      machines.set(hash, machine);
    }
    return machine;
  };
  const deployed = new Map(
    settings.map(({ arn, name, definition }) => {
      const hash = createHash('sha256').update(definition).digest('hex');
      machines.set(hash, readMachine(definition));
      sql.define.run(hash, definition);
      return [arn, { name, hash }];
    }),
  );
  sql.forget.run(clock.now() - KEPT_MS);

  /** Executions whose task is under way, with what gives up on it. */
  const underWay = new Map<string, () => void>();
  let stopped = false;
  let cancelAlarm = () => {};

  const find = (arn: string) => sql.find.get(arn) as Row | undefined;

  const save = (row: Row, ...events: [type: string, detail: Fields][]) => {
    state.transaction(() => {
      for (const [type, detail] of events) {
        row.events++;
        sql.event.run(row.arn, row.events, clock.now(), type, JSON.stringify(detail));
      }
      sql.save.run(
        row.status,
        row.stopped,
        row.state,
        row.data,
        row.wake,
        row.attempts,
        row.output,
        row.error,
        row.cause,
        row.events,
        row.arn,
      );
    });
  };

  const end = (
    row: Row,
    status: Row['status'],
    result: { output?: string; error?: string; cause?: string },
  ) => {
    Object.assign(row, { status, stopped: clock.now(), wake: null, ...result });
    const type = {
      SUCCEEDED: 'ExecutionSucceeded',
      FAILED: 'ExecutionFailed',
      ABORTED: 'ExecutionAborted',
      TIMED_OUT: 'ExecutionTimedOut',
      RUNNING: '',
    }[status];
    save(row, [type, result]);
  };

  /** From the state that it has finished to the next one, or to the end. */
  const leave = (row: Row, asl: AslState, output: Json, next?: string) => {
    const exited: [string, Fields] = [
      `${asl.Type}StateExited`,
      { stateExitedEventDetails: { name: row.state, output: JSON.stringify(output) } },
    ];
    const target = next ?? (asl.Next === undefined ? undefined : String(asl.Next));
    if (target === undefined) {
      save(row, exited);
      return end(row, 'SUCCEEDED', { output: JSON.stringify(output) });
    }
    Object.assign(row, { state: target, data: JSON.stringify(output), wake: null, attempts: '{}' });
    save(row, exited, entered(row));
  };

  const entered = (row: Row): [string, Fields] => {
    onTransition();
    const type = machineOf(row.definition).states[row.state]?.Type;
    return [`${type}StateEntered`, { stateEnteredEventDetails: { name: row.state, input: row.data } }];
  };

  /** Goes on until the execution waits, works or has ended. */
  const run = (row: Row): void => {
    let what: Progress = 'goes-on';
    while (what === 'goes-on' && row.status === 'RUNNING' && !stopped) what = step(row);
  };

  const step = (row: Row): Progress => {
    if (row.events >= MOST_EVENTS) {
      const cause = 'The execution reached the maximum number of history events (25000).';
      end(row, 'FAILED', { error: 'States.Runtime', cause });
      return 'stays';
    }
    if (clock.now() >= row.started + LONGEST_LIFE_MS) {
      const cause = 'The execution has run for a year.';
      end(row, 'TIMED_OUT', { error: 'States.Timeout', cause });
      return 'stays';
    }
    const asl = machineOf(row.definition).states[row.state] as AslState;
    const data = JSON.parse(row.data) as Json;
    try {
      return enter(row, asl, data);
    } catch (error) {
      return fail(row, asl, data, error);
    }
  };

  const enter = (row: Row, asl: AslState, data: Json): Progress => {
    switch (asl.Type) {
      case 'Task':
        work(row, asl, data);
        return 'stays';
      case 'Wait': {
        const until = row.wake ?? Math.min(waitUntil(asl, data, clock.now()), row.started + LONGEST_LIFE_MS);
        if (until > clock.now()) {
          if (row.wake === null) {
            row.wake = until;
            save(row);
          }
          setAlarm();
          return 'stays';
        }
        leave(row, asl, plainOutput(asl, data));
        return 'goes-on';
      }
      case 'Choice':
        leave(row, asl, plainOutput(asl, data), choose(asl, data));
        return 'goes-on';
      case 'Pass':
        leave(row, asl, passOutput(asl, data, contextOf(row)));
        return 'goes-on';
      case 'Succeed': {
        const output = JSON.stringify(plainOutput(asl, data));
        save(row, ['SucceedStateExited', { stateExitedEventDetails: { name: row.state, output } }]);
        end(row, 'SUCCEEDED', { output });
        return 'stays';
      }
      case 'Fail':
        end(row, 'FAILED', failure(asl, data));
        return 'stays';
    }
  };

  const work = (row: Row, asl: AslState, data: Json) => {
    const call = taskCall(asl, data, contextOf(row));
    invokable(row.machine, call.functionArn);
    save(
      row,
      ['TaskScheduled', { taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke' } }],
      ['TaskStarted', {}],
    );
    let over = false;
    const seconds = asl.TimeoutSeconds === undefined ? null : Number(asl.TimeoutSeconds);
    const timer =
      seconds === null
        ? undefined
        : setTimeout(
            () => settle(() => Promise.reject(new StateError('States.Timeout', ''))),
            seconds * 1000,
          );
    const settle = (result: () => Promise<Json>) => {
      if (over || stopped) return;
      over = true;
      clearTimeout(timer);
      underWay.delete(row.arn);
      result()
        .then((answer): Progress => {
          save(row, ['TaskSucceeded', {}]);
          leave(row, asl, taskOutput(asl, data, answer, contextOf(row)));
          return 'goes-on';
        })
        .catch((error) => fail(row, asl, data, error))
        .then((what) => (what === 'goes-on' ? run(row) : undefined))
        .catch(report);
    };
    underWay.set(row.arn, () => {
      over = true;
      clearTimeout(timer);
    });
    functions.invoke(call.functionArn, call.payload).then((outcome) =>
      settle(async () => {
        if (outcome.ok) return outcome.value as Json;
        throw new StateError(outcome.fault.errorType, JSON.stringify(outcome.fault));
      }),
    );
  };

  /** Retries, catches or ends the execution. A retry comes back to `run` by itself, after its pause. */
  const fail = (row: Row, asl: AslState, data: Json, thrown: unknown): Progress => {
    const error = errorOf(thrown);
    if (error.name === 'States.Runtime') report(thrown);
    const failed: [string, Fields] = [
      error.name === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed',
      { error: error.name, cause: error.message },
    ];
    const attempts = JSON.parse(row.attempts) as Record<string, number>;
    const again = asl.Type === 'Task' ? retry(asl, error.name, attempts, Math.random()) : null;
    if (again) {
      row.attempts = JSON.stringify({ ...attempts, [again.retrier]: (attempts[again.retrier] ?? 0) + 1 });
      save(row, failed);
      // AWS counts a retry as one.
      onTransition();
      const timer = setTimeout(() => {
        underWay.delete(row.arn);
        run(row);
      }, again.pause * 1000);
      underWay.set(row.arn, () => clearTimeout(timer));
      return 'stays';
    }
    try {
      const handled = asl.Type === 'Task' ? caught(asl, data, error) : null;
      if (handled) {
        save(row, failed);
        leave(row, asl, handled.output, handled.next);
        return 'goes-on';
      }
    } catch (second) {
      Object.assign(error, errorOf(second));
    }
    end(row, 'FAILED', { error: error.name, cause: error.message });
    return 'goes-on';
  };

  const contextOf = (row: Row): Json => ({
    Execution: {
      Id: row.arn,
      Name: row.name,
      Input: JSON.parse(row.input),
      StartTime: new Date(row.started).toISOString(),
    },
    State: { Name: row.state, EnteredTime: new Date(Number(sql.entered.get(row.arn)?.at)).toISOString() },
    StateMachine: { Id: row.machine, Name: deployed.get(row.machine)?.name ?? '' },
  });

  const setAlarm = () => {
    cancelAlarm();
    const at = sql.nextWake.get()?.at;
    if (at !== null && at !== undefined && !stopped) cancelAlarm = clock.alarm(Number(at), ring);
  };

  const ring = () => {
    const rows = sql.due.all(clock.now(), WAKE_AT_ONCE);
    for (const { arn } of rows) {
      const row = find(arn as string);
      if (row) run(row);
    }
    setAlarm();
  };

  const start = (input: Fields): Fields => {
    const machineArn = String(input.stateMachineArn);
    const machine = deployed.get(machineArn);
    if (!machine)
      throw new AwsFault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    const name = String(input.name ?? crypto.randomUUID());
    if (!NAME.test(name)) throw new AwsFault('InvalidName', `Invalid Name: '${name}'`);
    const data = String(input.input ?? '{}');
    try {
      JSON.parse(data);
    } catch {
      throw new AwsFault('InvalidExecutionInput', 'Invalid execution input: it is not JSON.');
    }
    if (Buffer.byteLength(data) > 262_144)
      throw new AwsFault('InvalidExecutionInput', 'The input is too large.');
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const there = find(arn);
    if (there) {
      if (there.status === 'RUNNING' && there.input === data)
        return { executionArn: arn, startDate: there.started / 1000 };
      throw new AwsFault('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const started = clock.now();
    state.transaction(() => {
      sql.insert.run(
        arn,
        machineArn,
        name,
        machine.hash,
        'RUNNING',
        data,
        started,
        machineOf(machine.hash).startAt,
        data,
      );
      const row = find(arn) as Row;
      save(row, ['ExecutionStarted', { executionStartedEventDetails: { input: data } }], entered(row));
    });
    setImmediate(() => run(find(arn) as Row));
    return { executionArn: arn, startDate: started / 1000 };
  };

  const existing = (input: Fields): Row => {
    const row = find(String(input.executionArn));
    if (!row)
      throw new AwsFault('ExecutionDoesNotExist', `Execution Does Not Exist: '${input.executionArn}'`);
    return row;
  };

  const service: Service = {
    protocol: 'json-1.0',
    operations: {
      StartExecution: start,
      StopExecution(input) {
        const row = existing(input);
        if (row.status === 'RUNNING') {
          underWay.get(row.arn)?.();
          underWay.delete(row.arn);
          end(row, 'ABORTED', {
            ...(input.error === undefined ? {} : { error: String(input.error) }),
            ...(input.cause === undefined ? {} : { cause: String(input.cause) }),
          });
          setAlarm();
        }
        return { stopDate: Number(row.stopped) / 1000 };
      },
      DescribeExecution(input) {
        const row = existing(input);
        return {
          ...listed(row),
          input: row.input,
          ...(row.output === null ? {} : { output: row.output }),
          ...(row.error === null ? {} : { error: row.error }),
          ...(row.cause === null ? {} : { cause: row.cause }),
        };
      },
      ListExecutions(input) {
        const most = Number(input.maxResults) || 100;
        const from = Number(input.nextToken ?? 0);
        const status = (input.statusFilter as string | undefined) ?? null;
        const rows = sql.list.all(
          String(input.stateMachineArn),
          status,
          status,
          most + 1,
          from,
        ) as unknown as Row[];
        return {
          executions: rows.slice(0, most).map(listed),
          ...(rows.length > most ? { nextToken: String(from + most) } : {}),
        };
      },
      GetExecutionHistory(input) {
        const row = existing(input);
        const most = Number(input.maxResults) || 100;
        const back = input.reverseOrder === true;
        const from =
          input.nextToken === undefined ? (back ? Number.MAX_SAFE_INTEGER : 0) : Number(input.nextToken);
        const found = (back ? sql.historyBack : sql.history).all(row.arn, from, most + 1);
        const events = found.slice(0, most).map(({ id, at, type, detail }) => ({
          id,
          previousEventId: Number(id) - 1,
          timestamp: Number(at) / 1000,
          type,
          ...(JSON.parse(String(detail)) as Fields),
        }));
        return { events, ...(found.length > most ? { nextToken: String(events.at(-1)?.id) } : {}) };
      },
    },
    needs(operation, input) {
      const resource = String(
        operation === 'StartExecution' || operation === 'ListExecutions'
          ? input.stateMachineArn
          : input.executionArn,
      );
      return [{ action: `states:${operation}`, resource }];
    },
  };

  for (const { arn } of sql.interrupted.all())
    setImmediate(() => !stopped && run(find(arn as string) as Row));
  setAlarm();
  return {
    service,
    stop() {
      stopped = true;
      cancelAlarm();
      for (const giveUp of underWay.values()) giveUp();
    },
  };
}

function errorOf(thrown: unknown): { name: string; message: string } {
  if (thrown instanceof StateError) return { name: thrown.name, message: thrown.message };
  if (thrown instanceof AwsFault) return { name: `Lambda.${thrown.name}`, message: thrown.message };
  return { name: 'States.Runtime', message: (thrown as Error).message };
}

function listed(row: Row): Fields {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machine,
    name: row.name,
    status: row.status,
    startDate: row.started / 1000,
    ...(row.stopped === null ? {} : { stopDate: row.stopped / 1000 }),
  };
}

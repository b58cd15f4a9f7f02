/** A ticket's watch, turn by turn: the real definition and the real functions on a skipped clock. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../core/faults.ts';
import { change } from '../../core/ticket/change.ts';
import type { Happening, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { firstTurn, LONGEST_WAIT, type WatchRequest } from '../../core/ticket/turn.ts';
import { sweep } from '../../functions/sweep.ts';
import type { Json } from '../../local/asl.ts';
import { LIVES, liveThrough } from '../journeys/lives.ts';
import { openMachine, openSkippedDesk, openTime, type SkippedDesk, WATCH } from '../journeys/skipped-time.ts';
import { ID, LUIS, later, MONDAY, opened, desk as sample } from '../sample.ts';

const DAY = 86_400_000;
/** With no work of its own. */
const desk = { ...sample, recurring: [] };
let skipped: SkippedDesk;
let events: TicketEvent[];

function begin(definition = WATCH): void {
  events = [];
  skipped = openSkippedDesk(desk, MONDAY, {
    definition,
    onCommit: (committed) => events.push(...committed.events),
  });
}

beforeEach(async () => {
  begin();
  await skipped.world.tickets.sayReckonedBy(desk.hash);
});

const open = () => skipped.world.tickets.commit(opened(MONDAY), []);
const at = (hours: number) => skipped.time.until(Date.parse(later(MONDAY, hours)));
const read = async () => (await skipped.world.tickets.read(ID)) as Ticket;
const execution = (generation: number) => skipped.machine.executions.get(`${ID}-g${generation}`);
async function happens(...happenings: Happening[]): Promise<void> {
  const now = new Date(skipped.time.now()).toISOString();
  await skipped.world.tickets.commit(change(await read(), happenings, now, desk), []);
}
/** What time did, with the hours since Monday. */
const story = () =>
  events
    .filter(({ kind }) => kind.startsWith('deadline-'))
    .map((event) => [
      (Date.parse(event.at) - Date.parse(MONDAY)) / 3_600_000,
      event.kind,
      'measure' in event ? event.measure : '',
    ]);
const until = (hours: number): Happening => ({
  ...{ kind: 'paused', until: later(MONDAY, hours), reason: 'the delivery', by: LUIS },
});

/** An undisturbed desk tells of the first response at these hours. */
const WARNED = [3, 'deadline-warned', 'firstResponse'];
const BREACHED = [4, 'deadline-breached', 'firstResponse'];

test('wakes at each deadline, to the minute, and says it once', async () => {
  await open();
  await at(4.1);
  expect(story()).toEqual([WARNED, BREACHED]);
  expect(execution(1)?.status).toBe('RUNNING');
});

test('a deadline between two seconds is told on the next one, and costs no turn more', async () => {
  const between = new Date(Date.parse(MONDAY) + 512).toISOString();
  await skipped.time.until(Date.parse(between));
  await skipped.world.tickets.commit(opened(between), []);
  await skipped.time.until(Date.parse(later(MONDAY, 4)) + 5_000);
  expect(events.filter(({ kind }) => kind.startsWith('deadline-')).map(({ at: told }) => told)).toEqual([
    later(MONDAY, 3 + 1 / 3_600),
    later(MONDAY, 4 + 1 / 3_600),
  ]);
  expect(execution(1)?.transitions).toBe(2 * 3 + 1);
});

describe('a long wait', () => {
  test('ends to the minute after more than a year: the watch hands over before its execution is too old', async () => {
    await open();
    await happens(until(24 * 500));
    await at(24 * 500 - 0.1);
    expect((await read()).status).toBe('waiting');
    expect([...skipped.machine.executions.values()].map(({ status }) => status)).not.toContain('TIMED_OUT');
    await at(24 * 500);
    expect((await read()).status).toBe('open');
  });

  test('that begins when the execution is 200 days old does not outlive it', async () => {
    await open();
    await happens(until(24 * 200));
    await at(24 * 200);
    await happens(until(24 * 450));
    await at(24 * 450);
    expect((await read()).status).toBe('open');
    expect((await read()).watch?.generation).toBeGreaterThan(1);
    expect([...skipped.machine.executions.values()].map(({ status }) => status)).not.toContain('TIMED_OUT');
  });

  test('no wake is named later than 300 days after the watch began', async () => {
    await open();
    await happens(until(24 * 5_000));
    await at(1);
    const { data } = execution(1) as { data: unknown };
    expect(Date.parse((data as { wake: { at: string } }).wake.at)).toBeLessThanOrEqual(
      Date.parse(MONDAY) + LONGEST_WAIT,
    );
  });
});

describe('a redeployment while tickets run', () => {
  test.each([1, 2])('an execution of definition %i goes on with the newest functions', async (number) => {
    begin(readFileSync(`test/functions/watch-${number}.asl.json`, 'utf8'));
    await open();
    await at(4.1);
    expect(story()).toEqual([WARNED, BREACHED]);
    await happens({ kind: 'closed', reason: '', by: LUIS });
    await at(24 * 30);
    expect([...skipped.machine.executions.values()].map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  test('a version that is not known is refused aloud, nothing happens to the ticket, and the sweep brings the known one', async () => {
    await open();
    await at(0.5);
    skipped.machine.stop(`${ID}-g1`);
    await happens({
      kind: 'watch-started',
      ...{
        generation: 2,
        nextAt: later(MONDAY, 3),
        nextKind: 'warn:firstResponse',
        reason: 'by a newer release',
      },
    });
    skipped.machine.executions.delete(`${ID}-g2`);
    skipped.machine.start(`${ID}-g2`, {
      ...(firstTurn(ID, 2, later(MONDAY, 0.5)) as unknown as object),
      version: 2,
    } as Json);
    const before = await read();
    await at(0.6);
    expect(execution(2)).toMatchObject({ status: 'FAILED', error: 'InvalidInputError' });
    expect(await read()).toEqual(before);
    await at(1);
    expect(await sweep(skipped.world)).toMatchObject({ watches: 0 });
    await at(2);
    expect(await sweep(skipped.world)).toMatchObject({ watches: 1 });
    await at(4.1);
    expect(execution(3)?.status).toBe('RUNNING');
    expect(story()).toEqual([WARNED, BREACHED]);
  });
});

describe('a start', () => {
  test('waits at once: until something is due, nobody reads the ticket and advance-watch is not asked', async () => {
    await open();
    const { reads } = skipped.calls;
    await at(2.9);
    expect(skipped.calls.reads - reads).toBe(0);
    expect(execution(1)).toMatchObject({ status: 'RUNNING', transitions: 1 });
  });

  test('of a ticket that was closed meanwhile ends with its first turn, and does nothing', async () => {
    await open();
    await happens({ kind: 'closed', reason: '', by: LUIS });
    const { writes } = skipped.calls;
    await at(24);
    expect(execution(1)).toMatchObject({ status: 'SUCCEEDED', transitions: 4 });
    expect(skipped.calls.writes).toBe(writes);
  });

  test('of a generation that another has followed meanwhile ends so too, and time is told once', async () => {
    await open();
    await happens({
      ...{ kind: 'prioritised', impact: 'everyone', urgency: 'outage', priority: 'P1' },
      ...{ previous: 'P3', reason: '', by: LUIS },
    });
    expect((await read()).watch?.generation).toBe(2);
    await at(3.1);
    expect(execution(1)).toMatchObject({ status: 'SUCCEEDED', transitions: 4 });
    expect(execution(2)?.status).toBe('RUNNING');
    expect(new Set(story().map(String)).size).toBe(story().length);
  });

  test('of which an older request does not say when it wakes asks advance-watch at once', async () => {
    const { watchesQueue } = skipped.world;
    const { sendAll } = watchesQueue;
    watchesQueue.sendAll = (requests) =>
      sendAll(requests.map((request) => ({ ...(request as WatchRequest), at: undefined })));
    await open();
    await at(2.9);
    expect(execution(1)).toMatchObject({ status: 'RUNNING', transitions: 4 });
    await at(4.1);
    expect(story()).toEqual([WARNED, BREACHED]);
  });

  test('that comes after the first deadline wakes at once', async () => {
    await at(3.5);
    await open();
    await at(3.6);
    expect(story()).toEqual([[3.5, 'deadline-warned', 'firstResponse']]);
    await at(4.1);
    expect(story().at(-1)).toEqual(BREACHED);
  });
});

describe('a start that is refused', () => {
  test('is tried again by the queue, and no deadline is late', async () => {
    let refused = 0;
    skipped.before = (call) => {
      if (call === 'start' && refused++ < 4) throw new UnavailableError('ThrottlingException');
    };
    await open();
    await at(4.1);
    expect(refused).toBe(5);
    expect(skipped.dead).toEqual([]);
    expect(story()).toEqual([WARNED, BREACHED]);
  });

  test('five times ends in the dead-letter queue; the sweep begins the watch before the deadline', async () => {
    let refused = 0;
    skipped.before = (call) => {
      if (call === 'start' && refused++ < 5) throw new UnavailableError('ThrottlingException');
    };
    await open();
    await at(1);
    expect(skipped.dead).toHaveLength(1);
    expect(await sweep(skipped.world)).toMatchObject({ watches: 0 });
    await at(2);
    expect(await sweep(skipped.world)).toMatchObject({ watches: 1 });
    await at(4.1);
    expect(story()).toEqual([WARNED, BREACHED]);
  });

  test('because it was begun before is as good as begun', async () => {
    await open();
    await at(0.1);
    await skipped.world.watches.start(ID, 1, later(MONDAY, 3));
    await at(4.1);
    expect(skipped.machine.executions.size).toBe(1);
    expect(story()).toEqual([WARNED, BREACHED]);
  });
});

describe('an execution that is lost', () => {
  const sweptHourly = async (from: number, to: number) => {
    for (let hour = from; hour <= to; hour++) {
      await at(hour);
      await sweep(skipped.world);
    }
  };

  test.each(['before its last hour', 'in its last hour'])(
    '%s is begun again within the hour',
    async (when) => {
      await open();
      const lost = when === 'in its last hour' ? 2.5 : 1.5;
      await at(lost);
      skipped.machine.stop(`${ID}-g1`);
      await sweptHourly(Math.ceil(lost), 5);
      // Lost at half past two and swept at three, its warning came with the sweep.
      expect(story()).toEqual([WARNED, BREACHED]);
      expect((await read()).watch).toMatchObject({ generation: 2, state: 'running' });
    },
  );

  test('because advance-watch failed at it is begun again, and told apart from one that is being tried again', async () => {
    await open();
    let faults = 0;
    skipped.before = (call) => {
      if (call === 'turn' && skipped.time.now() > Date.parse(MONDAY) && faults++ < 1)
        throw new TypeError('a fault of ours');
    };
    await at(3.5);
    expect(execution(1)).toMatchObject({ status: 'FAILED', error: 'TypeError' });
    await sweptHourly(4, 5);
    expect(story().at(-1)).toEqual(BREACHED);
    begin();
    await skipped.world.tickets.sayReckonedBy(desk.hash);
    await open();
    skipped.before = (call) => {
      if (call === 'turn' && skipped.time.now() >= Date.parse(later(MONDAY, 3)))
        throw new UnavailableError('down');
    };
    await at(5);
    expect(await sweep(skipped.world)).toMatchObject({ watches: 0 });
    skipped.before = () => {};
    await at(6);
    expect(story().map(([, kind]) => kind)).toEqual(['deadline-warned', 'deadline-breached']);
    expect((await read()).watch?.generation).toBe(1);
  });
});

describe('an execution that has turned often', () => {
  test('hands over at 1,600 turns: the next generation goes on', async () => {
    await open();
    await at(0.5);
    skipped.machine.stop(`${ID}-g1`);
    skipped.machine.executions.delete(`${ID}-g1`);
    skipped.machine.start(`${ID}-g1`, {
      ...(firstTurn(ID, 1, later(MONDAY, 3)) as unknown as object),
      turns: 1_599,
    } as Json);
    await at(4.1);
    expect(execution(1)?.status).toBe('SUCCEEDED');
    expect(execution(2)?.status).toBe('RUNNING');
    expect(story()).toEqual([WARNED, BREACHED]);
  });

  test('has written no more than 20,000 entries by then, even when each turn is tried twice', async () => {
    const time = openTime(0);
    let calls = 0;
    const machine = openMachine(
      WATCH,
      time,
      async (payload) => {
        if (calls++ % 2 === 0) throw new UnavailableError('busy');
        const turn = payload as { turns: number };
        const ended: Json = { ...turn, wake: { state: 'ended' } };
        return turn.turns >= 1_600
          ? ended
          : {
              ...turn,
              turns: turn.turns + 1,
              wake: { state: 'waiting', at: new Date(time.now() + 1_000).toISOString() },
            };
      },
      () => 0,
    );
    machine.start('often', firstTurn(ID, 1, new Date(0).toISOString()) as unknown as Json);
    await time.until(DAY * 3);
    const often = machine.executions.get('often');
    expect(often?.status).toBe('SUCCEEDED');
    expect(often?.events).toBeGreaterThan(15_000);
    expect(often?.events).toBeLessThan(20_000);
  });
});

describe('a clock that goes wrong', () => {
  test.each([1, 30, 3_600, 86_400])(
    'functions %i s behind the machine: no busy loop, each deadline once, by their clock',
    async (seconds) => {
      await open();
      skipped.skew = -seconds * 1000;
      await at(4.1 + seconds / 3_600);
      expect(story()).toEqual([WARNED, BREACHED]);
      expect(execution(1)?.transitions).toBeLessThanOrEqual(3 * 5);
    },
  );

  test('functions ahead of the machine: each deadline once', async () => {
    await open();
    skipped.skew = 20 * 60_000;
    await at(4.5);
    expect(story().map(([, kind]) => kind)).toEqual(['deadline-warned', 'deadline-breached']);
    expect(execution(1)?.transitions).toBeLessThanOrEqual(3 * 4);
  });

  test('a clock that jumps to and fro says nothing twice, misses nothing, and turns no more often than it jumps', async () => {
    await open();
    for (let jump = 0; jump < 40; jump++) {
      skipped.skew = (((jump * 7_919) % 7_200) - 3_600) * 1000;
      await at(jump * 0.2);
    }
    skipped.skew = 0;
    await at(12);
    const kinds = story().map(([, kind, measure]) => `${kind} ${measure}`);
    expect(kinds).toContain('deadline-warned firstResponse');
    expect(kinds).toContain('deadline-breached firstResponse');
    const turns =
      [...skipped.machine.executions.values()].reduce((sum, { transitions }) => sum + transitions, 0) / 3;
    expect(turns).toBeLessThan(50);
    expect(events.filter(({ kind }) => kind === 'deadline-breached').length).toBe(
      new Set(
        events.flatMap((event) =>
          event.kind === 'deadline-breached' ? [event.measure + event.startedAt] : [],
        ),
      ).size,
    );
  });
});

describe('what a ticket costs', () => {
  test('is at most 19 transitions for six deadlines', async () => {
    const { deadlines, transitions } = await liveThrough(LIVES['six deadlines that nobody kept']);
    expect(deadlines).toBe(6);
    expect(transitions).toBeLessThanOrEqual(19);
  });

  test('is no more than that for any usual life, in one execution where no deadline moves forward', async () => {
    for (const [name, life] of Object.entries(LIVES)) {
      const lived = await liveThrough(life);
      expect(lived.transitions, name).toBeLessThanOrEqual(3 * Math.max(6, lived.deadlines) + 4);
      expect(lived.generations, name).toBeLessThanOrEqual(2);
    }
  });
});

/** The clock's speed is changed while the desk runs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startClock } from '../../local/clock.ts';
import { openFunctions } from '../../local/functions.ts';
import { openState } from '../../local/state.ts';
import { temporaryFolder } from './world.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');
const HOUR = 3_600_000;

describe('the clock', () => {
  afterEach(() => void vi.useRealTimers());

  function clockAtNoon() {
    vi.useFakeTimers({ now: NOON });
    const state = openState(temporaryFolder());
    return { state, clock: startClock(state, 1) };
  }

  test('another speed goes on from where time stands, and its reading says so', () => {
    const { clock } = clockAtNoon();
    vi.advanceTimersByTime(10_000);
    clock.setSpeed(600);
    expect(clock.iso()).toBe('2026-03-02T12:00:10.000Z');
    expect(clock.reading).toBe(`${NOON + 10_000},${NOON + 10_000},600`);
    vi.advanceTimersByTime(6000);
    clock.setSpeed(1);
    expect(clock.iso()).toBe('2026-03-02T13:00:10.000Z');
    vi.advanceTimersByTime(1000);
    expect(clock.iso()).toBe('2026-03-02T13:00:11.000Z');
  });

  test('an alarm that was set before rings when its time has come at the new speed, and once', () => {
    const { clock } = clockAtNoon();
    const ring = vi.fn();
    clock.alarm(NOON + HOUR, ring);
    clock.setSpeed(600);
    vi.advanceTimersByTime(5990);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    clock.setSpeed(1);
    vi.advanceTimersByTime(2 * HOUR);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  test('after a kill at the new speed desk time is never behind anything that was said before', () => {
    const { state, clock } = clockAtNoon();
    clock.setSpeed(600);
    vi.advanceTimersByTime(900);
    const said = clock.now();
    expect(startClock(state, 1).now()).toBeGreaterThanOrEqual(said);
  });
});

describe('functions that are given another environment', () => {
  function open(text: string) {
    const dataDir = temporaryFolder();
    const [folder, arn] = [join(dataDir, 'asset'), 'arn:aws:lambda:us-east-1:000000000000:function:Work'];
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.mjs'), text);
    const functions = openFunctions(dataDir, () => ({}), [
      {
        ...{ id: 'Work', arn, name: 'Work', folder, handler: 'index.handler' },
        ...{ environment: { SPEED: 'slow' }, memory: 128, timeout: 5 },
      },
    ]);
    onTestFinished(() => functions.stop());
    return { functions, invoke: (event: unknown) => functions.invoke(arn, event) };
  }

  test('have it from their next invocation on, and keep what they have in memory', async () => {
    const { functions, invoke } = open(
      'let calls = 0; export const handler = async () => [process.env.SPEED, ++calls];',
    );
    expect(await invoke({})).toEqual({ ok: true, value: ['slow', 1] });
    await functions.renew(() => () => ({ SPEED: 'fast' }));
    expect(await invoke({})).toEqual({ ok: true, value: ['fast', 2] });
  });

  test('end in the old one what they have begun, before the change', async () => {
    const { functions, invoke } = open(
      'export const handler = async ({ wait }) => { await new Promise((done) => setTimeout(done, wait)); return process.env.SPEED; };',
    );
    const order: string[] = [];
    await invoke({ wait: 0 });
    const begun = invoke({ wait: 200 }).then((outcome) => {
      order.push('the old one ended');
      return outcome;
    });
    const renewed = functions.renew(() => {
      order.push('the change');
      return () => ({ SPEED: 'fast' });
    });
    const later = invoke({ wait: 0 });
    expect(await begun).toEqual({ ok: true, value: 'slow' });
    await renewed;
    expect(await later).toEqual({ ok: true, value: 'fast' });
    expect(order).toEqual(['the old one ended', 'the change']);
  });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startClock } from '../../local/clock.ts';
import { openState } from '../../local/state.ts';
import { temporaryFolder } from './world.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

const newState = () => openState(temporaryFolder());

test('at speed 1 desk time is the time of the wall', () => {
  const clock = startClock(newState(), 1);
  vi.advanceTimersByTime(90_000);
  expect(clock.iso()).toBe('2026-03-02T12:01:30.000Z');
});

test('at speed 3600 an hour passes in each second', () => {
  const clock = startClock(newState(), 3600);
  vi.advanceTimersByTime(2000);
  expect(clock.iso()).toBe('2026-03-02T14:00:00.000Z');
});

test('a desk may begin on another day, and goes on from there', () => {
  const state = newState();
  const first = startClock(state, 1, NOON + 100 * HOUR);
  vi.advanceTimersByTime(HOUR);
  first.stop();
  expect(startClock(state, 1, NOON).now()).toBe(NOON + 101 * HOUR);
});

test('desk time stands still while the desk is stopped, and goes on at whatever speed it is started with', () => {
  const state = newState();
  const first = startClock(state, 3600);
  vi.advanceTimersByTime(1000);
  first.stop();
  vi.setSystemTime(NOON + 48 * HOUR);
  const second = startClock(state, 1);
  expect(second.iso()).toBe('2026-03-02T13:00:00.000Z');
  vi.advanceTimersByTime(1000);
  expect(second.iso()).toBe('2026-03-02T13:00:01.000Z');
});

test('after a kill desk time is never behind anything that was said before it', () => {
  const state = newState();
  const killed = startClock(state, 3600);
  vi.advanceTimersByTime(10_700);
  const said = killed.now();
  const next = startClock(state, 3600);
  expect(next.now()).toBeGreaterThanOrEqual(said);
  expect(next.now()).toBeLessThan(said + 3 * HOUR);
});

test('a process that was held up past its note keeps the later time before it says it', () => {
  const state = newState();
  const heldUp = startClock(state, 3600);
  vi.setSystemTime(NOON + 60_000);
  const said = heldUp.now();
  expect(startClock(state, 3600).now()).toBeGreaterThanOrEqual(said);
});

test('a wall clock that is set back does not take desk time back', () => {
  const clock = startClock(newState(), 1);
  vi.advanceTimersByTime(5000);
  const said = clock.now();
  vi.setSystemTime(NOON - HOUR);
  expect(clock.now()).toBe(said);
});

test('an alarm rings when desk time has come, and not before', () => {
  const clock = startClock(newState(), 3600);
  const ring = vi.fn();
  clock.alarm(clock.now() + 60 * 24 * HOUR, ring);
  vi.advanceTimersByTime(60 * 24 * 1000 - 1);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  expect(ring).toHaveBeenCalledTimes(1);
});

test('an alarm of an hour rings within a minute after a suspended machine wakes past it', () => {
  const clock = startClock(newState(), 1);
  const ring = vi.fn();
  clock.alarm(clock.now() + HOUR, ring);
  // Timers stood still while the wall's clock went on.
  vi.setSystemTime(NOON + 8 * HOUR);
  vi.advanceTimersByTime(60_001);
  expect(ring).toHaveBeenCalledTimes(1);
});

test('an alarm that was taken back does not ring', () => {
  const clock = startClock(newState(), 3600);
  const ring = vi.fn();
  clock.alarm(clock.now() + HOUR, ring)();
  vi.advanceTimersByTime(5000);
  expect(ring).not.toHaveBeenCalled();
});

test('what the functions are told gives the same time as the clock', () => {
  const clock = startClock(newState(), 60);
  vi.advanceTimersByTime(1234);
  const [real, desk, speed] = clock.reading.split(',').map(Number) as [number, number, number];
  expect(desk + (Date.now() - real) * speed).toBe(clock.now());
});

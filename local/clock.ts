/**
 * Desk time: real time as long as --speed is 1, and that many times faster otherwise. It drives the functions'
 * `world.now()`, waits of the state machine, schedules, delays of queue messages and the dates on mail. It stands
 * still while the desk is stopped and never goes back.
 */
import type { State } from './state.ts';

/** How long a timer may sleep before it looks at the clock again: a suspended machine stops timers, not the wall's time. */
const LONGEST_SLEEP_MS = 60_000;
const KEEP_EVERY_MS = 1000;

export interface DeskClock {
  /** Epoch milliseconds of desk time. */
  now(): number;
  /** ISO 8601 UTC of desk time. */
  iso(): string;
  readonly speed: number;
  /** From now on time goes so many times faster than on the wall, from where it stands: it does not jump. */
  setSpeed(speed: number): void;
  /** What DESK_CLOCK says to the functions: `<real epoch ms>,<desk epoch ms>,<speed>` of one instant. */
  readonly reading: string;
  /** Rings once when desk time has reached `at` (epoch ms), however far away; soon when it is past. Returns what takes it back. */
  alarm(at: number, ring: () => void): () => void;
  /** Keeps the time it has now, for the next start. */
  stop(): void;
}

/** `begin`, epoch ms, is the time of a desk that has none yet; later starts go on from where the desk stood still. */
export function startClock(state: State, firstSpeed: number, begin = Date.now()): DeskClock {
  const kept = state.read<{ upTo: number }>('clock');
  let real = Date.now();
  let desk = kept?.upTo ?? begin;
  let speed = firstSpeed;
  const reckon = () => Math.floor(desk + (Date.now() - real) * speed);
  const alarms = new Set<() => void>();

  let upTo = desk;
  let latest = desk;
  // The note lies ahead of now, so that a desk that is killed between two notes resumes later than anything it has
  // said, never earlier.
  const keep = () => {
    upTo = Math.max(upTo, latest) + Math.ceil(2 * KEEP_EVERY_MS * speed);
    state.write('clock', { upTo });
  };
  const keeper = setInterval(() => {
    latest = Math.max(latest, reckon());
    upTo = latest;
    keep();
  }, KEEP_EVERY_MS);
  keep();

  const clock: DeskClock = {
    get speed() {
      return speed;
    },
    setSpeed(next) {
      desk = clock.now();
      real = Date.now();
      speed = next;
      keep();
      for (const look of [...alarms]) look();
    },
    get reading() {
      return `${real},${desk},${speed}`;
    },
    now() {
      latest = Math.max(latest, reckon());
      // The wall's clock was set forward, or this process was held up past the note.
      if (latest > upTo) keep();
      return latest;
    },
    iso: () => new Date(clock.now()).toISOString(),
    alarm(at, ring) {
      let timer: NodeJS.Timeout | undefined;
      const forget = () => {
        alarms.delete(look);
        clearTimeout(timer);
      };
      const look = () => {
        clearTimeout(timer);
        const left = (at - clock.now()) / speed;
        timer =
          left <= 0
            ? setTimeout(() => {
                forget();
                ring();
              }, 0)
            : setTimeout(look, Math.min(Math.ceil(left), LONGEST_SLEEP_MS));
      };
      alarms.add(look);
      look();
      return forget;
    },
    stop() {
      clearInterval(keeper);
      state.write('clock', { upTo: clock.now() });
      upTo = Number.POSITIVE_INFINITY;
    },
  };
  return clock;
}

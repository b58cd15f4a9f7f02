/** One scenario: its calls, and then for each call and each thing that may go wrong there what the desk comes to. */
import type { Desk } from '../../core/config/desk.ts';
import { type Difference, differenceOf, type Facts, factsOf } from './compare.ts';
import { balance, KINDS, openRun, type Point, type Run, until } from './desk.ts';
import { BEGIN, type Scenario } from './scenarios.ts';
import { emptySite, QUEUES, type Site } from './site.ts';

export interface Swept {
  name: string;
  calls: string[];
  points: number;
  survived: number;
  lost: number;
  doubled: number;
  /** Points at which SES took a mail and its sender never heard of it: the window that aws/updates.ts names. */
  window: number;
  failures: Failure[];
}

export interface Failure extends Point, Difference {
  call: string;
  fault: string | null;
}

export async function sweepScenario(
  scenario: Scenario,
  desk: Desk,
  {
    seed = 1,
    isChosen = () => true,
    tell = () => {},
  }: {
    seed?: number;
    isChosen?: (point: Point, call: string) => boolean;
    tell?: (swept: Swept) => void;
  } = {},
): Promise<Swept> {
  const before = await openRun(emptySite(BEGIN, seed), desk);
  await scenario.begin(before);
  const whole = await live(scenario, desk, before.site, null);
  const wanted = whole.facts;
  const calls = whole.run.calls ?? [];
  const swept: Swept = {
    ...{ name: scenario.name, calls, points: 0, survived: 0, lost: 0, doubled: 0, window: 0 },
    failures: [],
  };
  for (const [at, call] of calls.entries())
    for (const kind of KINDS) {
      const point = { at, kind };
      if (!isChosen(point, call)) continue;
      swept.points++;
      const { difference, isWindow, fault } = await tryPoint(
        scenario,
        desk,
        before.site,
        point,
        call,
        wanted,
      );
      if (isWindow) swept.window++;
      const { lost, doubled, other } = difference;
      swept.lost += lost.length;
      swept.doubled += doubled.length;
      if (lost.length + doubled.length + other.length === 0 && !fault) swept.survived++;
      else swept.failures.push({ ...point, call, ...difference, fault });
      tell(swept);
    }
  return swept;
}

async function tryPoint(
  scenario: Scenario,
  desk: Desk,
  before: Site,
  point: Point,
  call: string,
  wanted: Facts,
): Promise<{ difference: Difference; isWindow: boolean; fault: string | null }> {
  try {
    const { run, facts } = await live(scenario, desk, before, point);
    const struck = run.calls?.[point.at];
    if (struck !== call) throw new Error(`the call was ${struck}`);
    return { difference: differenceOf(wanted, facts), isWindow: run.inWindow, fault: null };
  } catch (error) {
    return {
      difference: { lost: [], doubled: [], other: [] },
      ...{ isWindow: false, fault: (error as Error).stack ?? String(error) },
    };
  }
}

const MINUTE = 60_000;

/** The scenario, and then all that mends: retries, what is put back from the dead letters, and a sweep. */
async function live(
  scenario: Scenario,
  desk: Desk,
  before: Site,
  point: Point | null,
): Promise<{ run: Run; facts: Facts }> {
  const run = await openRun(structuredClone(before), desk, point);
  const { site } = run;
  run.calls = [];
  await scenario.act(run);
  const calls = run.calls;
  run.calls = null;
  await until(run, site.now + 35 * MINUTE);
  for (const name of QUEUES)
    for (const body of site.queues[name].dead.splice(0))
      site.queues[name].waiting.push({ body, at: site.now, received: 0 });
  site.calls.push({ fn: 'sweep', at: site.now, left: 2 });
  await until(run, site.now + 35 * MINUTE);
  run.calls = calls;
  const count = await balance(run, new Date(BEGIN).toISOString().slice(0, 10));
  return { run, facts: factsOf(site, count) };
}

/**
 * What a desk comes to when something goes wrong at a call: for one scenario each of its calls and each thing that may go wrong
 * there; and, of all scenarios, two of them in one run, as chance has it.
 */
import type { Desk } from '../../core/config/desk.ts';
import { chanceOf } from '../../test/chance.ts';
import { type Difference, differenceOf, type Facts, factsOf } from './compare.ts';
import { balance, KINDS, openRun, type Point, type Run, until } from './desk.ts';
import { BEGIN, type Scenario } from './scenarios.ts';
import { emptySite, QUEUES, type Site } from './site.ts';

export interface Swept {
  name: string;
  calls: string[];
  /** How many runs in which something went wrong. */
  points: number;
  survived: number;
  lost: number;
  doubled: number;
  /** Of them those in which SES took a mail and its sender never heard of it: the window that aws/updates.ts names. */
  window: number;
  /** And of these, those in which SES said so only when the lease was over: the mail leaves twice, and nothing else differs. */
  twice: number;
  failures: Failure[];
}

export interface Failure extends Difference {
  /** What went wrong, where: `crash after at call 12, send-update ses:SendRawEmail`. */
  went: string[];
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
  const prepared = await prepare(scenario, desk, seed);
  const { swept } = prepared;
  for (const [at, call] of swept.calls.entries())
    for (const kind of KINDS) {
      if (!isChosen({ at, kind }, call)) continue;
      await tryPoints(prepared, [{ at, kind }]);
      tell(swept);
    }
  return swept;
}

/** So many as `most`; the same ones for the same seed. */
export async function samplePairs(
  scenarios: readonly Scenario[],
  desk: Desk,
  { seed, most, tell }: { seed: number; most: number; tell: (all: readonly Swept[]) => void },
): Promise<Swept[]> {
  const chance = chanceOf(seed);
  const any = <T>(of: readonly T[]) => of[Math.floor(chance() * of.length)] as T;
  const prepared: Prepared[] = [];
  for (const scenario of scenarios) prepared.push(await prepare(scenario, desk, seed));
  const all = prepared.map(({ swept }) => swept);
  for (let drawn = 0; drawn < most; drawn++) {
    const chosen = any(prepared);
    const { calls } = chosen.swept;
    const first = { at: Math.floor(chance() * calls.length), kind: any(KINDS) };
    const isLate = QUEUES_SOMETHING.test(calls[first.at] ?? '') && chance() < 0.5;
    // What is tried again comes after what an undisturbed run calls.
    const later = first.at + 1 + Math.floor(chance() * (calls.length - first.at + RETRIED));
    await tryPoints(chosen, [
      first,
      isLate ? { at: first.at, kind: 'late' } : { at: later, kind: any(KINDS) },
    ]);
    tell(all);
  }
  return all;
}

const QUEUES_SOMETHING = /ses:SendRawEmail|sqs:Send/;
const RETRIED = 20;

interface Prepared {
  scenario: Scenario;
  desk: Desk;
  before: Site;
  wanted: Facts;
  swept: Swept;
}

async function prepare(scenario: Scenario, desk: Desk, seed: number): Promise<Prepared> {
  const begun = await openRun(emptySite(BEGIN, seed), desk);
  await scenario.begin(begun);
  const before = begun.site;
  // The first call of each kind takes a longer way through the SDK: of calls that are made at once another one arrives first then.
  await live(scenario, desk, before, []);
  const { run, facts: wanted } = await live(scenario, desk, before, []);
  return {
    ...{ scenario, desk, before, wanted },
    swept: {
      ...{ name: scenario.name, calls: run.calls ?? [], points: 0, survived: 0, lost: 0, doubled: 0 },
      ...{ window: 0, twice: 0, failures: [] },
    },
  };
}

async function tryPoints(
  { scenario, desk, before, wanted, swept }: Prepared,
  points: readonly Point[],
): Promise<void> {
  const [first] = points;
  let calls = swept.calls;
  let difference: Difference = { lost: [], doubled: [], other: [] };
  let fault: string | null = null;
  let isTwice = false;
  try {
    const { run, facts } = await live(scenario, desk, before, points);
    if (first && run.calls?.[first.at] !== calls[first.at])
      throw new Error(`the call was ${run.calls?.[first.at]}`);
    calls = run.calls ?? [];
    difference = differenceOf(wanted, facts);
    if (run.inWindow) swept.window++;
    isTwice = run.isToldLate && isMailTwice(difference);
  } catch (error) {
    fault = (error as Error).stack ?? String(error);
  }
  const { lost, doubled, other } = difference;
  swept.points++;
  if (isTwice) swept.twice++;
  if (!fault && (isTwice || lost.length + doubled.length + other.length === 0)) {
    swept.survived++;
    return;
  }
  swept.lost += lost.length;
  swept.doubled += doubled.length;
  const went = points.map(({ at, kind }) => `${kind} at call ${at}, ${calls[at] ?? 'which was not made'}`);
  swept.failures.push({ went, ...difference, fault });
}

function isMailTwice({ lost, doubled, other }: Difference): boolean {
  return lost.length + other.length === 0 && doubled.length === 1 && doubled[0]?.startsWith('mail ') === true;
}

const MINUTE = 60_000;

/** The scenario, and then all that mends: retries, what is put back from the dead letters, and a sweep. */
async function live(
  scenario: Scenario,
  desk: Desk,
  before: Site,
  points: readonly Point[],
): Promise<{ run: Run; facts: Facts }> {
  const run = await openRun(structuredClone(before), desk, points);
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

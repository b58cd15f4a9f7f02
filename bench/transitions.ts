/**
 * How many transitions of the state machine a ticket takes, and what they cost. The machine runs by its own definition with
 * the real advance-watch, on a skipped clock (test/journeys/lives.ts). Each state that is entered counts, and each retry;
 * waiting costs nothing.
 */
import { LIVES, liveThrough } from '../test/journeys/lives.ts';
import { table } from './figures.ts';
import { optionsOf } from './options.ts';

optionsOf('How many transitions of the state machine a ticket takes, and what they cost.', {});
/** Standard workflows in us-east-1, after the first 4,000 of each month: https://aws.amazon.com/step-functions/pricing/ */
const DOLLARS = 0.000025;

const rows = await Promise.all(
  Object.entries(LIVES).map(async ([name, life]) => {
    const { deadlines, escalations, generations, transitions } = await liveThrough(life);
    const cost = (1_000 * transitions * DOLLARS).toFixed(3);
    return [name, ...[deadlines, escalations, generations, transitions].map(String), cost];
  }),
);
console.log(
  table([['a life', 'deadlines told', 'climbs', 'executions', 'transitions', '$ per 1,000'], ...rows]),
);

/** Usual lives of tickets on the sample desk, and how many transitions of the state machine each takes. */
import { change } from '../../core/ticket/change.ts';
import type { Happening, Ticket } from '../../core/ticket/ticket.ts';
import { ID, LUIS, later, MONDAY, NORA, opened, desk as sample } from '../sample.ts';
import { openSkippedDesk } from './skipped-time.ts';

interface Life {
  /** At which it is opened; the first when left out. */
  tier?: number;
  /** What people do, and after how many hours. */
  steps: readonly (readonly [hours: number, ...Happening[]])[];
}

const answered: Happening = { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null };
const resolved: Happening = { kind: 'resolved', reason: '', by: LUIS, message: null };
const started: Happening = { kind: 'started', by: LUIS };
const asked: Happening = {
  ...{ kind: 'message-received', message: 3, from: { address: NORA, name: '' }, messageId: null },
  flagged: null,
};

export const LIVES = {
  'answered and solved within the hour': { steps: [[0.5, started, answered, resolved]] },
  'answered, asked again, solved in the afternoon': {
    steps: [
      [0.5, started, answered],
      [2, asked],
      [3.5, { ...answered, message: 4 }, resolved],
    ],
  },
  'waited a week for a date': {
    steps: [
      [0.5, started, answered, { kind: 'paused', until: later(MONDAY, 168.5), reason: 'a part', by: LUIS }],
      [170, { ...answered, message: 3 }, resolved],
    ],
  },
  'waited for a requester who never answered': {
    steps: [[0.5, started, answered, { kind: 'paused', until: null, reason: '', by: LUIS }]],
  },
  'climbed twice, then solved': { steps: [[11, started, answered, resolved]] },
  'six deadlines that nobody kept': { tier: 2, steps: [] },
  'eight, from the first tier to the top': { steps: [] },
} satisfies Record<string, Life>;

export interface Lived {
  /** At how many instants a deadline was told. */
  deadlines: number;
  escalations: number;
  generations: number;
  transitions: number;
  status: Ticket['status'];
}

/** A P3 of Monday morning; a month later nothing is left to do. */
export async function liveThrough({ tier = 1, steps }: Life): Promise<Lived> {
  const desk = { ...sample, recurring: [] };
  const told = new Set<string>();
  let escalations = 0;
  const { time, world, machine } = openSkippedDesk(desk, MONDAY, {
    onCommit: ({ events }) => {
      for (const { kind, at } of events) {
        if (kind === 'deadline-warned' || kind === 'deadline-breached') told.add(at);
        if (kind === 'escalated') escalations++;
      }
    },
  });
  await world.tickets.commit(opened(MONDAY, { tier }), []);
  const read = async () => (await world.tickets.read(ID)) as Ticket;
  for (const [hours, ...happenings] of steps) {
    await time.until(Date.parse(later(MONDAY, hours)));
    await world.tickets.commit(change(await read(), happenings, world.now(), desk), []);
  }
  await time.until(Date.parse(later(MONDAY, 24 * 30)));
  const executions = [...machine.executions.values()];
  return {
    deadlines: told.size,
    escalations,
    generations: executions.length,
    transitions: executions.reduce((sum, each) => sum + each.transitions, 0),
    status: (await read()).status,
  };
}

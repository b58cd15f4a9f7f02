import { expect, test } from 'vitest';
import { shardOf, type Tickets } from '../../aws/tickets.ts';
import { describeReckoning, showReckoning } from '../../cli/show.ts';
import { nextWatches } from '../../cli/watches.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { desk, later, MONDAY, ticket } from '../sample.ts';

/** So many tickets, each waking an hour after the one before; the index gives them shard by shard, as the table does. */
function deskOf(number: number): {
  tickets: Pick<Tickets, 'running' | 'read'>;
  read: string[];
  ids: string[];
} {
  const all = Array.from({ length: number }, (_, n): Ticket => {
    const { watch, ...rest } = ticket();
    if (!watch) throw new Error('a new ticket has a watch');
    return { ...rest, id: `T-${n}`, watch: { ...watch, nextAt: later(MONDAY, n) } } as Ticket;
  });
  const read: string[] = [];
  return {
    read,
    ids: all.map(({ id }) => id),
    tickets: {
      async *running() {
        for (const { id } of all.toSorted((a, b) => shardOf(a.id) - shardOf(b.id))) yield id;
      },
      read: async (id) => {
        read.push(id);
        return all.find((each) => each.id === id) ?? null;
      },
    },
  };
}

test('what time does next stands first, from all shards together', async () => {
  const { tickets, ids } = deskOf(12);
  const watches = await nextWatches(tickets, 5);
  expect(watches.map(({ ticketId }) => ticketId)).toEqual(ids.slice(0, 5));
  expect(watches[0]).toEqual({
    ticketId: 'T-0',
    nextAt: MONDAY,
    nextKind: 'warn:firstResponse',
    falls: { what: 'firstResponse', at: ticket().deadlines.firstResponse },
    generation: 1,
    status: 'new',
    priority: 'P3',
    policy: 'standard',
    assignee: 'luis.ortega@example.test',
    deadlines: ticket().deadlines,
    subject: 'The printer is jammed',
  });
});

test('of a full desk no more tickets are read than could be shown', async () => {
  const { tickets, read } = deskOf(200);
  await nextWatches(tickets, 3);
  expect(read.length).toBeLessThanOrEqual(12);
});

test('a ticket that ended while the index was read is left out', async () => {
  const { tickets } = deskOf(3);
  const ended = async (id: string) => {
    const found = await tickets.read(id);
    return found && id === 'T-1' ? { ...found, watch: null } : found;
  };
  const watches = await nextWatches({ ...tickets, read: ended }, 5);
  expect(watches.map(({ ticketId }) => ticketId)).toEqual(['T-0', 'T-2']);
});

test('a deadline is explained by its policy, its calendar and the sum of its stretches', () => {
  const evening = { ...ticket(), clock: ticket().clock.map((entry) => ({ ...entry, at: later(MONDAY, 8) })) };
  const [first = ''] = describeReckoning(showReckoning(evening, desk)).split(/^(?=resolution)/m);
  expect(first).toBe(
    [
      'firstResponse: 4h of service for P3 by the policy standard (it is for all tickets that no other is for)',
      '  2026-11-23T17:00:00.000Z  2026-11-23T19:00:00.000Z  + 2h          open: service',
      '  2026-11-23T19:00:00.000Z  2026-11-24T06:00:00.000Z                closed: service',
      '  2026-11-24T06:00:00.000Z  2026-11-24T08:00:00.000Z  + 2h          open: service',
      '  due 2026-11-24T08:00:00.000Z',
      '',
    ].join('\n'),
  );
});

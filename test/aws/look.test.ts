import { describe, expect, test } from 'vitest';
import type { Knowledge } from '../../aws/knowledge.ts';
import { lookUp } from '../../aws/look.ts';
import type { Held, Tickets } from '../../aws/tickets.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Seen } from '../../core/ticket/without-ticket.ts';
import { desk, KIM, LUIS, MONDAY, ticket } from '../sample.ts';

/** Tickets as the index and the table would give them, and how many each question read. */
function place(all: Ticket[], texts: Record<string, string> = {}) {
  const reads: number[] = [];
  const byId = new Map(all.map((each) => [each.id, each]));
  const pick = (ids: readonly string[]) => {
    reads.push(ids.length);
    return ids.flatMap((id) => byId.get(id) ?? []);
  };
  const held = (team: string, assignee: string | null): Held[] =>
    all
      .filter((each) => each.team === team && (assignee === null || each.assignee === assignee))
      .map(({ id, assignee: whose, deadlines }) => ({
        ...{ id, assignee: whose, due: deadlines.resolution ?? null },
      }));
  const tickets = {
    held: async (team: string, assignee: string | null) => held(team, assignee),
    readAll: async (ids: readonly string[]) => pick(ids),
    read: async (id: string) => byId.get(id) ?? null,
    newest: async (count: number) => all.slice(0, count),
    firstTexts: async (ids: readonly string[]) => new Map(ids.map((id) => [id, texts[id] ?? ''])),
    askedBy: async () => all.map(({ id }) => id),
    messages: async () => [],
  } as unknown as Tickets;
  const knowledge = { find: async () => [] } as unknown as Knowledge;
  const ask = async (look: Seen['look'], by = LUIS) => {
    const seen = await lookUp(look, by, { desk, tickets, knowledge, now: () => MONDAY });
    return 'tickets' in seen ? { ids: seen.tickets.map(({ id }) => id), of: seen.of } : seen;
  };
  return { ask, reads };
}

const made = (id: string, more: Partial<Ticket> = {}): Ticket => ({ ...ticket(), id, ...more }) as Ticket;
const due = (at: string) => ({ deadlines: { resolution: at } });

describe('what is looked up', () => {
  test('#mine: his own of all teams, what is due next first; what the index still says and is over is left out', async () => {
    const { ask } = place([
      made('T-000001', due('2026-11-25')),
      made('T-000002', { deadlines: {} }),
      made('T-000003', { ...due('2026-11-24'), team: 'hr' }),
      made('T-000004', { ...due('2026-11-23'), assignee: KIM }),
      made('T-000005', { ...due('2026-11-23'), status: 'closed', closedAt: '2026-11-23' } as Partial<Ticket>),
    ]);
    expect(await ask({ what: 'mine' })).toEqual({ ids: ['T-000003', 'T-000001', 'T-000002'], of: 3 });
  });

  test('#queue: what nobody has first, and no more than fifty are read', async () => {
    const many = Array.from({ length: 60 }, (_, n) => made(`T-0001${n}`, due('2026-11-25')));
    const free = made('T-000001', { ...due('2026-12-24'), assignee: null });
    const { ask, reads } = place([...many, free]);
    const seen = await ask({ what: 'queue', team: 'service-desk' });
    expect(seen).toMatchObject({ of: 61 });
    expect('ids' in seen && [seen.ids[0], seen.ids.length]).toEqual(['T-000001', 50]);
    expect(reads).toEqual([50]);
  });

  test('#find: every word in subject or first text, also as the beginning of one, and never in what he may not read', async () => {
    const { ask } = place(
      [
        made('T-000001'),
        made('T-000002', { subject: 'Screen' }),
        made('T-000003', { team: 'hr', assignee: null }),
      ],
      { 'T-000001': 'It EATS the paper.', 'T-000002': 'The print is bad', 'T-000003': 'It eats the paper.' },
    );
    expect(await ask({ what: 'find', words: ['paper', 'print'] })).toEqual({ ids: ['T-000001'], of: 2 });
    expect(await ask({ what: 'find', words: ['print'] })).toMatchObject({ ids: ['T-000001', 'T-000002'] });
    expect(await ask({ what: 'find', words: ['rint'] })).toMatchObject({ ids: [] });
  });

  test('#show: what he may not read is like what is not there', async () => {
    const { ask } = place([made('T-000003', { team: 'hr', assignee: null })]);
    expect(await ask({ what: 'show', id: 'T-000003' })).toMatchObject({ ticket: null });
    expect(await ask({ what: 'show', id: 'T-999999' })).toMatchObject({ ticket: null });
    expect(await ask({ what: 'show', id: 'T-000003' }, 'ada.osei@example.test')).toMatchObject({
      ticket: { id: 'T-000003' },
    });
  });

  test('a requester’s own: never another’s, although the index names it', async () => {
    const { ask } = place([
      made('T-000001'),
      made('T-000002', { requester: { address: 'ida@example.org', name: '' } }),
    ]);
    expect(await ask({ what: 'own' }, 'ida@example.org')).toEqual({ ids: ['T-000002'], of: 1 });
  });
});

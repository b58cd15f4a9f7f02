import { describe, expect, test } from 'vitest';
import type { Knowledge } from '../../aws/knowledge.ts';
import { lookUp } from '../../aws/look.ts';
import type { Held, Tickets } from '../../aws/tickets.ts';
import { findable } from '../../core/ticket/finding.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import type { Seen } from '../../core/ticket/without-ticket.ts';
import { desk, KIM, LUIS, later, MONDAY, ticket } from '../sample.ts';

/** Tickets as the indexes and the table would give them, in the order of `all`, and how many each question read. */
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
    named: async (team: string, word: string, limit: number) =>
      all
        .filter((each) => each.team === team)
        .map((each) => ({
          ...{ id: each.id, createdAt: each.createdAt },
          ...findable(each, texts[each.id] ?? ''),
        }))
        .filter(({ keys }) => keys.some((key) => key.startsWith(word)))
        .slice(0, limit),
    requestedBy: async (requester: string) =>
      all.filter((each) => each.requester.address === requester).map(({ id }) => id),
    askedBy: async () => all.map(({ id }) => id),
    messages: async () => [],
  } as unknown as Tickets;
  const knowledge = { find: async () => [] } as unknown as Knowledge;
  const ask = async (look: Seen['look'], by = LUIS) => {
    const seen = await lookUp(look, by, { desk, tickets, knowledge, now: () => MONDAY });
    if (!('tickets' in seen)) return seen;
    const { tickets: found, of, newest } = seen;
    return { ids: found.map(({ id }) => id), of, ...(newest ? { newest } : {}) };
  };
  return { ask, reads, become: (ticket: Ticket) => void byId.set(ticket.id, ticket) };
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

  test('#find: every word in subject, name or first text, also as the beginning of one, and never in what he may not read', async () => {
    const { ask } = place(
      [
        made('T-000001'),
        made('T-000002', { subject: 'Screen' }),
        made('T-000003', { team: 'hr', assignee: null }),
      ],
      { 'T-000001': 'It EATS the paper.', 'T-000002': 'The print is bad', 'T-000003': 'It eats the paper.' },
    );
    expect(await ask({ what: 'find', words: ['the', 'paper', 'print'] })).toEqual({
      ids: ['T-000001'],
      of: 1,
    });
    expect(await ask({ what: 'find', words: ['print'] })).toEqual({ ids: ['T-000001', 'T-000002'], of: 2 });
    expect(await ask({ what: 'find', words: ['quist', 'screen'] })).toMatchObject({ ids: ['T-000002'] });
    expect(await ask({ what: 'find', words: ['rint'] })).toEqual({ ids: [], of: 0 });
  });

  test('#find: what went to a confidential team since is not shown, and not counted', async () => {
    const all = [made('T-000001'), made('T-000002')];
    const { ask, become } = place(all);
    expect(await ask({ what: 'find', words: ['printer'] })).toMatchObject({ of: 2 });
    become(made('T-000002', { team: 'hr', assignee: null }));
    expect(await ask({ what: 'find', words: ['printer'] })).toEqual({ ids: ['T-000001'], of: 1 });
  });

  test('#find: reads no more of many than of some, the newest first, and says so', async () => {
    const many = Array.from({ length: 60 }, (_, n) =>
      made(`T-0001${n}`, { createdAt: later(MONDAY, -n), subject: n === 59 ? 'Printer 4711' : 'Printer' }),
    );
    const { ask, reads } = place(many);
    const newest = many.slice(0, 20).map(({ id }) => id);
    expect(await ask({ what: 'find', words: ['printer'] })).toEqual({ ids: newest, of: 50, newest: 50 });
    expect(reads).toEqual([20]);
    expect(await ask({ what: 'find', words: ['printer', '4711'] })).toMatchObject({ ids: ['T-000159'] });
  });

  test('#find: what somebody asked, by his address, and with words those of it that hold them', async () => {
    const ida = { requester: { address: 'ida@example.org', name: 'Ida' } };
    const { ask } = place([
      made('T-000001'),
      made('T-000002', ida),
      made('T-000003', { ...ida, subject: 'Fax' }),
    ]);
    const requester = 'ida@example.org';
    expect(await ask({ what: 'find', words: [], requester })).toEqual({
      ids: ['T-000002', 'T-000003'],
      of: 2,
    });
    expect(await ask({ what: 'find', words: ['printer'], requester })).toEqual({ ids: ['T-000002'], of: 1 });
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

/** Tickets that lie closed in a desk, each with its first message, as something to learn from. */
import type { Tickets } from '../../aws/tickets.ts';
import { open } from '../../core/ticket/change.ts';
import type { Happening, Message } from '../../core/ticket/ticket.ts';
import type { Filed } from '../../core/triage/learn.ts';
import { desk, KIM, opened } from '../sample.ts';

interface Closed extends Filed {
  /** What the desk had filed it as before somebody corrected it. */
  before?: string;
  tags?: string[];
}

/** Filed by their place in the list, a minute apart from `from` on (epoch ms). */
export async function commitClosed(
  tickets: Tickets,
  closed: readonly Closed[],
  from = Date.parse('2026-01-05T09:00:00Z'),
): Promise<void> {
  for (const [place, { text, label, before = label, tags = [] }] of closed.entries()) {
    const at = new Date(from + place * 60_000).toISOString();
    const [event] = opened(at).events;
    if (event?.kind !== 'opened') throw new Error('a ticket begins with being opened');
    const { number: _, at: __, ...first } = event;
    const corrected: Happening = {
      kind: 'categorised',
      category: label,
      previous: before,
      team: 'service-desk',
      by: KIM,
    };
    const tagged: Happening = { kind: 'tagged', added: tags, removed: [], by: KIM };
    const happenings: Happening[] = [
      ...(before === label ? [] : [corrected]),
      ...(tags.length > 0 ? [tagged] : []),
      { kind: 'closed', reason: 'done', by: KIM, quiet: true },
    ];
    const id = `T-${String(from + place).slice(-6)}`;
    const filed = { ...first, subject: 'Question', category: before, acknowledge: false, messageId: null };
    const change = open(id, filed, happenings, at, desk);
    await tickets.commit(change, [{ ...MESSAGE, id: `${id}-m1`, at, text }]);
  }
}

const MESSAGE: Message = {
  ...{ id: '', number: 1, at: '', direction: 'in', visibility: 'public', text: '', bodyKey: null },
  ...{ attachments: [], withheld: 0, mailId: 'mail-1', messageId: null, cc: [] },
  from: { address: 'nora@example.org', name: 'Nora Quist' },
};

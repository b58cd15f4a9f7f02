import { expect, test } from 'vitest';
import { describeDetail, showEvent } from '../../cli/show.ts';
import { KIM, LUIS, MONDAY, opened } from '../sample.ts';

const detail = (event: Parameters<typeof showEvent>[0]) => describeDetail(showEvent(event).detail);

test('an event is told in words: people by their addresses, reasons by themselves, and nothing that is empty', () => {
  expect(
    detail({
      kind: 'assigned',
      assignee: KIM,
      previous: LUIS,
      reason: 'taken',
      by: KIM,
      number: 3,
      at: MONDAY,
    }),
  ).toBe(`assignee ${KIM}, previous ${LUIS}, taken`);
  const [event] = opened().events;
  if (!event) throw new Error('it was opened');
  expect(detail(event)).toContain('requester nora@example.org');
  expect(detail(event)).not.toMatch(/[{}"]|null|\[/);
});

test('commands are told line by line', () => {
  expect(
    detail({
      kind: 'commanded',
      by: LUIS,
      lines: [{ line: '#take', verb: 'take', outcome: 'done', detail: 'the ticket is yours' }],
      refused: false,
      shows: [],
      words: 'none',
      number: 4,
      at: MONDAY,
    }),
  ).toBe('#take: the ticket is yours, words none');
});

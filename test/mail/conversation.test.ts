import { expect, test } from 'vitest';
import { placeInConversations } from '../../core/mail/conversation.ts';

const mail = (
  messageId: string | null,
  references = '',
  inReplyTo: string | null = null,
  date = '2026-11-23',
) => ({
  ...{ messageId, inReplyTo, date: `${date}T09:00:00.000Z` },
  references: references.split(' ').filter((id) => id !== ''),
});
/** Of each mail its parent and its conversation. */
const placed = (...mails: ReturnType<typeof mail>[]) =>
  placeInConversations(mails).map(({ parent, thread }) => `${parent} in ${thread}`);

test('a mail answers the nearest of its references that is there, else what it says it answers', () => {
  expect(
    placed(mail('a'), mail('b', 'a'), mail('c', 'a b'), mail('d', 'a gone'), mail('e', '', 'c')),
  ).toEqual([...['null in a', 'a in a', 'b in a', 'a in a', 'c in a']]);
});

test('mails that name a common ancestor are one conversation, whether it is there or not', () => {
  expect(placed(mail('b', 'gone'), mail('c', 'gone'), mail('d'))).toEqual([
    'null in b',
    'null in b',
    'null in d',
  ]);
});

test('a conversation is called by the mail that answers none, then by the oldest, then by the first', () => {
  expect(placed(mail('b', 'a', null, '2026-11-01'), mail('a', '', null, '2026-11-02'))).toEqual([
    ...['a in a', 'null in a'],
  ]);
  expect(placed(mail('b', 'gone', null, '2026-11-02'), mail('c', 'gone', null, '2026-11-01'))).toEqual([
    ...['null in c', 'null in c'],
  ]);
  expect(placed({ ...mail('b', 'gone'), date: null as never }, mail('c', 'gone'))).toEqual([
    'null in c',
    'null in c',
  ]);
});

test('a mail that names itself answers nobody, and one without an id is in no conversation', () => {
  expect(placed(mail('a', 'a', 'a'), mail(null, 'a'))).toEqual(['null in a', 'a in null']);
});

test('a conversation of sixty thousand mails takes as many steps, and not their square', () => {
  const mails = Array.from({ length: 60_000 }, (_, nth) => mail(`${nth}`, `${nth - 1}`));
  expect(new Set(placeInConversations(mails).map(({ thread }) => thread))).toEqual(new Set(['0']));
});

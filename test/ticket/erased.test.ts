import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageWithout, namesPerson, ticketWithout, withoutPerson } from '../../core/ticket/erased.ts';
import type { Message, Ticket } from '../../core/ticket/ticket.ts';
import { KIM, LUIS, later, MONDAY, NORA, ticket } from '../sample.ts';

const erased = { address: NORA, pseudonym: 'person-0123456789abcdef01234567@erased.invalid' };
const scrubbed = (text: string) => withoutPerson(text, erased);

test.each([
  [`write to ${NORA}.`, 'write to […].'],
  [`<${NORA}>`, '<[…]>'],
  [`'${NORA.toUpperCase()}', please`, "'[…]', please"],
  [`mailto:${NORA}?subject=x`, 'mailto:[…]?subject=x'],
  [`-${NORA}\n${NORA}`, '-[…]\n[…]'],
  [`への連絡は${NORA}まで`, 'への連絡は[…]まで'],
  [NORA, erased.pseudonym],
])('%s loses the address', (text, without) => {
  expect(scrubbed(text)).toBe(without);
  expect(namesPerson(text, NORA)).toBe(true);
});

test.each([
  `ele${NORA}`,
  `mary-${NORA}`,
  `a.${NORA}`,
  `a+${NORA}`,
  `${NORA}.uk`,
  `${NORA}-east.net`,
  `${NORA}x`,
  'nora at example.org',
])('%s is somebody else', (text) => {
  expect(scrubbed(text)).toBe(text);
  expect(namesPerson(text, NORA)).toBe(false);
});

test('a name goes with its address, and what stands under the address with both', () => {
  const value = { from: { address: NORA, name: 'Nora Quist' }, last: { [NORA]: 'x@y', [KIM]: 'z' } };
  expect(withoutPerson(value, erased)).toEqual({
    from: { address: erased.pseudonym, name: '' },
    last: { [KIM]: 'z' },
  });
});

test('whatever holds it, nothing of it is left, and what does not hold it is the same', () => {
  const holding = fc
    .jsonValue()
    .map((value) => JSON.parse(JSON.stringify({ value, at: [`a ${NORA} b`, NORA] })));
  fc.assert(
    fc.property(holding, fc.jsonValue(), (held, other) => {
      expect(namesPerson(withoutPerson(held, erased), NORA)).toBe(false);
      const same = JSON.parse(JSON.stringify(other));
      expect(withoutPerson(same, erased)).toEqual(same);
    }),
    { numRuns: 200 },
  );
});

test('in another’s ticket nobody writes to him or waits for his word any more', () => {
  const before = ticket([
    {
      kind: 'requester-changed',
      requester: { address: 'otto@example.com', name: 'Otto' },
      previous: { address: NORA, name: 'Nora' },
      by: LUIS,
    },
    { kind: 'copies-changed', added: [{ address: NORA, name: 'Nora' }], removed: [], by: LUIS },
    {
      kind: 'approval-asked',
      approvers: [{ address: NORA, name: 'Nora' }],
      quorum: 'all',
      question: `Is ${NORA} right?`,
      by: LUIS,
    },
  ]);
  const after = ticketWithout(before as Ticket, erased);
  expect(namesPerson(after, NORA)).toBe(false);
  expect(JSON.stringify(after)).not.toContain('Nora');
  expect(after.participants.map(({ address }) => address)).toEqual(['otto@example.com']);
  expect(after.approvals?.[0]?.approvers).toEqual([]);
  const { id, subject, deadlines } = before;
  expect(after).toMatchObject({ id, subject, deadlines, assignee: LUIS });
});

const message: Message = {
  ...{ id: 'T-7K4M2Q-m2', number: 2, at: later(MONDAY, 1), direction: 'in', visibility: 'public' },
  ...{
    from: { address: NORA, name: 'Nora' },
    text: 'It is mine.',
    html: '<p>It is mine.</p>',
    bodyKey: 'bodies/x',
  },
  attachments: [{ name: 'a', contentType: 'b', size: 1, inline: false, contentId: null, key: 'files/x/1-a' }],
  ...{
    withheld: 1,
    cut: { quoted: 'mine', signature: 'mine' },
    mailId: 'x',
    messageId: 'y@z',
    cc: [{ address: KIM, name: '' }],
  },
};

test('what he wrote goes; what the desk answered through him only loses his name', () => {
  expect(JSON.stringify(messageWithout(message, erased))).not.toMatch(/mine|nora|bodies|files/i);
  const answer = { ...message, direction: 'out' as const };
  expect(messageWithout(answer, erased)).toEqual({
    ...answer,
    from: { address: erased.pseudonym, name: '' },
  });
});

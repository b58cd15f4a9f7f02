import { expect, test } from 'vitest';
import type { Recurring } from '../../core/config/desk.ts';
import { recur, ruleOf } from '../../core/ticket/recurring.ts';
import { desk, LUIS } from '../sample.ts';

const work = desk.recurring.find(({ name }) => name === 'patching') as Recurring;
const requestOf = (given: Partial<Recurring>, on = desk) =>
  recur({ ...work, ...given }, { assignee: null, reason: 'nobody is on duty' }, on);

test('what recurs is the desk’s own request, filed as desk.yaml says, and nobody outside is told', () => {
  expect(recur(work, { assignee: LUIS, reason: 'on duty' }, desk)).toEqual({
    opened: {
      ...{
        kind: 'opened',
        subject: 'Patch the servers',
        category: 'software',
        team: 'service-desk',
        tier: 1,
      },
      ...{ type: 'incident', impact: 'one', urgency: 'degraded', priority: 'P3', language: 'en', cc: [] },
      requester: { address: 'support@desk.example.test', name: 'Service Desk' },
      ...{ mailbox: 'support@desk.example.test', flagged: null, follows: null, acknowledge: false },
      ...{ message: 1, messageId: null },
      reasons: [
        { what: 'category', why: 'it recurs: patching of desk.yaml' },
        { what: 'assignee', why: 'on duty' },
      ],
    },
    also: [{ kind: 'assigned', assignee: LUIS, previous: null, reason: 'on duty', by: 'desk' }],
  });
});

test('it comes from the address of the team that does it, and never from that of a confidential one for another', () => {
  const from = (given: Partial<Recurring>, on = desk) => requestOf(given, on).opened.mailbox;
  expect(from({ team: 'hr' })).toBe('hr@desk.example.test');
  const confidentialFirst = { ...desk, addresses: desk.addresses.toReversed() };
  expect(from({ team: 'elsewhere' }, confidentialFirst)).toBe('support@desk.example.test');
  const confidentialAlone = { ...desk, addresses: desk.addresses.filter(({ team }) => team === 'hr') };
  expect(from({ team: 'elsewhere' }, confidentialAlone)).toBe('hr@desk.example.test');
});

test('where nobody is found it is nobody’s, and what needs an approval asks for it', () => {
  expect(requestOf({}).also).toEqual([]);
  const approval = { by: ['ida@example.org'], quorum: 'any' as const };
  const asking = { ...desk, categories: desk.categories.map((each) => ({ ...each, approval })) };
  expect(requestOf({}, asking).also).toMatchObject([
    { kind: 'approval-asked', question: 'Patch the servers', quorum: 'any', by: 'desk' },
  ]);
});

test('each part of a rule makes it another one', () => {
  const { on: _, calendar: _calendar, ...bare } = work;
  const rules = [
    work,
    bare,
    { ...work, at: '09:00' },
    { ...work, timezone: 'UTC' },
    { ...work, every: 'week' },
  ];
  expect(new Set(rules.map((each) => ruleOf(each as Recurring))).size).toBe(rules.length);
  expect(ruleOf(bare)).toBe('month||08:00||');
});

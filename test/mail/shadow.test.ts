import { expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { inShadow } from '../../core/mail/shadow.ts';
import { UPDATE_KINDS } from '../../core/mail/update.ts';
import { desk, LUIS, NORA, ticket } from '../sample.ts';

const onTrial: Desk = { ...desk, shadow: true };
const manager = { address: desk.people.find(({ role }) => role === 'manager')?.address ?? '' };
const lead = { address: desk.people.find(({ role }) => role === 'lead')?.address ?? '' };

test('on trial no kind of mail leaves to anybody, but the report to a manager and the canary to the desk', () => {
  const leaves = [...UPDATE_KINDS, 'canary' as const].flatMap((kind) =>
    [{ address: NORA }, { address: LUIS }, lead, manager]
      .filter((to) => inShadow({ kind, to }, null, onTrial) === null)
      .map(({ address }) => `${kind} → ${address}`),
  );
  expect(leaves).toEqual([
    `report → ${manager.address}`,
    ...[NORA, LUIS, lead.address, manager.address].map((address) => `canary → ${address}`),
  ]);
});

test('without a manager the leads get the report of the trial', () => {
  const headless = { ...onTrial, people: desk.people.filter(({ role }) => role !== 'manager') };
  expect(inShadow({ kind: 'report', to: lead }, null, headless)).toBeNull();
  expect(inShadow({ kind: 'report', to: { address: LUIS } }, null, headless)).not.toBeNull();
});

test('a desk that works mails about its own tickets, and not about those of its trial', () => {
  const to = { address: NORA };
  expect(inShadow({ kind: 'answer', to }, ticket(), desk)).toBeNull();
  expect(inShadow({ kind: 'answer', to }, { ...ticket(), shadow: true }, desk)).toContain('only looked on');
});

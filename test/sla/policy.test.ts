import { describe, expect, test } from 'vitest';
import type { Desk, Policy } from '../../core/config/desk.ts';
import { policyFor, policyNamed } from '../../core/sla/policy.ts';

function policy(name: string, when?: Policy['when']): Policy {
  const none = { P1: {}, P2: {}, P3: {}, P4: {} };
  return { name, ...(when ? { when } : {}), calendar: 'always', targets: none, warnings: [], escalation: [] };
}

const desk: Pick<Desk, 'sla' | 'vips' | 'organisations'> = {
  organisations: [],
  vips: ['ceo@example.com', '@board.example.com'],
  sla: [
    policy('payday', { categories: ['payroll'], teams: ['hr'], vip: true }),
    policy('vip', { vip: true }),
    policy('partner', { requesters: ['@partner.test', 'eve@example.org'] }),
    policy('hr', { teams: ['hr'] }),
    policy('standard'),
  ],
};

const ticket = { category: 'printing', team: 'it', requester: 'nora@example.org' };
const named = (given: Partial<typeof ticket>) => policyFor({ ...ticket, ...given }, desk);

describe('which policy is for a ticket', () => {
  test('the first that fits, with what fits in words', () => {
    expect(named({ team: 'hr' })).toMatchObject({ policy: { name: 'hr' }, why: 'the team is hr' });
    expect(named({ requester: 'ceo@example.com', team: 'hr' })).toMatchObject({
      policy: { name: 'vip' },
      why: 'the requester is a VIP',
    });
  });

  test('all that a policy says must hold', () => {
    expect(named({ requester: 'ceo@example.com', team: 'hr', category: 'payroll' })).toMatchObject({
      policy: { name: 'payday' },
      why: 'the category is payroll and the team is hr and the requester is a VIP',
    });
  });

  test('a domain is meant with what is below it, and never with what only ends like it', () => {
    expect(named({ requester: 'max@partner.test' }).policy.name).toBe('partner');
    expect(named({ requester: 'max@mail.partner.test' })).toMatchObject({
      policy: { name: 'partner' },
      why: 'the requester is at @partner.test',
    });
    expect(named({ requester: 'max@notpartner.test' }).policy.name).toBe('standard');
    expect(named({ requester: 'anyone@board.example.com' }).policy.name).toBe('vip');
  });

  test('who is no VIP can be meant too', () => {
    const others = { ...desk, sla: [policy('others', { vip: false }), policy('standard')] };
    expect(policyFor(ticket, others)).toMatchObject({
      policy: { name: 'others' },
      why: 'the requester is no VIP',
    });
    expect(policyFor({ ...ticket, requester: 'ceo@example.com' }, others).policy.name).toBe('standard');
  });

  test('the last one takes the rest, and what was meant for a policy that is gone', () => {
    expect(named({})).toMatchObject({
      policy: { name: 'standard' },
      why: 'it is for all tickets that no other is for',
    });
    expect(policyNamed('gone', desk).name).toBe('standard');
    expect(policyNamed('hr', desk).name).toBe('hr');
  });
});

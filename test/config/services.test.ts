import { describe, expect, test } from 'vitest';
import { describeProblems } from '../../core/config/load.ts';
import { policyFor } from '../../core/sla/policy.ts';
import { deskOf, problemsOf, smallDeskWith } from './small-desk.ts';

const problems = (block: string, ...changes: readonly (readonly [string, string])[]) => {
  const found = problemsOf(smallDeskWith(['matrix:', `${block}\nmatrix:`], ...changes));
  return found.length === 0 ? '' : describeProblems('desk.yaml', found);
};
const fields = 'fields: [{ name: asset, title: Asset, categories: [printing] }]';

describe('services in the file', () => {
  test.each([
    ['services: [{ name: a, title: A, categories: [printin] }]', 'printing'],
    [
      `${fields}\nservices: [{ name: a, title: A, categories: [printing], facts: [{ field: aset }] }]`,
      'asset',
    ],
    [
      `${fields}\nservices: [{ name: a, title: A, categories: [general], facts: [{ field: asset }] }]`,
      'asset is not for tickets about general',
    ],
    [
      `${fields}\nservices: [{ name: a, title: A, categories: [printing], facts: [{ field: asset, patterns: ['(a*)*'] }] }]`,
      'a group is repeated',
    ],
    [
      'services: [{ name: a, title: A, categories: [printing], answers: { de: Hallo } }]',
      'there are no words in it',
    ],
    ['services: [{ name: a, title: A, categories: [printing], team: itt }]', 'team'],
    ['services: [{ name: a, title: A, categories: [printing], sla: standart }]', 'standard'],
    [
      'services: [{ name: a, title: A, categories: [printing], sla: standard }]',
      'nothing is promised to tickets that no policy fits',
    ],
    [
      'services: [{ name: a, title: Same, categories: [printing] }, { name: b, title: same!, categories: [general] }]',
      'a has the same title',
    ],
  ])('%s is refused', (block, why) => {
    expect(problems(block)).toContain(why);
  });

  test('that are whole are taken', () => {
    expect(
      problems(
        `${fields}\nservices: [{ name: a, title: A, categories: [printing], facts: [{ field: asset }], answers: { en: Hello } }]`,
      ),
    ).toBe('');
  });
});

describe('organisations in the file', () => {
  const acme = '{ name: acme, title: Acme, senders: ["@acme.example"], vip: true }';

  test('are known to the rules that name them', () => {
    const named: [string, string] = ['words: [printer] }', 'words: [printer], organisations: [acne] }'];
    expect(problems(`organisations: [${acme}]`, named)).toContain('acme');
    expect(
      problems('organisations: []', ['words: [printer] }', 'words: [printer], departments: [acme/board] }']),
    ).toContain('department');
  });

  test('have each sender once', () => {
    const other = '{ name: other, title: Other, senders: ["@acme.example"] }';
    expect(problems(`organisations: [${acme}, ${other}]`)).toContain('@acme.example belongs to acme already');
  });

  test('make VIPs of their people, and policies can be for them', () => {
    const desk = deskOf(smallDeskWith(['matrix:', `organisations: [${acme}]\nmatrix:`]));
    const [all] = desk.sla;
    if (!all) throw new Error('no policy');
    const ticket = { category: 'printing', team: 'it', requester: 'eve@mail.acme.example' };
    const vip = { ...all, name: 'vip', when: { vip: true } };
    expect(policyFor(ticket, { ...desk, sla: [vip, all] })).toMatchObject({ why: 'the requester is a VIP' });
    const theirs = { ...all, name: 'theirs', when: { organisations: ['acme'] } };
    expect(policyFor(ticket, { ...desk, sla: [theirs, all] })).toMatchObject({
      why: 'the requester is of acme',
    });
    expect(
      policyFor({ ...ticket, requester: 'a@b.example' }, { ...desk, sla: [theirs, all] }).policy.name,
    ).toBe('standard');
  });
});

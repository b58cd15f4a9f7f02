import { describe, expect, test } from 'vitest';
import { isVip } from '../../core/config/organisation.ts';
import { policyFor } from '../../core/sla/policy.ts';
import { deskOf, problemsOf, smallDeskWith } from './small-desk.ts';

const problems = (block: string, ...changes: readonly (readonly [string, string])[]) =>
  problemsOf(smallDeskWith(['matrix:', `${block}\nmatrix:`], ...changes)).map(
    ({ path, message }) => `${path}: ${message}`,
  );
const fields = 'fields: [{ name: site, title: Site }, { name: asset, title: Asset, categories: [printing] }]';

describe('services in the file', () => {
  const one = (more: string) => `services: [{ name: a, title: A, ${more} }]`;
  test.each([
    [
      one('categories: [general, printin]'),
      'services[0].categories[1]: there is no category “printin”. Did you mean “printing”?',
    ],
    [
      `${fields}\n${one('categories: [printing], facts: [{ field: asset }, { field: aset }]')}`,
      'services[0].facts[1].field: there is no field “aset”. Did you mean “asset”?',
    ],
    [
      `${fields}\n${one('categories: [printing, general], facts: [{ field: asset }]')}`,
      'services[0].facts[0].field: asset is not for tickets about general',
    ],
    [
      `${fields}\n${one("categories: [printing], facts: [{ field: asset, patterns: ['A-\\d+', '(a*)*'] }]")}`,
      'services[0].facts[0].patterns[1]: a group is repeated by *',
    ],
    [
      one('categories: [printing], answers: { de: Hallo }'),
      'services[0].answers: the desk’s own language is en, and there are no words in it',
    ],
    [
      one('categories: [printing], team: itt'),
      'services[0].team: there is no team “itt”. Did you mean “it”?',
    ],
    [
      one('categories: [printing], sla: standart'),
      'services[0].sla: there is no policy “standart”. Did you mean “standard”?',
    ],
    [
      one('categories: [printing], sla: standard'),
      'sla[0].name: nothing is promised to tickets that no policy fits',
    ],
  ])('%s is refused', (block, why) => {
    expect(problems(block)).toEqual([why]);
  });

  test('of which people ask for two by the same title are refused, unless one is for some of them alone', () => {
    const two = (more: string) =>
      `services: [{ name: a, title: Same, categories: [printing] }, { name: b, title: same!, categories: [general]${more} }]`;
    expect(problems(two(''))).toEqual([
      'services[0].title: b has the same title, by which people ask for it',
      'services[1].title: a has the same title, by which people ask for it',
    ]);
    expect(problems(two(', for: ["@example.org"]'))).toEqual([]);
    const each =
      ', for: ["@example.net"] }, { name: c, title: Same, for: ["@example.org"], categories: [general]';
    expect(problems(two(each).replace('name: a, title: Same', 'name: a, title: Other'))).toEqual([]);
  });

  test.each([
    [
      'it',
      'hr',
      ['services[0].team: printing is it’s, and what is confidential does not change hands by itself'],
    ],
    [
      'hr',
      'it',
      ['services[0].team: printing is hr’s, and what is confidential does not change hands by itself'],
    ],
    ['hr', 'hr', []],
    ['it', 'lab', []],
  ])('of a category of %s may be of %s, unless what is confidential changed hands', (of, team, refused) => {
    const teams: [string, string] = [
      'tiers:',
      '  - { name: hr, title: HR, lead: leo@example.org, confidential: true }\n  - { name: lab, title: Lab, lead: leo@example.org }\ntiers:',
    ];
    const moved: [string, string] = ['Printing, team: it', `Printing, team: ${of}`];
    expect(problems(one(`categories: [printing], team: ${team}`), teams, moved)).toEqual(refused);
  });

  test('that are whole are taken', () => {
    expect(
      problems(
        `${fields}\nservices: [{ name: a, title: A, categories: [printing], facts: [{ field: asset }], answers: { en: Hello } }]`,
      ),
    ).toEqual([]);
  });
});

describe('organisations in the file', () => {
  const acme = '{ name: acme, title: Acme, senders: ["@acme.example"], vip: true }';

  test('are known to the rules that name them', () => {
    const board = acme.replace(
      ' }',
      ', departments: [{ name: lab, title: Lab, senders: [bob@acme.example] }, { name: board, title: Board, senders: [eve@acme.example] }] }',
    );
    const rule = (clues: string) =>
      problems(`organisations: [${board}]`, ['words: [printer] }', `words: [printer], ${clues} }`]);
    expect(rule('organisations: [acme], departments: [acme/board]')).toEqual([]);
    expect(rule('organisations: [acme, acne]')).toEqual([
      'categories[0].organisations[1]: there is no organisation “acne”. Did you mean “acme”?',
    ]);
    expect(rule('departments: [acme/board, acme/bord]')).toEqual([
      'categories[0].departments[1]: there is no department “acme/bord”. Did you mean “acme/board”?',
    ]);
  });

  test('have each sender once', () => {
    const other = '{ name: other, title: Other, senders: ["@other.example", "@acme.example"] }';
    expect(problems(`organisations: [${acme}, ${other}]`)).toEqual([
      'organisations[1].senders[1]: @acme.example belongs to acme already',
    ]);
  });

  test('and their departments make VIPs of their people, beside those of vips', () => {
    const desk = deskOf(
      smallDeskWith([
        'matrix:',
        `vips: [ceo@other.example]
organisations:
  - { name: acme, title: Acme, senders: ["@acme.example", "@acme.test"], vip: true }
  - { name: other, title: Other, senders: ["@other.example"], departments: [{ name: lab, title: Lab, senders: [bo@other.example] }, { name: board, title: Board, senders: [eve@other.example, zoe@far.example], vip: true }] }
matrix:`,
      ]),
    );
    const vips = ['ann@acme.test', 'ceo@other.example', 'eve@other.example', 'zoe@far.example'];
    for (const address of vips) expect([address, isVip(address, desk)]).toEqual([address, true]);
    for (const address of ['bo@other.example', 'al@other.example', 'x@nobody.example'])
      expect([address, isVip(address, desk)]).toEqual([address, false]);
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

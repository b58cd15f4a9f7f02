import { describe, expect, test } from 'vitest';
import { deskOf, problemsOf, SMALL_DESK, smallDeskWith } from './small-desk.ts';

const withBlock = (block: string) => `${SMALL_DESK}${block}\n`;
const problems = (text: string) =>
  problemsOf(text).map(({ path, message, allowed }) => `${path}: ${message}; ${allowed}`);

test('macros, fields and approvals may be left out', () => {
  expect(deskOf(SMALL_DESK)).toMatchObject({
    ...{ macros: [], fields: [], approvals: { expireAfter: 5 * 24 * 3_600_000 } },
  });
});

describe('macros', () => {
  test('have words, commands or both', () => {
    const desk = deskOf(
      withBlock(
        'macros: [{ name: again, title: Again, words: { en: "Hello {{requester}}" }, do: ["#waiting 3d", "#asset 7"] }]\nfields: [{ name: asset, title: Asset }]',
      ),
    );
    expect(desk.macros).toEqual([
      {
        ...{ name: 'again', title: 'Again', words: { en: 'Hello {{requester}}' } },
        do: ['#waiting 3d', '#asset 7'],
      },
    ]);
    expect(problems(withBlock('macros: [{ name: bare, title: Bare }]'))[0]).toContain(
      'macros[0].name: bare says and does nothing',
    );
    expect(
      problems(withBlock('macros: [{ name: bare, title: Bare, words: { de: Hallo, en: Hello } }]')),
    ).toEqual([]);
  });

  test.each([
    ['do: ["#take", "#wating 3d"]', 'do[1]: there is no command #wating; did you mean #waiting?'],
    ['do: ["waiting 3d"]', 'do[0]: “waiting 3d” is no command'],
    ['do: ["#take\\nthanks"]', 'do[0]: “#take\nthanks” is no command'],
    ['do: ["#take\\n#waiting 3d"]', 'do[0]: “#take\n#waiting 3d” is no command'],
    ['do: ["#tag"]', 'do[0]: #tag needs a value'],
    ['do: ["#macro other"]', 'do[0]: a macro gives no other'],
    ['do: ["#merge T-7K4M2Q"]', 'do[0]: #merge is about one ticket, and a macro is for many'],
    ['do: ["#link T-7K4M2Q problem"]', 'do[0]: #link is about one ticket, and a macro is for many'],
    ['do: ["#stop"]', 'do[0]: there is no command #stop'],
    [
      'words: { en: "Hello {{requestor}}" }',
      'words.en: there is no {{requestor}} to fill in. Did you mean “{{requester}}”?',
    ],
    ['words: { de: "Guten Tag" }', 'words: the desk’s own language is en, and there are no words in it'],
    [
      'words: { en: Hello }, categories: [general, prining]',
      'categories[1]: there is no category “prining”. Did you mean “printing”?',
    ],
  ])('with %s are refused', (what, message) => {
    expect(problems(withBlock(`macros: [{ name: again, title: Again, ${what} }]`))).toEqual([
      expect.stringContaining(`macros[0].${message}`),
    ]);
  });

  test('have each name once', () => {
    const one = '{ name: again, title: Again, do: ["#take"] }';
    expect(problems(withBlock(`macros: [${one}, ${one}]`))[0]).toContain('another of macros has it already');
  });
});

describe('fields', () => {
  test.each([
    ['{ name: priority, title: x }', 'name: #priority is a command already'],
    ['{ name: prio, title: x }', 'name: #prio is a command already'],
    ['{ name: site, title: x, type: choice }', 'type: a choice names nothing to choose from'],
    ['{ name: site, title: x, choices: [a] }', 'choices: a text has no choices'],
    ['{ name: site, title: x, type: choice, choices: [a, None] }', 'choices[1]: none clears the field'],
    [
      '{ name: site, title: x, categories: [printing, prining] }',
      'categories[1]: there is no category “prining”. Did you mean “printing”?',
    ],
    [
      '{ name: asset2, title: x }',
      'name: this is not written as it should be; a short name of letters and hyphens',
    ],
  ])('%s is refused', (field, message) => {
    expect(problems(withBlock(`fields: [${field}]`))).toEqual([
      expect.stringContaining(`fields[0].${message}`),
    ]);
  });
});

describe('the approval of a category', () => {
  const printing = (approval: string) =>
    smallDeskWith(['title: Printing, team: it', `title: Printing, team: it, approval: ${approval}`]);

  test('is asked of all unless it says any', () => {
    const { categories } = deskOf(printing('{ by: [Leo@example.org, boss@example.net] }'));
    expect(categories[0]?.approval).toEqual({ by: ['leo@example.org', 'boss@example.net'], quorum: 'all' });
  });

  test('is never asked of the desk’s own address, or of nobody', () => {
    expect(problemsOf(printing('{ by: [leo@example.org, help@desk.example.org] }'))).toEqual([
      expect.objectContaining({
        path: 'categories[0].approval.by[1]',
        message: 'the desk itself receives at this address',
        allowed: 'somebody’s own address, which is not at desk.example.org',
      }),
    ]);
    expect(problems(printing('{ by: [] }'))).toHaveLength(1);
  });
});

describe('who is above whom', () => {
  const under = (manager: string, more = '') =>
    smallDeskWith([
      'name: Leo, role: lead }',
      `name: Leo, role: lead, manager: ${manager} }\n  - { address: max@example.org, name: Max, role: manager${more} }`,
    ]);

  test('is a lead or manager, in a chain that ends', () => {
    expect(deskOf(under('max@example.org')).people.find(({ name }) => name === 'Leo')?.manager).toBe(
      'max@example.org',
    );
    expect(problems(under('mix@example.org'))).toEqual([
      expect.stringMatching(/^people\[1\]\.manager: there is no .*Did you mean “max@example.org”\?/),
    ]);
    expect(problems(under('ann@example.org'))[0]).toContain('there is no lead or manager among people');
    expect(problems(under('max@example.org', ', manager: leo@example.org'))).toEqual([
      expect.stringContaining('people[1].manager: this chain comes back to Leo'),
      expect.stringContaining('people[2].manager: this chain comes back to Max'),
    ]);
    const agent = smallDeskWith([
      'name: Ann, role: agent',
      'name: Ann, manager: leo@example.org, role: agent',
    ]);
    expect(problems(agent)[0]).toContain('people[0].manager: above Ann is the lead of the team');
  });

  test('is said of those of a chain that comes back, and not of whoever stands below it', () => {
    const text = under('max@example.org', ', manager: max@example.org');
    expect(problems(text)).toEqual([expect.stringContaining('this chain comes back to Max')]);
  });
});

describe('digests', () => {
  const ann = (more: string) => smallDeskWith(['name: Ann, role: agent', `name: Ann, role: agent, ${more}`]);

  const manager = (more: string) =>
    smallDeskWith([
      'name: Leo, role: lead }',
      `name: Leo, role: lead }\n  - { address: max@example.org, name: Max, role: manager, ${more} }`,
    ]);

  test('are for those who want their mail so; what is left out comes at once', () => {
    expect(deskOf(SMALL_DESK)).toMatchObject({
      people: [{ mail: 'instant' }, {}],
      digests: { everybody: false },
    });
    expect(deskOf(ann('mail: digest, digestAt: "07:30"')).people[0]).toMatchObject({
      ...{ mail: 'digest', digestAt: '07:30' },
    });
  });

  test.each([
    [ann('digestAt: "07:30"'), 'people[0].digestAt: no digest goes to this person; mail: digest beside it'],
    [ann('mail: weekly'), 'people[0].mail: this is none of the allowed values; instant or digest'],
    [ann('mail: digest, digestAt: "7:30"'), 'a time of day such as 07:30'],
    [manager('mail: digest'), 'people[2].mail: a manager takes no tickets'],
    [manager('digestAt: "07:30"'), 'people[2].digestAt: a manager takes no tickets'],
    [manager('mail: digest, digestAt: "07:30"'), 'people[2].mail: a manager takes no tickets'],
  ])('%#: what would have no effect is refused', (text, message) => {
    expect(problems(text).join()).toContain(message);
  });

  test('may come to everybody, each at his time', () => {
    const text = `${ann('digestAt: "07:30"')}digests: { everybody: true }\n`;
    expect(deskOf(text)).toMatchObject({ digests: { everybody: true } });
  });
});

describe('reports', () => {
  const to = (readers: string) => `${SMALL_DESK}reports: { weekly: { to: [${readers}] } }\n`;

  test('are for leads, managers and people by their address, and come to nobody who is not named', () => {
    expect(deskOf(SMALL_DESK).reports).toEqual({});
    expect(deskOf(to('managers, Ann@example.org')).reports).toEqual({
      weekly: { to: ['managers', 'ann@example.org'], on: 'mon', at: '07:00' },
    });
  });

  test.each([
    [
      to('leads, an@example.org'),
      'reports.weekly.to[1]: nobody of people has the address an@example.org. Did you mean “ann@example.org”?',
    ],
    [
      `${SMALL_DESK}reports: { daily: { to: [an@example.org] } }\n`,
      'reports.daily.to[0]: nobody of people has the address',
    ],
    [to('manager'), 'leads, managers, or an address of people'],
    [to(''), 'a list with at least one entry'],
    [`${SMALL_DESK}reports: { daily: { to: [leads], on: tue } }\n`, 'there is no such setting here'],
    [`${SMALL_DESK}reports: { weekly: { to: [leads], at: 7am } }\n`, 'a time of day such as 07:30'],
  ])('%#: what would have no effect is refused', (text, message) => {
    expect(problems(text).join()).toContain(message);
  });
});

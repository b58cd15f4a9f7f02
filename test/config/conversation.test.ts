import { describe, expect, test } from 'vitest';
import { loadDesk } from '../../core/config/load.ts';
import { deskOf, SMALL_DESK, smallDeskWith } from './small-desk.ts';

const withBlock = (block: string) => `${SMALL_DESK}${block}\n`;
const problemsOf = (text: string) => {
  const loaded = loadDesk(text);
  return loaded.ok ? [] : loaded.problems.map(({ message, allowed }) => `${message}; ${allowed}`);
};

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
    expect(desk.macros).toMatchObject([{ name: 'again', do: ['#waiting 3d', '#asset 7'] }]);
    expect(problemsOf(withBlock('macros: [{ name: bare, title: Bare }]'))[0]).toContain(
      'bare says and does nothing',
    );
  });

  test.each([
    ['do: ["#wating 3d"]', 'there is no command #wating; did you mean #waiting?'],
    ['do: ["waiting 3d"]', '“waiting 3d” is no command'],
    ['do: ["#tag"]', '#tag needs a value'],
    ['do: ["#macro other"]', 'a macro gives no other'],
    ['do: ["#stop"]', 'there is no command #stop'],
    ['words: { en: "Hello {{requestor}}" }', 'there is no {{requestor}} to fill in'],
    ['words: { de: "Guten Tag" }', 'the desk’s own language is en, and there are no words in it'],
    ['words: { en: Hello }, categories: [prining]', 'there is no category “prining”'],
  ])('with %s are refused', (what, message) => {
    expect(problemsOf(withBlock(`macros: [{ name: again, title: Again, ${what} }]`))[0]).toContain(message);
  });

  test('have each name once', () => {
    const one = '{ name: again, title: Again, do: ["#take"] }';
    expect(problemsOf(withBlock(`macros: [${one}, ${one}]`))[0]).toContain(
      'another of macros has it already',
    );
  });
});

describe('fields', () => {
  test.each([
    ['{ name: priority, title: x }', '#priority is a command already'],
    ['{ name: prio, title: x }', '#prio is a command already'],
    ['{ name: site, title: x, type: choice }', 'a choice names nothing to choose from'],
    ['{ name: site, title: x, choices: [a] }', 'a text has no choices'],
    ['{ name: site, title: x, type: choice, choices: [a, None] }', 'none clears the field'],
    ['{ name: site, title: x, categories: [prining] }', 'there is no category “prining”'],
    ['{ name: asset2, title: x }', 'a short name of letters and hyphens'],
  ])('%s is refused', (field, message) => {
    expect(problemsOf(withBlock(`fields: [${field}]`)).join()).toContain(message);
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
    expect(problemsOf(printing('{ by: [help@desk.example.org] }'))[0]).toContain(
      'the desk itself receives at this address',
    );
    expect(problemsOf(printing('{ by: [] }'))).toHaveLength(1);
  });
});

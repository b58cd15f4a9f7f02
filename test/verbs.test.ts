/** docs/verbs.md against the code: every verb is there as it is, and what is named as its proof gives it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { verbRows } from '../bench/agent-card.ts';
import { VERBS, type VerbName } from '../core/mail/commands.ts';
import { UPDATE_KINDS } from '../core/mail/update.ts';

const NAMES = Object.keys(VERBS) as VerbName[];
const rows = verbRows();
const WHO = new Map<string, boolean | 'only'>([
  ['people', false],
  ['lead or assignee', false],
  ['people, requesters', true],
  ['requesters', 'only'],
]);
const code = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
const JOURNEYS = 'test/journeys';
const journeys = readdirSync(JOURNEYS).map((name) => ({
  name,
  text: readFileSync(`${JOURNEYS}/${name}`, 'utf8'),
}));
const TESTS = journeys.filter(({ name }) => name.endsWith('.test.ts'));
const isTold = (name: string) => TESTS.some(({ text }) => text.includes(`from './${name}'`));
/** A story is a test file, or a file that test files tell. */
const STORIES = journeys.filter(({ text }) => text.includes('(begin: () => Laptop): void'));
const told = [...TESTS, ...STORIES.filter(({ name }) => isTold(name))];
const fileOf = (proof: string) => {
  const story = told.find(({ name }) => `journeys/${name}` === `${proof}.ts`);
  return story ? `${JOURNEYS}/${story.name}` : `test/${proof}.test.ts`;
};

/** Written in a mail or a table of the test, and not in the middle of a longer word. */
function gives(file: string, verb: VerbName): boolean {
  const words = [verb, ...VERBS[verb].aliases].join('|');
  return new RegExp(`[#＃](?:${words})(?![\\w-])`, 'i').test(readFileSync(file, 'utf8'));
}

test('every story is told', () => {
  expect(STORIES.length).toBeGreaterThan(0);
  expect(STORIES.filter(({ name }) => !isTold(name)).map(({ name }) => name)).toEqual([]);
});

test('every verb has one row, and nothing else has', () => {
  expect(rows.map(([verb = '']) => code(verb)[0]).sort()).toEqual(NAMES.map((name) => `#${name}`).sort());
});

describe.each(NAMES)('#%s', (verb) => {
  const [, also = '', example = '', who = '', what = '', proof = ''] =
    rows.find(([name = '']) => code(name)[0] === `#${verb}`) ?? [];
  const proofs = proof.split(', ').map(fileOf);

  test('stands there with its other names, its example, and who may give it', () => {
    expect(code(also)).toEqual(VERBS[verb].aliases.map((alias) => `#${alias}`));
    expect(code(example)).toEqual([VERBS[verb].example]);
    expect(WHO.get(who)).toBe(VERBS[verb].requester);
    expect(what).toMatch(/\.$/);
  });

  test('is proven by a test of the decision and by a story, and both give it', () => {
    const stories = proofs.filter((file) => file.startsWith('test/journeys/'));
    expect(stories.length, 'stories').toBeGreaterThan(0);
    expect(proofs.length - stories.length, 'other tests').toBeGreaterThan(0);
    for (const file of proofs) {
      expect(existsSync(file), file).toBe(true);
      expect(gives(file, verb), `${file} gives #${verb}`).toBe(true);
    }
  });
});

describe('every kind of update', () => {
  const stories = told.map(({ text }) => text).join('\n');

  test.each(UPDATE_KINDS)('%s is waited for in a story', (kind) => {
    expect(stories).toMatch(new RegExp(`\\.mail\\(\\s*'${kind}'|kind(?: ===|:) '${kind}'`));
  });
});

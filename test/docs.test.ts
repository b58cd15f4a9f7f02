/** What the documents name is there: pages, headings, commands, scripts; and the agent's card is what the parser of commands understands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { CARD, cardHtml, cardMark, GROUPS, verbRows } from '../bench/agent-card.ts';
import { deskProgram } from '../cli/program.ts';
import { readCommands, VERBS, type VerbName } from '../core/mail/commands.ts';

const program = await deskProgram();
const NAMES = Object.keys(VERBS) as VerbName[];
const DOCS = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
const ROOT = readdirSync('.').filter((name) => name.endsWith('.md'));
const PAGES = [...ROOT, ...DOCS.filter((name) => name.endsWith('.md'))];
const INDEX = join('docs', 'README.md');
const textOf = (page: string) => readFileSync(page, 'utf8');

describe.each(PAGES)('%s', (page) => {
  test('leads only to files and headings that are there', () => {
    const dead = linksOf(page).filter(({ file, heading }) => {
      if (!existsSync(file)) return true;
      return heading !== '' && !headingsOf(file).includes(heading);
    });
    expect(dead).toEqual([]);
  });

  test('names only commands of desk that there are', () => {
    expect(typedIn(page).flatMap((line) => wrongIn(line))).toEqual([]);
  });

  test('names only scripts that there are', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const code = codeIn(page).join('\n');
    const run = [...code.matchAll(/npm run (?:-s )?(?:--prefix \S+ )?([\w-]+)/g)].map(
      ([, name = '']) => name,
    );
    const files = [...code.matchAll(/\bnode (?:--\S+ )*(?:setup\.mjs )?([\w/-]+\.(?:ts|mjs))/g)];
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
    expect(files.map(([, file = '']) => file).filter((file) => !existsSync(file))).toEqual([]);
  });
});

test('the index has every page', () => {
  const named = linksOf(INDEX).map(({ file }) => file);
  expect(PAGES.filter((page) => page.startsWith('docs') && page !== INDEX && !named.includes(page))).toEqual(
    [],
  );
});

describe('the agent’s card', () => {
  test('has every command once', () => {
    expect(GROUPS.flatMap(({ verbs }) => verbs).sort()).toEqual(NAMES.sort());
  });

  test.each(NAMES)('has #%s with its example, which is understood, and what happens', (verb) => {
    const { example, requester } = VERBS[verb];
    const [name, ...value] = example.split(' ');
    const html = cardHtml('');
    expect(html).toContain(`<b>${name}</b>`);
    if (value.length > 0) expect(html).toContain(`<code>${value.join(' ')}</code>`);
    const { commands, unknown } = readCommands(example, requester === 'only' ? 'requester' : 'agent');
    expect({ commands: commands.map((each) => each.verb), unknown }).toEqual({
      commands: [verb],
      unknown: [],
    });
    const [, , , , what = ''] = verbRows().find(([cell]) => cell === `\`#${verb}\``) ?? [];
    expect(what).not.toBe('');
  });

  test('is drawn from these words (npm run agent-card), on one page', () => {
    const pdf = readFileSync(CARD, 'latin1');
    expect(pdf).toContain(`/Title (${cardMark()})`);
    expect(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf)?.[1]).toBe('1');
  });
});

describe('the guides', () => {
  const guides = ['user', 'agent', 'lead', 'compare'].map((name) => `docs/guide/${name}.md`);
  const given = (page: string) =>
    codeIn(page)
      .flatMap((code) => code.split('\n'))
      .filter((line) => /^#[a-z]/.test(line));

  /** A name alone may stand for the command that has a value elsewhere. */
  const isKnown = (line: string) =>
    readCommands(/\s/.test(line) ? line : `${line} x`, 'agent', ['asset']).unknown.length === 0 ||
    readCommands(line, 'requester').commands.length > 0;

  test.each([...guides, 'README.md'])('every command in %s is understood', (page) => {
    expect(given(page).filter((line) => !isKnown(line))).toEqual([]);
  });

  test('the agent’s has every command, and all its other names', () => {
    const names = new Set(given('docs/guide/agent.md').map((line) => /^#([a-z-]+)/.exec(line)?.[1]));
    const all = NAMES.flatMap((name) => [name, ...VERBS[name].aliases]);
    expect(all.filter((name) => !names.has(name))).toEqual([]);
  });

  test('the user’s has all that requesters may give', () => {
    const own = NAMES.filter((name) => VERBS[name].requester !== false).map((name) => `#${name}`);
    expect(own.filter((line) => !given('docs/guide/user.md').includes(line))).toEqual([]);
  });

  test('the comparison names no price that the page of costs does not have', () => {
    const prices = (page: string): string[] => textOf(page).match(/\$[\d.,]*\d/g) ?? [];
    const known = prices('docs/guide/cost.md');
    expect(prices('docs/guide/compare.md').filter((price) => !known.includes(price))).toEqual([]);
  });

  test('the comparison counts the commands', () => {
    expect(textOf('docs/guide/compare.md')).toContain(`| ${NAMES.length}, fail closed |`);
  });
});

function linksOf(page: string): { file: string; heading: string }[] {
  const text = textOf(page).replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, path = '', heading = '']) => ({
      file: path === '' ? page : normalize(join(dirname(page), path)),
      heading,
    }),
  );
}

/** As GitHub makes anchors of them. */
function headingsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/** Blocks, fenced or indented, and spans. */
function codeIn(page: string): string[] {
  const text = textOf(page);
  const fenced = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm)].map(([, code = '']) => code);
  const spans = [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  );
  const indented = text.split('\n').filter((line) => /^ {4}npm /.test(line));
  return [...fenced, ...spans, ...indented];
}

/** What stands behind `desk` where it is typed. */
function typedIn(page: string): string[] {
  return codeIn(page)
    .flatMap((code) => code.replace(/\\\n\s*/g, ' ').split('\n'))
    .flatMap((line) => {
      const [, rest] = /^(?:\s*npm run -s desk --|\s*desk(?= )|source <\(desk)(.*)$/.exec(line) ?? [];
      return rest === undefined ? [] : [rest.replace(/\s#.*$|\|.*$|\)$/g, '').trim()];
    })
    .filter((rest) => rest !== '' && !/^(?:…|<)/.test(rest));
}

function wrongIn(typed: string): string[] {
  const wrong: string[] = [];
  let command: Command = program;
  let isBelow = false;
  const words = typed.match(/'[^']*'|\S+/g) ?? [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word.startsWith('-')) {
      const option = [...command.options, ...program.options].find(
        ({ long, short }) => long === word || short === word,
      );
      if (!option) wrong.push(`desk ${typed}: ${word}`);
      else if (option.required) at++;
    } else if (command.commands.length > 0) {
      const next = command.commands.find((each) => each.name() === word);
      if (next) command = next;
      // A family such as `desk kb` may have an argument of its own.
      else if (!isBelow || command.registeredArguments.length === 0) wrong.push(`desk ${typed}: ${word}`);
      isBelow = true;
    }
  }
  return wrong;
}

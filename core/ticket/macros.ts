/** What agents say and do again and again: words and commands under one name. */
import type { Desk, Macro } from '../config/desk.ts';
import type { MacroFile } from '../config/macro-files.ts';
import { type Command, didYouMean, readCommands } from '../mail/commands.ts';
import { personOf } from '../mail/standing.ts';
import type { Act, Decision } from './decision.ts';
import { fillIn } from './macro-words.ts';
import type { Ticket } from './ticket.ts';

/** Those for the ticket's category first, then those for all. */
export function macrosFor({ category }: Pick<Ticket, 'category'>, { macros }: Desk): Macro[] {
  return [
    ...macros.filter(({ categories }) => categories?.includes(category)),
    ...macros.filter(({ categories }) => categories === undefined),
  ];
}

/** What `#macro name` stands for: its own commands follow it, and are decided like any others. */
export function unfold(commands: readonly Command[], desk: Desk): Command[] {
  return commands.flatMap((command) => {
    const macro = command.verb === 'macro' ? macroNamed(command.value, desk) : undefined;
    if (!macro) return [command];
    const fields = desk.fields.map(({ name }) => name);
    return [command, ...readCommands(macro.do.join('\n'), 'agent', fields).commands];
  });
}

/** The words of the macros that these commands name, in the ticket's language. */
export function wordsOf(
  commands: readonly Command[],
  { id, subject, requester, language }: Ticket,
  { by }: Act,
  desk: Desk,
): string {
  const values = {
    requester: requester.name || requester.address,
    ticket: id,
    agent: personOf(by, desk)?.name ?? desk.name,
    desk: desk.name,
    subject,
  };
  return commands
    .flatMap(({ verb, value }) => (verb === 'macro' ? (macroNamed(value, desk)?.words ?? []) : []))
    .flatMap((words) => words[language] ?? words[desk.language] ?? [])
    .map((words) => fillIn(words.trim(), values))
    .join('\n\n');
}

/** What goes along with them, each file once. */
export function filesOf(commands: readonly Command[], desk: Desk): MacroFile[] {
  const named = commands.flatMap(({ verb, value }) =>
    verb === 'macro' ? (macroNamed(value, desk)?.files ?? []) : [],
  );
  return [...new Map(named.map((file) => [`${file.beside} ${file.name}`, file])).values()];
}

export function useMacro(value: string, ticket: Ticket, desk: Desk): Decision {
  const fitting = macrosFor(ticket, desk).map(
    (macro) => `${macro.name} (${[macro.title, ...fileNames(macro)].join(', ')})`,
  );
  if (value === '')
    return {
      happenings: [],
      detail: fitting.length > 0 ? fitting.join(', ') : 'there is none for this category',
      said:
        fitting.length > 0 ? { key: 'macros', facts: { macros: fitting.join(', ') } } : { key: 'no-macros' },
      done: true,
    };
  const macro = macroNamed(value, desk);
  if (!macro) {
    const suggestion = didYouMean(
      value.toLowerCase(),
      desk.macros.map(({ name }) => name),
    );
    return {
      refused: `there is no macro “${value}”${suggestion ? `; did you mean ${suggestion}?` : ';'} #macro alone lists them`,
      said: suggestion
        ? { key: 'no-macro-but', facts: { value, suggestion } }
        : { key: 'no-macro', facts: { value } },
    };
  }
  const does = macro.do.length > 0 ? [`it does ${macro.do.join(', ')}`] : [];
  const says = Object.keys(macro.words).length > 0 ? ['its words lead yours'] : [];
  const files = fileNames(macro);
  const attaches = files.length > 0 ? [`it attaches ${files.join(', ')}`] : [];
  return {
    happenings: [],
    detail: [macro.title, ...says, ...does, ...attaches].join('; '),
    said: { key: 'macro', facts: { title: [macro.title, ...macro.do, ...files].join(', ') } },
    done: true,
  };
}

function fileNames({ files = [] }: Macro): string[] {
  return files.map(({ name }) => name);
}

function macroNamed(value: string, { macros }: Desk): Macro | undefined {
  const word = value.toLowerCase();
  return macros.find(({ name, title }) => name === word || title.toLowerCase() === word);
}

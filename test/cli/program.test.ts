import type { Command } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { deskProgram, FAMILIES } from '../../cli/program.ts';

/** Every command by what is typed for it. */
function commandsOf(command: Command, typed: string): [string, Command][] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help')
    .flatMap((each): [string, Command][] => {
      const name = `${typed} ${each.name()}`;
      return [[name, each], ...commandsOf(each, name)];
    });
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

describe.each(commandsOf(await deskProgram(), 'desk'))('%s', (typed, command) => {
  test('its help says what it does, with examples of itself', () => {
    const help = helpOf(command);
    expect(command.description()).not.toBe('');
    const examples = help.slice(help.indexOf('\nExamples:\n')).split('\n').slice(2);
    expect(help).toContain('\nExamples:\n');
    const words = typed.split(' ').slice(1).join(' ');
    expect(examples.filter((line) => line.includes(words))).not.toEqual([]);
    expect(help).not.toContain('\u001b');
  });
});

test('the program itself has examples as well', async () => {
  expect(helpOf(await deskProgram())).toContain('\nExamples:\n');
});

/** What the program prints of itself for a shell. */
async function said(...words: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    (await deskProgram(words)).parse(words, { from: 'user' });
    return log.mock.calls.map(([line]) => String(line)).join('\n');
  } finally {
    log.mockRestore();
  }
}

test.each(['bash', 'zsh', 'fish'])(
  'completion of %s is a script for a command called desk',
  async (shell) => {
    expect(await said('completion', shell)).toContain('desk complete --');
  },
);

test('Tab knows commands, the commands below them, and the values of an option', async () => {
  const offered = async (...words: string[]) =>
    (await said('complete', '--', ...words)).split('\n').map((line) => line.split('\t')[0]);
  expect(await offered('de')).toContain('deploy');
  expect(await offered('keys', 'ro')).toContain('rotate');
  expect(await offered('tickets', '--status', '')).toEqual(expect.arrayContaining(['open', 'resolved']));
});

test.each(FAMILIES.map(({ names }) => names))(
  'what is typed for %s loads the command, and not the others',
  async (...names) => {
    const program = await deskProgram(['--json', ...names.slice(0, 1)]);
    expect(program.commands.map((command) => command.name())).toEqual(names);
  },
);

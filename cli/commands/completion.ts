/** `desk completion`: words for the shell's Tab key, read from the program itself. */
import addCompletions from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** After all other commands: what comes later is not completed. */
export function completionCommand(program: Command): void {
  addCompletions(program, { completionCommandName: 'completion' });
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('prints a script by which the shell completes commands, options and their values')
    .addHelpText(
      'after',
      `
It is for a command called desk, which the first line makes. In bash the package bash-completion has to be there.

Examples:
  alias desk='npm run -s --prefix ~/replydesk desk --'
  source <(desk completion bash)
  desk completion zsh > ~/.zfunc/_desk
  desk completion fish > ~/.config/fish/completions/desk.fish`,
    );
}

/** `desk keys`: what the desk signs its reply addresses with. */
import { type Command, CommanderError } from 'commander';
import { type KeyShown, revoke, rotate, showKeys } from '../keys.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

export function keyCommands(program: Command, { desk, print }: Shell): void {
  const keys = program
    .command('keys')
    .description('lists the keys that reply addresses, references and codes are signed with')
    .addHelpText(
      'after',
      `
Their secrets are never shown. On a laptop and in AWS it is the same.

Examples:
  desk keys
  desk keys rotate --stack Replydesk
  desk keys revoke 1 --stack Replydesk`,
    )
    .action(list);

  keys
    .command('list')
    .description('the same as desk keys')
    .addHelpText('after', '\nExamples:\n  desk keys list --stack Replydesk')
    .action(list);

  keys
    .command('rotate')
    .description('makes a new key, which signs as soon as every function knows it: six minutes later')
    .addHelpText(
      'after',
      `
Nothing that is out becomes invalid: the old key goes on verifying until it is revoked.

Examples:
  desk keys rotate
  desk keys rotate --stack Replydesk`,
    )
    .action(async () => {
      const rotated = await rotate((await desk()).keyRing, Date.now());
      print(rotated, () =>
        [
          listed(rotated.keys),
          '',
          `Key ${rotated.version} signs from ${rotated.from} on. What the others signed stays valid until it expires (tokens.validFor of desk.yaml), or until its key is revoked.`,
        ].join('\n'),
      );
    });

  keys
    .command('revoke')
    .description('takes a key out at once: what it signed is worth nothing any more')
    .argument('<version>', 'as desk keys lists it', versionOf)
    .addHelpText(
      'after',
      `
Functions keep what they have read for five minutes; then no reply address, reference or code that this key signed proves
anything. Answers to such mail are not lost: each opens a new ticket, flagged, because its address looks forged; an agent's as
well. Calendars take later changes of a planned visit for a stranger's. If a key has leaked: rotate, wait six minutes, revoke.

Examples:
  desk keys revoke 1
  desk keys revoke 1 --stack Replydesk`,
    )
    .action(async (version: number) => {
      const done = await revoke((await desk()).keyRing, version, Date.now());
      print(done, () =>
        [
          listed(done.keys),
          '',
          `Key ${version} is gone. By ${done.dead} nothing that it signed is believed any more: answers to mail that it signed open new tickets, flagged.`,
        ].join('\n'),
      );
    });

  async function list(): Promise<void> {
    const shown = showKeys(await (await desk()).keyRing.read(), Date.now());
    print({ keys: shown }, () => listed(shown));
  }
}

const STATES = { signs: 'signs', verifies: 'verifies only', 'will-sign': 'will sign' };

function listed(keys: readonly KeyShown[]): string {
  return table(
    ['Key', 'State', 'Signs since'],
    keys.map(({ version, state, since }) => [String(version), STATES[state], since ?? 'the beginning']),
    'none',
  );
}

function versionOf(text: string): number {
  if (/^([1-9]|1[0-5])$/.test(text)) return Number(text);
  throw new CommanderError(
    2,
    'desk.keys',
    `error: the version is «${text}»; allowed is a number from 1 to 15, as desk keys lists them`,
  );
}

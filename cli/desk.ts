/** `desk`: what an admin types. Results go to stdout, everything else to stderr; `--json` prints one document and nothing more. */
import { CommanderError } from 'commander';
import { deskProgram } from './program.ts';
import { closedDoor, Refused } from './refused.ts';
import { harmless } from './shell.ts';

// Whoever reads only the beginning, as `head` does, has what he wanted: what is left to do is done, unheard.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  const program = await deskProgram(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  const refusal = error instanceof Refused ? error.message : closedDoor(error);
  if (refusal !== null) {
    process.stderr.write(`${harmless(refusal)}\n`);
    process.exitCode = 1;
  } else if (error instanceof CommanderError) {
    if (error.code.startsWith('desk.')) process.stderr.write(`${harmless(error.message)}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else throw error;
}

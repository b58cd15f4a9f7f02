/** `desk`: what an admin types. Results go to stdout, everything else to stderr; `--json` prints one document and nothing more. */
import { CommanderError } from 'commander';
import { deskProgram } from './program.ts';
import { Refused } from './refused.ts';

// Whoever reads only the beginning, as `head` does, has what he wanted: what is left to do is done, unheard.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  await deskProgram().parseAsync();
} catch (error) {
  if (error instanceof Refused) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else if (error instanceof CommanderError) {
    if (error.code.startsWith('desk.')) process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else throw error;
}

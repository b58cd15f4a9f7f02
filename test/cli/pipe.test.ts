import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

test('whoever reads only the beginning of an output ends the command quietly', async () => {
  const child = spawn(process.execPath, ['cli/desk.ts', 'explain', 'test/emails'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // As `head` does when it has read enough: whatever is written from now on is EPIPE.
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, said }).toEqual({ code: 0, said: '' });
});

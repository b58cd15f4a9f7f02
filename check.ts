/** Everything that must be true before a change is kept, the same on a laptop and in CI: `npm run check`. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const machines = readdirSync(join(import.meta.dirname, 'workflows'))
  .filter((name) => name.endsWith('.asl.json'))
  .map((name) => join('workflows', name));

const STEPS: [name: string, ...command: string[]][] = [
  ['format and lint', 'biome', 'check', '--error-on-warnings'],
  ['types', 'tsc', '--noEmit'],
  ['tests', 'vitest', 'run'],
  ['state machines', 'asl-validator', ...machines.flatMap((file) => ['--json-path', file])],
  ['synth, with the rules of CloudFormation and cdk-nag', 'cdk', 'synth', '--quiet'],
];

for (const [name, command, ...args] of STEPS) {
  process.stdout.write(`\n── ${name}\n`);
  const began = performance.now();
  const { status } = spawnSync(command as string, args, { cwd: import.meta.dirname, stdio: 'inherit' });
  if (status !== 0) {
    process.stdout.write(`\n${name}: failed\n`);
    process.exit(1);
  }
  process.stdout.write(`${name}: fine (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
}

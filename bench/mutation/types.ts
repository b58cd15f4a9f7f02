/** Which mutants TypeScript refuses: such code can never be, and no test has to notice it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

/**
 * The ids of those that do not compile. Each stands as a file of its own beside the one that it changes, in a copy of core/:
 * all are looked at in one run, and none is in the other's way.
 */
export function refusedByTypes(root: string, mutants: readonly MutantResult[]): Set<string> {
  const folder = join(root, '.generated', 'mutation-types');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'core'), join(folder, 'core'), { recursive: true });
  for (const mutant of mutants) {
    const file = relative(root, mutant.fileName).replace(/\.ts$/, `.mutant-${mutant.id}.ts`);
    writeFileSync(join(folder, file), changed(readFileSync(mutant.fileName, 'utf8'), mutant));
  }
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false, allowUnreachableCode: true };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', include: ['core'], compilerOptions }),
  );
  const { stdout } = spawnSync('tsc', ['--noEmit', '--pretty', 'false', '-p', folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  rmSync(folder, { recursive: true });
  return new Set([...stdout.matchAll(/\.mutant-(\d+)\.ts\(\d+,\d+\): error/g)].map(([, id = '']) => id));
}

function changed(source: string, { location: { start, end }, replacement }: MutantResult): string {
  const lines = source.split('\n');
  const before = [...lines.slice(0, start.line - 1), lines[start.line - 1]?.slice(0, start.column - 1)];
  const after = [lines[end.line - 1]?.slice(end.column - 1), ...lines.slice(end.line)];
  return `${before.join('\n')}${replacement}${after.join('\n')}`;
}

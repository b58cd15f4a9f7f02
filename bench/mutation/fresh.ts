/**
 * Runs before each file of tests, in the thread that stays: for each mutant all modules are loaded anew, without a mutant, so
 * that nothing which another one left in them (a calendar's hours, a desk's rules) is taken for this one's doing.
 */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    mode: 'dry-run' | 'mutant';
    activeMutant?: string;
  }
}

/** Stryker's own, in the thread: which mutant acts, and who came by which one; and ours. */
interface Stryker {
  activeMutant?: string;
  mutantCoverage?: { static: object; perTest: object };
  loadedFor?: string;
  noticed?: string;
}

const { __stryker__: stryker } = globalThis as unknown as { __stryker__: Stryker };

if (inject('mode') === 'mutant') {
  const mutant = inject('activeMutant');
  // vitest would still load all files that are left.
  if (stryker.noticed === mutant) throw new Error('a test before this one has noticed the mutant');
  stryker.activeMutant = undefined;
  if (stryker.loadedFor !== mutant) vi.resetModules();
  stryker.loadedFor = mutant;
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') stryker.noticed = mutant;
  });
} else if (!stryker.mutantCoverage) {
  // What a function loads when it is needed would else seem to be run by the test that first needed it.
  for (const module of globSync('core/**/*.ts')) await import(resolve(module));
} else {
  // Each file tells its own alone: else what the first one covered would be told once for each that follows.
  stryker.mutantCoverage.static = {};
  stryker.mutantCoverage.perTest = {};
}

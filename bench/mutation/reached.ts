/**
 * Survived is what acted and was not noticed. Each test that is asked about a mutant came by its place before; where none does
 * in the mutant's own run, tests did not run or it did not act, and nothing is known of it.
 */
import type { Reporter, Vitest } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** Stryker's: how often the mutant was come by in a file, while it acted. */
    hitCount?: number;
  }
}

export const UNREACHED = 'no test came by the mutant while it acted';

let vitest: Vitest | undefined;

export const REACHED: Reporter = {
  onInit(of) {
    vitest = of;
  },
  onTestRunEnd() {
    if (vitest?.getRootProject().getProvidedContext().mode !== 'mutant') return;
    const isAnswer = vitest.state
      .getFiles()
      .some(({ result, meta }) => result?.state === 'fail' || Number(meta.hitCount) > 0);
    // Stryker counts it as broken then, which is in no score.
    if (!isAnswer) vitest.state.catchError(new Error(UNREACHED), 'Unhandled Error');
  },
};

/** What a mutation run tests with: the sentences about core/ and about the functions that it decides for, in a thread that stays. */
import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { KEPT_THREAD } from './kept-thread.ts';
import { REACHED } from './reached.ts';

/** Of the tests of other rooms, which come by nearly everything, so many files at the most are asked. */
const MOST_OTHERS = 20;

/** The first test that fails decides about a mutant: those of its room come first, then the functions', of each the quickest. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const took = (file: TestSpecification) => this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0;
    const quickest = files.toSorted((a, b) => took(a) - took(b));
    const { mode, activeMutant } = this.ctx.getRootProject().getProvidedContext();
    if (mode === 'dry-run') return quickest;
    const room = roomOf(activeMutant);
    const isOf = (name: string) => (file: TestSpecification) => file.moduleId.includes(`/test/${name}/`);
    const own = quickest.filter(isOf(room));
    // Every function reads desk.yaml: what it makes of it is asked of those who read it alone.
    const functions = room === 'config' ? [] : quickest.filter(isOf('functions'));
    const others = quickest.filter((file) => !isOf(room)(file) && !isOf('functions')(file));
    return [...own, ...functions, ...others.slice(0, MOST_OTHERS)];
  }
}

let rooms: Map<string, string> | undefined;

/** Stryker tells a mutant by its number alone; it stands in the changed code of its file. */
function roomOf(mutant = ''): string {
  rooms ??= new Map(
    globSync('core/*/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/stryMutAct_\w+\("(\d+)"\)/g)].map(
        ([, number = '']): [string, string] => [number, file.split('/')[1] ?? ''],
      ),
    ),
  );
  return rooms.get(mutant) ?? '';
}

/** Stryker names the pool on vitest's command line, which overrides what a configuration says. */
const inKeptThread: Plugin = {
  name: 'kept-thread',
  configureVitest({ project }) {
    project.config.pool = KEPT_THREAD.name;
    project.config.poolRunner = KEPT_THREAD;
  },
};

// biome-ignore lint/style/noDefaultExport: vitest asks for it
export default defineConfig({
  plugins: [inKeptThread],
  test: {
    include: ['test/{config,functions,insight,knowledge,mail,sla,templates,ticket,triage}/**/*.test.ts'],
    // One sentence each about thousands of cases: too long to be told again for each mutant.
    exclude: [
      'test/mail/{linear,spoof}.test.ts',
      'test/functions/{confidential,planted}.test.ts',
      'test/templates/build.test.ts',
    ],
    isolate: false,
    setupFiles: ['bench/mutation/fresh.ts'],
    reporters: [REACHED],
    sequence: { sequencer: NearestFirst },
    testTimeout: 60_000,
  },
});

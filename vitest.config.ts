import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that leave nothing behind in their process: no environment, no mock, no server, no other clock. */
const PURE = [
  'test/*.test.ts',
  'test/{config,functions,insight,knowledge,mail,sla,templates,ticket,triage}/**/*.test.ts',
  'test/cli/!(account|backup|erase|export|keys).test.ts',
  'test/infra/{alarms,dashboard,in,metrics,options,permissions,released,stack,watch}.test.ts',
];

/** Whole desks first: begun last, one of them would run alone at the end. */
class DesksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const sorted = await super.sort(files);
    const isDesk = ({ moduleId }: TestSpecification) => moduleId.includes('/test/journeys/');
    return [...sorted.filter(isDesk), ...sorted.filter((file) => !isDesk(file))];
  }
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Journeys also wait: three keep two cores busy, and more only wait for each other.
    maxWorkers: 3,
    sequence: { sequencer: DesksFirst },
    projects: [
      { extends: true, test: { name: 'desk', include: ['test/**/*.test.ts'], exclude: PURE } },
      // What a worker has loaded serves all of them: to load it takes longer than most of them run.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
    ],
  },
});

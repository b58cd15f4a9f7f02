/**
 * IAM, as far as the template uses it: may this principal do this to that? Decided by the policies that the template
 * gives to roles and to resources, so that a missing grant fails here and not in the account.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html within one account: a
 * matching Deny ends it; otherwise an Allow of the caller's role or of the resource's policy is enough.
 */
import { AwsFault } from './fault.ts';
import type { Guard, Need } from './gateway.ts';

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  /** In policies of resources: to whom. */
  Principal?: { Service?: string | string[]; AWS?: string | string[] } | string;
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policies {
  /** What a role may do, by its ARN. */
  roles: Record<string, PolicyStatement[]>;
  /** The role of each function, machine and schedule by its ARN or, for schedules, logical id; of functions also by logical id. */
  roleOf: Record<string, string>;
  /** What the policies of queues, topics and buckets allow others, by the resource's ARN. */
  resources: Record<string, PolicyStatement[]>;
}

/** Calls over the gateway are by a function, named by its logical id, or by `admin`, who may do all. */
export interface Permissions extends Guard {
  /** What a service does by a role that it was given: `roleOf` is the key under which the plan has the role. */
  byRole(roleOf: string, need: Need): void;
  /** What a service does in its own name, by leave of the resource's policy alone. `source` is for whom. */
  byService(service: string, need: Need, source: { arn: string; accountId: string }): void;
  /** Allow statements' actions, with their resources, that no call has needed so far, by role. */
  unused(): { role: string; action: string; resource: string }[];
}

/** Condition keys that the gateway and the engines give when AWS would. Another one in a policy is refused at the start. */
const KEYS = new Set([
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  's3:prefix',
  'ses:FromAddress',
  'ses:Recipients',
]);
const OPERATORS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
};

/** What is not granted by statements of ours: writing logs needs no call on a laptop. */
const NOT_CALLED = /^logs:/;

/** `deny` hears of every call that is refused. */
export function openPermissions(policies: Policies, deny: (fault: AwsFault) => void): Permissions {
  for (const statement of [...Object.values(policies.roles), ...Object.values(policies.resources)].flat())
    checkStatement(statement);
  const used = new Set<string>();

  const denied = (who: string, { action, resource }: Need) => {
    const fault = new AwsFault(
      'AccessDenied',
      `${who} is not authorized to perform: ${action} on resource: ${resource}`,
      403,
    );
    deny(fault);
    return fault;
  };

  const decide = (
    role: string | null,
    need: Need,
    context: Record<string, string | string[]>,
    service: string | null,
  ): boolean => {
    const ofRole = role === null ? [] : (policies.roles[role] ?? []);
    const ofResource = (policies.resources[ownerOf(need.resource)] ?? []).filter((statement) =>
      isFor(statement, service),
    );
    const matching = [...ofRole, ...ofResource].filter((statement) => covers(statement, need, context));
    if (matching.some(({ Effect }) => Effect === 'Deny')) return false;
    const allowing = matching.filter(({ Effect }) => Effect === 'Allow');
    for (const statement of allowing) {
      for (const action of [statement.Action].flat())
        for (const resource of [statement.Resource].flat()) {
          if (like(action.toLowerCase(), need.action.toLowerCase()) && like(resource, need.resource))
            used.add(`${role}\n${action}\n${resource}`);
        }
    }
    return allowing.length > 0;
  };

  const always = { 'aws:SecureTransport': 'true' };
  const allows: Permissions['allows'] = (principal, need) => {
    if (principal === 'admin') return true;
    const role = policies.roleOf[principal];
    return role !== undefined && decide(role, need, { ...always, ...need.context }, null);
  };
  return {
    authorize(principal, needs) {
      for (const need of needs) {
        if (!allows(principal, need))
          throw denied(policies.roleOf[principal] ?? `Access key ${principal}`, need);
      }
    },
    allows,
    byRole(roleOf, need) {
      const role = policies.roleOf[roleOf];
      if (role === undefined || !decide(role, need, { ...always, ...need.context }, null))
        throw denied(role ?? roleOf, need);
    },
    byService(service, need, source) {
      const context = {
        ...always,
        ...need.context,
        'aws:SourceArn': source.arn,
        'aws:SourceAccount': source.accountId,
      };
      if (!decide(null, need, context, service)) throw denied(service, need);
    },
    unused: () =>
      Object.entries(policies.roles).flatMap(([role, statements]) =>
        statements
          .filter(({ Effect }) => Effect === 'Allow')
          .flatMap(({ Action, Resource }) =>
            [Action]
              .flat()
              .flatMap((action) => [Resource].flat().map((resource) => ({ role, action, resource }))),
          )
          .filter(
            ({ action, resource }) =>
              !NOT_CALLED.test(action) && !used.has(`${role}\n${action}\n${resource}`),
          ),
      ),
  };
}

/** A resource with a policy of its own stands for what is in it. */
function ownerOf(resource: string): string {
  return /^arn:aws:s3:::[^/]+/.exec(resource)?.[0] ?? resource;
}

function isFor({ Principal }: PolicyStatement, service: string | null): boolean {
  if (Principal === '*') return true;
  if (typeof Principal !== 'object') return false;
  if ([Principal.AWS ?? []].flat().includes('*')) return true;
  return service !== null && [Principal.Service ?? []].flat().includes(service);
}

function covers(statement: PolicyStatement, need: Need, context: Record<string, string | string[]>): boolean {
  return (
    [statement.Action].flat().some((action) => like(action.toLowerCase(), need.action.toLowerCase())) &&
    [statement.Resource].flat().some((resource) => like(resource, need.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => {
        const values = [context[key] ?? []].flat();
        return values.some((value) =>
          [wanted].flat().some((pattern) => OPERATORS[operator]?.(pattern, value)),
        );
      }),
    )
  );
}

function checkStatement(statement: PolicyStatement): void {
  const known = ['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'];
  const unknown = Object.keys(statement).find((field) => !known.includes(field));
  if (unknown) throw new Error(`A policy says ${unknown}, which the laptop cannot judge.`);
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    if (!OPERATORS[operator])
      throw new Error(`A policy has the condition ${operator}, which the laptop cannot judge.`);
    for (const key of Object.keys(keys))
      if (!KEYS.has(key))
        throw new Error(`A policy has a condition on ${key}, which the laptop cannot judge.`);
  }
}

const patterns = new Map<string, RegExp>();

/** `*` is any run of characters, `?` any one. */
function like(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  let made = patterns.get(pattern);
  if (!made) {
    made = new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      's',
    );
    patterns.set(pattern, made);
  }
  return made.test(value);
}

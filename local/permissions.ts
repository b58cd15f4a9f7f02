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
  /** What the policies of queues, topics and buckets allow others, and who may take on a role, by the resource's ARN. */
  resources: Record<string, PolicyStatement[]>;
}

/** A call as it is judged. `by` is a role's ARN, or the service that acts in its own name. */
export interface Call {
  by: string;
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
}

/** Calls over the gateway are by a function, named by its logical id, or by `admin`, who may do all. */
export interface Permissions extends Guard {
  /** What a service does by a role that it was given: `roleOf` is the key under which the plan has the role. */
  byRole(roleOf: string, need: Need): void;
  /** What a service does in its own name, by leave of the resource's policy alone. `source` is for whom. */
  byService(service: string, need: Need, source: { arn: string; accountId: string }): void;
}

/** Condition keys that the gateway and the engines give when AWS would. Another one in a policy is refused at the start. */
const KEYS = new Set([
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  's3:prefix',
  'ses:FromAddress',
]);
const OPERATORS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
};

/** `deny` hears of every call that is refused, `allow` of every one that is not. */
export function openPermissions(
  policies: Policies,
  deny: (fault: AwsFault) => void,
  allow: (call: Call) => void = () => {},
): Permissions {
  for (const statement of [...Object.values(policies.roles), ...Object.values(policies.resources)].flat())
    checkStatement(statement);

  // There are few roles and few actions, and all calls are of them.
  const ofRoles = new Map<string, PolicyStatement[]>();
  const ofRole = (by: string, action: string): PolicyStatement[] => {
    const name = `${by} ${action}`;
    const known = ofRoles.get(name);
    if (known) return known;
    const found = (policies.roles[by] ?? []).filter((statement) => isAbout(statement, action));
    if (policies.roles[by]) ofRoles.set(name, found);
    return found;
  };
  const demand = (by: string, { action, resource, context }: Need): void => {
    const call = { by, action, resource, context: { 'aws:SecureTransport': 'true', ...context } };
    if (!isAllowed(policies, call, ofRole(by, action))) {
      const fault = new AwsFault('AccessDenied', refusalOf(call), 403);
      deny(fault);
      throw fault;
    }
    allow(call);
  };

  const roleOf = (principal: string) => policies.roleOf[principal] ?? `Access key ${principal}`;
  return {
    authorize(principal, needs) {
      if (principal === 'admin') return;
      for (const need of needs) demand(roleOf(principal), need);
    },
    byRole: (principal, need) => demand(roleOf(principal), need),
    byService: (service, need, source) =>
      demand(service, {
        ...need,
        context: { ...need.context, 'aws:SourceArn': source.arn, 'aws:SourceAccount': source.accountId },
      }),
  };
}

/** In IAM's words. */
export function refusalOf({ by, action, resource }: Pick<Call, 'by' | 'action' | 'resource'>): string {
  return `${by} is not authorized to perform: ${action} on resource: ${resource}`;
}

/** What the policies say, and nothing of who is told. `ofRole`: of the caller's role as many statements as are about the action. */
export function isAllowed(
  policies: Policies,
  call: Call,
  ofRole: PolicyStatement[] = policies.roles[call.by] ?? [],
): boolean {
  const ofResource = policies.resources[ownerOf(call.resource)] ?? [];
  const matching = [...ofRole, ...ofResource.filter((statement) => isFor(statement, call.by))].filter(
    (statement) => covers(statement, call),
  );
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
  );
}

/** A resource with a policy of its own stands for what is in it. */
function ownerOf(resource: string): string {
  return /^arn:aws:s3:::[^/]+/.exec(resource)?.[0] ?? resource;
}

function isFor({ Principal }: PolicyStatement, by: string): boolean {
  if (typeof Principal !== 'object') return Principal === '*';
  const named = [Principal.AWS ?? [], Principal.Service ?? []].flat();
  return named.includes(by) || [Principal.AWS ?? []].flat().includes('*');
}

function isAbout({ Action }: PolicyStatement, action: string): boolean {
  return [Action].flat().some((pattern) => like(pattern.toLowerCase(), action.toLowerCase()));
}

function covers(statement: PolicyStatement, { action, resource, context }: Call): boolean {
  return (
    isAbout(statement, action) &&
    [statement.Resource].flat().some((pattern) => like(pattern, resource)) &&
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
  const { Principal = '*' } = statement;
  const named = typeof Principal === 'string' ? [Principal] : Object.keys(Principal);
  const stranger = named.find((name) => !['*', 'AWS', 'Service'].includes(name));
  if (stranger) throw new Error(`A policy is for ${stranger}, which the laptop cannot judge.`);
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    if (!OPERATORS[operator])
      throw new Error(`A policy has the condition ${operator}, which the laptop cannot judge.`);
    for (const key of Object.keys(keys))
      if (!KEYS.has(key))
        throw new Error(`A policy has a condition on ${key}, which the laptop cannot judge.`);
  }
}

/** An ARN has six parts, and a wildcard stands for something within one of them. */
function arnLike(pattern: string, value: string): boolean {
  const [wanted, given] = [partsOf(pattern), partsOf(value)];
  return wanted.length === given.length && wanted.every((part, n) => like(part, given[n] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
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

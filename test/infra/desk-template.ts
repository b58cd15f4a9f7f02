/** The desk's template, synthesized over functions of one line, so that no test waits for esbuild. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FUNCTIONS, type FunctionName } from '../../infra/lambda.ts';
import { DeskStack, type DeskStackProps } from '../../infra/stack.ts';

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface DeskTemplate {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

export const DOMAIN = 'desk.example.test';

export function deskTemplate(options: Partial<DeskStackProps> = {}): DeskTemplate {
  return synthesized(options);
}

/** Has the rules of CloudFormation and cdk-nag look at it, and throws what they find. It takes seconds. `also` adds to the stack. */
export async function validate(
  options: Partial<DeskStackProps> = {},
  also?: (stack: DeskStack) => void,
): Promise<void> {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  synthesized(options, (app) => Validations.of(app).addPlugins(new AwsSolutionsChecks(app)), also);
}

function synthesized(
  options: Partial<DeskStackProps>,
  prepare?: (app: App) => void,
  also?: (stack: DeskStack) => void,
): DeskTemplate {
  const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'cdk.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-template-'));
  const before = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = String(prepare !== undefined);
  try {
    const app = new App({ context, analyticsReporting: false, outdir: join(folder, 'cdk.out') });
    prepare?.(app);
    const stack = new DeskStack(app, 'Replydesk', {
      bundles: emptyBundles(folder),
      domain: DOMAIN,
      mostADay: 10_000,
      retention: { rawMail: 365, logs: 30 },
      ...options,
    });
    also?.(stack);
    return Template.fromStack(stack).toJSON() as DeskTemplate;
  } finally {
    if (before === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = before;
    rmSync(folder, { recursive: true });
  }
}

function emptyBundles(folder: string): Record<FunctionName, string> {
  return Object.fromEntries(
    FUNCTIONS.map((name) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
      return [name, join(folder, name)];
    }),
  ) as Record<FunctionName, string>;
}

/** What stands under one logical id. */
export function resource(template: DeskTemplate, id: string): Resource {
  const found = template.Resources[id];
  if (!found) throw new Error(`There is no ${id} in the template.`);
  return found;
}

export function resources(template: DeskTemplate, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** One property, by its path: `property(rule, 'Rule.Actions.0.S3Action')`. */
// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes
export function property(of: unknown, path: string): any {
  return path
    .split('.')
    .reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], of);
}

export const getAtt = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });
export const ref = (id: string) => ({ Ref: id });

/** An intrinsic function with its literals as they will read: `arn:<AWS::Partition>:ses:…`. */
export function spelled(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(spelled).join(',');
  const intrinsic = value as Record<string, unknown>;
  if ('Ref' in intrinsic) return `<${intrinsic.Ref}>`;
  if ('Fn::GetAtt' in intrinsic) return `<${(intrinsic['Fn::GetAtt'] as string[]).join('.')}>`;
  if ('Fn::Join' in intrinsic) {
    const [separator, parts] = intrinsic['Fn::Join'] as [string, unknown[]];
    return parts.map(spelled).join(separator);
  }
  throw new Error(`Not spelled: ${JSON.stringify(value)}`);
}

/** The statements of a policy document, wherever it stands. */
export function statements(document: unknown): Statement[] {
  return property(document, 'Statement') as Statement[];
}

/** What a role may do, inline and attached. */
export function rights(template: DeskTemplate, roleId: string): Statement[] {
  const inline = (property(resource(template, roleId).Properties, 'Policies') ?? []) as {
    PolicyDocument: unknown;
  }[];
  const attached = resources(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    (Properties.Roles as unknown[]).some((role) => JSON.stringify(role) === JSON.stringify(ref(roleId))),
  );
  return [
    ...inline.map(({ PolicyDocument }) => PolicyDocument),
    ...attached.map(([, { Properties }]) => Properties.PolicyDocument),
  ].flatMap(statements);
}

export function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(spelled) : [spelled(value)];
}

/** The policy that stands on a bucket, topic or queue, if it has one. */
export function policyOn(template: DeskTemplate, id: string): Statement[] {
  const policies = Object.values(template.Resources).filter(({ Type }) =>
    /::(Bucket|Topic|Queue)Policy$/.test(Type),
  );
  const named = policies.filter(({ Properties }) => {
    const { Bucket, Topics, Queues } = Properties as {
      Bucket?: unknown;
      Topics?: unknown[];
      Queues?: unknown[];
    };
    return JSON.stringify([Bucket, ...(Topics ?? []), ...(Queues ?? [])]).includes(`"Ref":"${id}"`);
  });
  return named.flatMap(({ Properties }) => statements(Properties.PolicyDocument));
}

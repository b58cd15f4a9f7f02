/** The desk's template, synthesized over functions of one line, so that no test waits for esbuild. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, AppProps } from 'aws-cdk-lib';
import type { FunctionName } from '../../infra/lambda.ts';
import type { DeskStack, DeskStackProps } from '../../infra/stack.ts';
import { hashOfInputs } from '../../local/synthesize.ts';

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

const ROOT = join(import.meta.dirname, '..', '..');
const KEPT = join(ROOT, '.generated', 'desk-templates');

/** Kept by the hash of all that goes into it: only who finds none waits for the CDK, which takes longer than what is asked of it. */
export async function deskTemplate(options: Partial<DeskStackProps> = {}): Promise<DeskTemplate> {
  const sources = nameOf(await hashOfInputs(''), readFileSync(import.meta.filename));
  const file = join(KEPT, sources, `${nameOf(JSON.stringify(options))}.json`);
  if (!existsSync(file)) keep(sources, file, await synthesized(options));
  return JSON.parse(readFileSync(file, 'utf8'));
}

function nameOf(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 24);
}

function keep(sources: string, file: string, template: DeskTemplate): void {
  mkdirSync(join(KEPT, sources), { recursive: true });
  // Another worker may look for it at any time.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(template));
  renameSync(unfinished, file);
  for (const old of readdirSync(KEPT).filter((name) => name !== sources))
    rmSync(join(KEPT, old), { recursive: true, force: true });
}

function synthesized(options: Partial<DeskStackProps>): Promise<DeskTemplate> {
  return inApp({ builtinCloudFormationValidation: false, stackTraces: false }, (app, desk) => {
    const stack = desk('Replydesk', options);
    app.synth();
    return templateOf(stack, app);
  });
}

/** As it was written by `app.synth()`. */
export function templateOf({ templateFile }: DeskStack, { outdir }: App): DeskTemplate {
  return JSON.parse(readFileSync(join(outdir, templateFile), 'utf8'));
}

/** What is done with an app and its desks, each a stack. */
export async function inApp<T>(
  props: AppProps,
  work: (app: App, desk: (name: string, options?: Partial<DeskStackProps>) => DeskStack) => T,
): Promise<T> {
  const [{ App }, { FUNCTIONS }, stack] = await Promise.all([
    import('aws-cdk-lib'),
    import('../../infra/lambda.ts'),
    import('../../infra/stack.ts'),
  ]);
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-template-'));
  try {
    const bundles = emptyBundles(folder, FUNCTIONS);
    const outdir = join(folder, 'cdk.out');
    const app = new App({ context, outdir, analyticsReporting: false, treeMetadata: false, ...props });
    const fixed = { bundles, domain: DOMAIN, mostADay: 10_000, retention: { rawMail: 365, logs: 30 } };
    return work(app, (name, options) => new stack.DeskStack(app, name, { ...fixed, ...options }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function emptyBundles(folder: string, names: readonly FunctionName[]): Record<FunctionName, string> {
  return Object.fromEntries(
    names.map((name) => {
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

/**
 * The CDK app: `cdk synth`, `cdk deploy`, or plainly `node infra/app.ts`. It needs neither network nor account.
 *
 * What it is asked for comes as context (`-c name=value`); DESK_CONFIG names another desk.yaml as well.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { describeProblems, loadDesk } from '../core/config/load.ts';
import { keptCode } from './kept-code.ts';
import { FUNCTIONS, type FunctionName } from './lambda.ts';
import { readOptions } from './options.ts';

const ROOT = join(import.meta.dirname, '..');

async function synthesize(): Promise<string | null> {
  // The CDK's command line reads cdk.json; without it the feature flags would be missing and the template another.
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const app = new App({ context, outdir: process.env.CDK_OUTDIR ?? 'cdk.out', analyticsReporting: false });
  const read = readOptions(app.node.getAllContext(), process.env.DESK_CONFIG);
  if (!read.ok) return read.problem;
  const { config, stackName, ...options } = read.options;

  let text: string;
  try {
    text = readFileSync(config, 'utf8');
  } catch (error) {
    return `${config} cannot be read: ${error instanceof Error ? error.message : error}`;
  }
  const loaded = loadDesk(text, (path) => readFileSync(resolve(dirname(config), path)));
  if (!loaded.ok) return describeProblems(relative(process.cwd(), config), loaded.problems);

  // Not loaded for a desk.yaml with a mistake in it: whoever writes one looks at it again and again.
  const [{ bundle, compileCode }, { DeskStack }] = await Promise.all([
    import('./bundle.ts'),
    import('./stack.ts'),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-'));
  const keep = process.env.DESK_CODE;
  try {
    const entries = Object.fromEntries(
      FUNCTIONS.map((name) => [name, join(ROOT, 'functions', `${name}.ts`)]),
    );
    const made = await bundle(entries as Record<FunctionName, string>, {
      desk: JSON.stringify(loaded.desk),
      beside: {
        'receive-email': { ...loaded.files, ...(loaded.model ? { 'model.bin': loaded.model } : {}) },
      },
      into: folder,
      // A laptop's: what is deployed is built from what lies there.
      compile: (named) => (keep ? keptCode(keep, () => compileCode(named)) : compileCode(named)),
    });
    const bundles = Object.fromEntries(FUNCTIONS.map((name) => [name, made[name].folder])) as Record<
      FunctionName,
      string
    >;
    // The CDK's own switch for its rules, followed here for ours: a laptop starts faster without either.
    if (process.env.CDK_VALIDATION !== 'false') {
      const { AwsSolutionsChecks } = await import('cdk-nag');
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    }
    const { domain, triage, sending, retention } = loaded.desk;
    const { mostADay } = sending;
    const kept = { rawMail: inDays(retention.rawMail), logs: Number.parseInt(retention.logs, 10) };
    const props = { bundles, domain, mostADay, retention: kept, model: triage.bedrock };
    new DeskStack(app, stackName, { ...props, ...options });
    // Copies the bundles into the cloud assembly.
    app.synth();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return null;
}

function inDays(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 86_400_000);
}

const problem = await synthesize();
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

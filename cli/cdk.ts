/** Runs the CDK as `npm run deploy` does, through setup.mjs, with all that it says on stderr: stdout is for results. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export type Cdk = (args: readonly string[]) => Promise<number>;

const ROOT = join(import.meta.dirname, '..');

/** `asked`: further context of the deployment, `name=value` each. Region and credentials come from the environment. */
export function openCdk(
  stack: string,
  config: string,
  asked: readonly string[],
  region: string | undefined,
): Cdk {
  const context = [`stackName=${stack}`, `config=${resolve(config)}`, ...asked].flatMap((each) => [
    '-c',
    each,
  ]);
  return (args) =>
    new Promise((done, fail) => {
      const child = spawn(process.execPath, [join(ROOT, 'setup.mjs'), 'cdk', ...args, stack, ...context], {
        cwd: ROOT,
        stdio: ['inherit', 2, 2],
        env: region ? { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region } : process.env,
      });
      child.once('error', fail);
      child.once('exit', (code) => done(code ?? 1));
    });
}

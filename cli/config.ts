/** Reads and checks a desk.yaml. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Desk } from '../core/config/desk.ts';
import { describeProblems, loadDesk } from '../core/config/load.ts';
import { Refused } from './refused.ts';

/** `model`: the file that its `triage` names. */
export async function readDesk(file: string): Promise<{ desk: Desk; model: Uint8Array | null }> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Refused(`There is no file ${file}. Name the desk's configuration with --config.`);
  });
  const loaded = loadDesk(text, (path) => readFileSync(resolve(dirname(file), path)));
  if (!loaded.ok) throw new Refused(describeProblems(file, loaded.problems));
  return loaded;
}

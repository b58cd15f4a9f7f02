/** What esbuild makes of the sources, kept in a file for a laptop: most of a synthesis, and the same whatever desk.yaml says. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Code } from './bundle.ts';

/** `file` is named by the hash of all that goes in. Whoever comes second to write it writes the same. */
export async function keptCode<Name extends string>(
  file: string,
  compile: () => Promise<Code<Name>>,
): Promise<Code<Name>> {
  if (existsSync(file)) return deserialize(readFileSync(file));
  const code = await compile();
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, serialize(code));
  renameSync(unfinished, file);
  return code;
}

/** Gathers, decides, and words what was found. */
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LONGEST_LOOK, openAccount } from '../../aws/account.ts';
import type { Desk } from '../../core/config/desk.ts';
import { readDesk } from '../config.ts';
import { runningDesk, type Where } from '../connect.ts';
import { Refused } from '../refused.ts';
import { table } from '../table.ts';
import { findingsOfAccount } from './account.ts';
import { type Diagnosis, diagnosis, type Finding } from './finding.ts';
import { type Facts, gather } from './gather.ts';
import { findingsOfLaptop, gatherLaptop } from './laptop.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export async function examineAccount(
  { name, domain, people }: Pick<Desk, 'name' | 'domain' | 'people'>,
  stackName: string,
  region: string | undefined,
): Promise<Diagnosis & { facts: Facts; desk: string }> {
  if (region) process.env.AWS_REGION = region;
  const resolver = new Resolver({ timeout: LONGEST_LOOK / 4, tries: 2 });
  const facts = await gather(
    {
      ...{ domain, stackName },
      people: people.flatMap(({ address, alternates }) => [address, ...alternates]),
      version: await versionHere(),
    },
    openAccount(),
    resolver,
  );
  return { ...diagnosis(findingsOfAccount(facts)), facts, desk: name };
}

export async function examineLaptop({ data }: Where, config: string): Promise<Diagnosis> {
  const facts = await gatherLaptop(
    data,
    {
      running: () =>
        runningDesk(data).then(
          ({ pid }) => pid,
          (error) => (error instanceof Refused ? null : Promise.reject(error)),
        ),
      problems: () =>
        readDesk(config).then(
          () => null,
          (error) => (error instanceof Refused ? error.message : Promise.reject(error)),
        ),
    },
    process.env,
  );
  return diagnosis(findingsOfLaptop(facts));
}

/** Of this clone. */
export async function versionHere(): Promise<string> {
  return JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')).version;
}

export function describeDiagnosis({ findings, counts }: Diagnosis): string {
  return [
    table(
      ['Check', 'State', 'Seen'],
      findings.map(({ check, state, seen }) => [check, state, seen]),
      'nothing was looked at',
    ),
    ...findings
      .filter(({ state, remedy }) => state === 'problem' || (state === 'waits' && remedy !== null))
      .map(wordsOf),
    '',
    `${counts.problem} problems, ${counts.waits} waiting, ${counts.unknown} unknown, ${counts.fine} fine`,
  ].join('\n');
}

function wordsOf({ check, state, wanted, remedy }: Finding): string {
  return `\n${check} (${state})\n  wanted:  ${wanted}${remedy ? `\n  do:      ${remedy}` : ''}`;
}

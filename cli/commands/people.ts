/** `desk people` and `recurring`: who works at the desk, and the work that comes again. */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, CommanderError } from 'commander';
import type { Desk } from '../../core/config/desk.ts';
import { nextOccurrence } from '../../core/sla/occurrences.ts';
import { handsFor } from '../../core/ticket/recurring.ts';
import { awayUntil } from '../../core/triage/presence.ts';
import type { Loads } from '../../core/triage/route.ts';
import type { Import } from '../people.ts';
import { Refused } from '../refused.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

export function peopleCommands(program: Command, { desk, configuration, print }: Shell): void {
  const people = program
    .command('people')
    .description('lists who works at the desk')
    .option('--config <file>', 'the configuration to read, or into which people are imported')
    .addHelpText(
      'after',
      `
Examples:
  desk people
  desk people --config changed.yaml
  desk --json people --stack Replydesk | jq -r '.people[] | select(.away).address'
`,
    )
    .action(async ({ config }: { config?: string }) => {
      const configured = await configuration(config);
      const { loads, now } = await presences(configured, desk);
      const shown = configured.people.map((person) => ({
        address: person.address,
        name: person.name,
        role: person.role,
        team: person.team ?? null,
        tier: person.tier ?? null,
        skills: person.skills,
        hours: person.hours,
        /** `day` is the first on which he is there again. */
        away: awayUntil(person, loads.get(person.address)?.away, configured, now),
      }));
      print({ people: shown }, () =>
        table(
          ['Address', 'Name', 'Role', 'Team', 'Tier', 'Hours', 'Away'],
          shown.map(({ address, name, role, team, tier, hours, away }) => [
            address,
            name,
            role,
            team ?? '–',
            tier === null ? '–' : String(tier),
            hours,
            away ? `until ${away.day}: ${away.why}` : '–',
          ]),
          'nobody',
        ),
      );
    });

  people
    .command('import')
    .description(
      'takes people over from a CSV file into desk.yaml; without --write it only shows what would change',
    )
    .argument(
      '<file>',
      'with a head line: name, address, role, and team, tier, skills, hours … as far as known',
    )
    .option('--dry-run', 'only show what would change, which is what it does anyway')
    .option('--write', 'write it')
    .option('--remove-missing', 'take out whoever is not in the file; else they stay')
    .addHelpText(
      'after',
      `
People are told apart by their address. An empty cell changes nothing, lists are split at ; or |, and every comment and every
other line of desk.yaml, or of the file that --config names, stays as it is. Nothing is written unless the whole file is sound with it.

Examples:
  desk people import staff.csv
  desk people import staff.csv --write
  desk people import staff.csv --write --remove-missing --config changed.yaml`,
    )
    .action(async (file: string, { dryRun, write, removeMissing }: ImportOptions) => {
      // An option that both had would be the list's, wherever it stands.
      const { config = 'desk.yaml' } = people.opts<{ config?: string }>();
      if (dryRun && write)
        throw new CommanderError(2, 'desk.people', 'error: --dry-run and --write exclude each other');
      const { importPeople } = await import('../people.ts');
      const [rows, yaml] = await Promise.all([fileOf(file), fileOf(config)]);
      const { text, result } = importPeople(
        rows,
        yaml,
        { csv: file, yaml: config, removeMissing: removeMissing === true },
        (path) => readFileSync(resolve(dirname(config), path)),
      );
      if (write && text !== yaml) await writeFile(config, text);
      print({ ...result, written: write === true && text !== yaml }, () =>
        describeImport(result, write === true, config),
      );
    });

  program
    .command('recurring')
    .description('lists the work that comes again, and when it comes next')
    .option('--config <file>', 'the configuration to read')
    .addHelpText(
      'after',
      `
Examples:
  desk recurring
  desk recurring --config changed.yaml
`,
    )
    .action(async ({ config }: { config?: string }) => {
      const configured = await configuration(config);
      const { now } = await presences({ ...configured, people: [] }, desk);
      const recurring = configured.recurring
        .map((work) => ({
          ...{ name: work.name, title: work.title, category: work.category },
          team: handsFor(work, configured).team,
          ...{ every: work.every, on: work.on ?? null, at: work.at, calendar: work.calendar ?? null },
          next: nextOccurrence(work, now, configured)?.at ?? null,
        }))
        .sort((a, b) => (a.next ?? '').localeCompare(b.next ?? ''));
      print({ recurring }, () =>
        table(
          ['Next', 'Name', 'Every', 'On', 'At', 'Calendar', 'Team', 'Category', 'Title'],
          recurring.map(({ next, name, every, on, at, calendar, team, category, title }) => [
            next ?? '–',
            name,
            every,
            on ?? '–',
            at,
            calendar ?? '–',
            team,
            category,
            title,
          ]),
          'nothing recurs',
        ),
      );
    });
}

/** What out-of-office notices said: the desk that runs knows, and without one only the file does. */
async function presences({ people }: Desk, desk: Shell['desk']): Promise<{ loads: Loads; now: string }> {
  try {
    const { tickets, now } = await desk();
    const loads = await tickets.loads(people.map(({ address }) => address));
    return { loads, now: new Date(now()).toISOString() };
  } catch (error) {
    if (error instanceof Refused) return { loads: new Map(), now: new Date().toISOString() };
    throw error;
  }
}

interface ImportOptions {
  dryRun?: true;
  write?: true;
  removeMissing?: true;
}

function fileOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new Refused(`There is no file ${file}.`);
  });
}

function describeImport(
  { added, changed, removed, missing, unchanged }: Import,
  isWritten: boolean,
  config: string,
): string {
  const shown = (value: unknown) =>
    value === null ? 'nothing' : Array.isArray(value) ? value.join(', ') : String(value);
  const rows = [
    ...added.map(({ address, name }) => ['added', address, name]),
    ...changed.map(({ address, changes }) => [
      'changed',
      address,
      changes.map(({ column, from, to }) => `${column}: ${shown(from)} → ${shown(to)}`).join('; '),
    ]),
    ...removed.map(({ address, name }) => ['removed', address, name]),
    ...missing.map(({ address, name }) => ['not in the file, stays', address, name]),
  ];
  const changes = added.length + changed.length + removed.length > 0;
  return [
    table(['What', 'Address', 'Detail'], rows, 'nobody is different'),
    '',
    `${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} as they were`,
    isWritten && changes
      ? `${config} is written. Deploy it, and it holds.`
      : changes
        ? 'Nothing was written. Say --write to write it.'
        : 'Nothing to write.',
  ].join('\n');
}

/** `desk init`: asks what a first desk needs to know, and writes its desk.yaml. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { LANGUAGES } from '../../core/config/choices.ts';
import { describeProblems, loadDesk } from '../../core/config/load.ts';
import { RECEIVING_REGIONS } from '../doctor/account.ts';
import {
  type Answers,
  type FirstPerson,
  firstDesk,
  HOURS,
  nextSteps,
  personFrom,
  withLead,
} from '../init.ts';
import { Refused } from '../refused.ts';
import type { Shell } from '../shell.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', 'desk.yaml');

interface Options {
  name?: string;
  domain?: string;
  timezone?: string;
  language?: string;
  hours?: string;
  address?: string[];
  person?: string[];
  out: string;
  yes?: true;
  force?: true;
}

export function initCommand(program: Command, { where, print }: Shell): void {
  program
    .command('init')
    .description('asks what a first desk needs to know, writes desk.yaml, and says what is left to do')
    .option('--name <name>', 'how the desk calls itself, such as «Acme Service Desk»')
    .option('--domain <domain>', 'at which it receives: one of its own, such as desk.example.com')
    .option('--timezone <zone>', 'such as Europe/Berlin')
    .option('--language <language>', `for people whose own is not known: ${LANGUAGES.join(', ')}`)
    .option('--hours <hours>', 'when it is open, such as «mon-fri 08:00-17:00»')
    .option('--address <address...>', 'at which people write, such as support@desk.example.com')
    .option('--person <person...>', '«Name <address> agent 1»: a role (agent, lead, manager) and a tier')
    .option('--out <file>', 'where to write', 'desk.yaml')
    .option('--yes', 'ask nothing; refuse when something is missing')
    .option('--force', 'write over the file that is there')
    .addHelpText(
      'after',
      `
Categories, words and macros are the sample's; people and promises are yours. On a terminal it asks for whatever no option
says. The region is --region's, and stands in no file: it is for the steps that it prints.

Examples:
  desk init
  desk --region eu-central-1 init --yes --force --name 'Acme Service Desk' --domain desk.acme.example \\
    --timezone Europe/Berlin --language en --hours 'mon-fri 08:00-17:00' --address support@desk.acme.example \\
    --person 'Kim Brandt <kim@acme.example> lead 1' --person 'Luis Ortega <luis@acme.example> agent 1'`,
    )
    .action(async (options: Options) => {
      const { out, force, yes } = options;
      const { stack = 'Replydesk', region: named } = where();
      const asks = !yes && process.stdin.isTTY === true && process.stderr.isTTY === true;
      const { answers, region } = asks
        ? await ask(options, named)
        : { answers: given(options), region: named ?? missing(['--region']) };
      if (existsSync(out) && !force && !(asks && (await agreed(`${out} is there. Write over it?`))))
        throw new Refused(
          `${out} is there already. Say --force to write over it, or --out for another file.`,
        );
      const text = firstDesk(await readFile(SAMPLE, 'utf8'), answers);
      const checked = loadDesk(text);
      if (!checked.ok) throw new Refused(describeProblems('What you said', checked.problems));
      await writeFile(out, text);
      const { steps, records } = nextSteps(answers, { file: out, region, stack });
      print({ file: out, people: withLead(answers.people), steps, records }, () =>
        [
          `${out} is written, and sound.`,
          '',
          'DNS records:',
          ...records.map((record) => `  ${record}`),
          '',
          'What is left, in this order:',
          ...steps.map((step, nth) => `  ${nth + 1}. ${step}`),
        ].join('\n'),
      );
    });
}

/** From options alone. What is missing is named all at once. */
function given(options: Options): Answers {
  const { name, domain, timezone, language = 'en', hours, address, person } = options;
  const lacking = Object.entries({ name, domain, timezone, hours, address, person })
    .filter(([, value]) => value === undefined)
    .map(([option]) => `--${option}`);
  if (!name || !domain || !timezone || !hours || !address || !person) return missing(lacking);
  const wrong = Object.entries(VALID).flatMap(([option, valid]) => {
    const value = { domain, timezone, language, hours }[option as keyof typeof VALID];
    const why = valid(value);
    return why ? [`--${option} is «${value}»; allowed is ${why}`] : [];
  });
  if (wrong.length > 0) throw new CommanderError(2, 'desk.init', `error: ${wrong.join('\nerror: ')}`);
  const people = person.map((text) => personFrom(text) ?? badPerson(text));
  return { name, domain, timezone, language, hours, addresses: address, people };
}

function missing(options: readonly string[]): never {
  throw new CommanderError(
    2,
    'desk.init',
    `error: missing ${options.join(', ')}. On a terminal and without --yes, desk init asks.`,
  );
}

function badPerson(text: string): never {
  throw new CommanderError(2, 'desk.init', `error: --person is «${text}»; allowed is ${PERSON}`);
}

const PERSON = '«Name <address>», then agent, lead or manager and a tier from 1 to 9 if you like';

/** Why not; null when it will do. */
const VALID = {
  domain: (text: string) =>
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text) ? null : 'a domain in lower case, such as desk.example.com',
  timezone: (text: string) =>
    Intl.supportedValuesOf('timeZone').includes(text) || text === 'UTC'
      ? null
      : 'an IANA time zone such as Europe/Berlin',
  language: (text: string) => ((LANGUAGES as readonly string[]).includes(text) ? null : LANGUAGES.join(', ')),
  hours: (text: string) => (HOURS.test(text) ? null : 'days and times such as mon-fri 08:00-17:00'),
};

async function ask(
  options: Options,
  named: string | undefined,
): Promise<{ answers: Answers; region: string }> {
  const clack = await import('@clack/prompts');
  const output = process.stderr;
  const settled = <T>(value: T): Exclude<T, symbol> => {
    if (clack.isCancel(value)) throw new Refused('Nothing was written.');
    return value as Exclude<T, symbol>;
  };
  const text = async (message: string, initialValue: string, why: (text: string) => string | null) =>
    settled(
      await clack.text({
        ...{ message, initialValue, output },
        validate: (value) => why(value ?? '') ?? undefined,
      }),
    );
  const some = (value: string) => (value.trim() === '' ? 'It needs a name.' : null);
  clack.intro('A first desk', { output });
  const name = options.name ?? (await text('How does the desk call itself?', 'Service Desk', some));
  const domain =
    options.domain ??
    (await text(
      'At which domain does it receive? It needs one of its own.',
      'desk.example.com',
      VALID.domain,
    ));
  const region =
    named ??
    settled(
      await clack.select({
        message: 'In which region of AWS does it live? It cannot be changed later.',
        options: RECEIVING_REGIONS.map((value) => ({ value })),
        ...{ initialValue: process.env.AWS_REGION ?? 'eu-central-1', output },
      }),
    );
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const timezone = options.timezone ?? (await text('In which time zone?', here, VALID.timezone));
  const language =
    options.language ??
    settled(
      await clack.select({
        message: 'In which language does it write to people whose own is not known?',
        options: LANGUAGES.map((value) => ({ value: value as string })),
        output,
      }),
    );
  const hours = options.hours ?? (await text('When is it open?', 'mon-fri 08:00-17:00', VALID.hours));
  const addresses = options.address ?? [
    await text('To which address do people write?', `support@${domain}`, (value) =>
      value.endsWith(`@${domain}`) ? null : `It has to be at ${domain}.`,
    ),
  ];
  const people: FirstPerson[] = options.person?.map((one) => personFrom(one) ?? badPerson(one)) ?? [];
  while (options.person === undefined) {
    const more = people.length === 0 ? 'Who leads it?' : 'Who else works at it? (nothing: nobody)';
    const one = await text(more, '', (value) =>
      (value === '' && people.length > 0) || personFrom(value) ? null : PERSON,
    );
    const person = personFrom(one);
    if (!person) break;
    people.push(people.length === 0 ? { ...person, role: 'lead', tier: person.tier ?? 1 } : person);
  }
  return { answers: { name, domain, language, timezone, hours, addresses, people }, region };
}

async function agreed(message: string): Promise<boolean> {
  const clack = await import('@clack/prompts');
  return (await clack.confirm({ message, initialValue: false, output: process.stderr })) === true;
}

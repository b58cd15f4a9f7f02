import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Answers, firstDesk, hoursOf, nextSteps, personFrom, withLead } from '../../cli/init.ts';
import type { Desk } from '../../core/config/desk.ts';
import { describeProblems, loadDesk } from '../../core/config/load.ts';

const SAMPLE = readFileSync('desk.yaml', 'utf8');
const people = (...texts: string[]) => texts.map(personFrom).filter((person) => person !== null);

const ANSWERS: Answers = {
  name: 'Acme: the desk',
  domain: 'desk.acme.example',
  language: 'fr',
  timezone: 'America/New_York',
  hours: 'mon-fri 08:00-17:00',
  addresses: ['support@desk.acme.example'],
  people: people('Kim Brandt <Kim@acme.example> lead 1', 'Luis Ortega <luis@acme.example>'),
};

function desk(answers: Partial<Answers> = {}): Desk {
  const loaded = loadDesk(firstDesk(SAMPLE, { ...ANSWERS, ...answers }));
  if (!loaded.ok) throw new Error(describeProblems('desk.yaml', loaded.problems));
  return loaded.desk;
}

test('a first desk is sound, and holds what was said', () => {
  const { name, domain, language, timezone, addresses, people, teams, calendars, sla } = desk();
  expect({ name, domain, language, timezone }).toEqual({
    name: 'Acme: the desk',
    domain: 'desk.acme.example',
    language: 'fr',
    timezone: 'America/New_York',
  });
  expect(addresses).toMatchObject([{ address: 'support@desk.acme.example', name: 'Acme: the desk' }]);
  expect(people.map(({ address, role, tier }) => [address, role, tier])).toEqual([
    ['kim@acme.example', 'lead', 1],
    ['luis@acme.example', 'agent', 1],
  ]);
  expect(teams.map(({ lead }) => lead)).toEqual(['kim@acme.example']);
  expect(calendars.find(({ name }) => name === 'office')).toMatchObject({
    timezone: 'America/New_York',
    hours: { mon: ['08:00-17:00'], fri: ['08:00-17:00'] },
  });
  expect(sla.map(({ name }) => name)).toEqual(['standard']);
});

test('nobody and nothing that the sample invented is left in what counts', () => {
  const { people, addresses, vips, organisations, services, recurring, domain, ...rest } = desk();
  expect(JSON.stringify({ people, addresses, vips, organisations, services, recurring, domain })).not.toMatch(
    /example\.test|example\.com/,
  );
  expect(JSON.stringify(rest)).not.toMatch(/desk\.example\.test|kim\.brandt|helene\.roth/);
});

test('comments and the long lists of words stay as they were written', () => {
  const text = firstDesk(SAMPLE, ANSWERS);
  for (const line of SAMPLE.split('\n').filter((line) => /^# /.test(line))) expect(text).toContain(line);
  expect(text).toContain(/^ {2}- name: printing\n[\s\S]*?(?=\n {2}- name: )/m.exec(SAMPLE)?.[0]);
});

test('a desk of one person, of a manager besides, and of three tiers are sound as well', () => {
  expect(desk({ people: people('Kim <kim@acme.example>') }).people).toMatchObject([
    { role: 'lead', tier: 1 },
  ]);
  const large = desk({
    people: people(
      'Kim <kim@acme.example> agent 1',
      'Luis <luis@acme.example> agent 2',
      'Priya <priya@acme.example> agent 3',
      'Martha <martha@acme.example> lead',
      'Grace <grace@acme.example> manager',
    ),
    addresses: ['support@desk.acme.example', 'it@desk.acme.example'],
  });
  expect(large.tiers.map(({ tier }) => tier)).toEqual([1, 2, 3]);
  expect(large.addresses.map(({ name }) => name)).toEqual(['Support', 'IT']);
});

test('a macro of the sample stays where it has words in the language of the desk', () => {
  expect(desk({ language: 'de' }).macros.map(({ name }) => name)).toContain('vpn-again');
  expect(desk({ language: 'ja' }).macros).toEqual([]);
});

test('what comes out can be put in again', () => {
  const again = firstDesk(firstDesk(SAMPLE, ANSWERS), { ...ANSWERS, name: 'Renamed' });
  const loaded = loadDesk(again);
  expect(loaded.ok && loaded.desk.name).toBe('Renamed');
});

test('people are read as one writes them down, and nonsense is nobody', () => {
  expect(personFrom('Kim Brandt <Kim@Acme.example> agent 2')).toEqual({
    name: 'Kim Brandt',
    address: 'kim@acme.example',
    role: 'agent',
    tier: 2,
  });
  expect(personFrom('Martha <m@acme.example> lead')).toMatchObject({ role: 'lead', tier: null });
  expect(personFrom('Grace <g@acme.example> manager')).toMatchObject({ tier: null });
  for (const wrong of ['', 'kim@acme.example', 'Kim <kim>', 'Kim <kim@acme.example> boss'])
    expect(personFrom(wrong)).toBeNull();
  expect(withLead(people('A <a@x.example>', 'B <b@x.example>')).map(({ role }) => role)).toEqual([
    'lead',
    'agent',
  ]);
});

test('a week of opening hours may begin anywhere', () => {
  expect(Object.keys(hoursOf('sat-tue 10:00-18:00'))).toEqual(['sat', 'sun', 'mon', 'tue']);
  expect(hoursOf('wed 22:00-06:00')).toEqual({ wed: ['22:00-06:00'] });
});

test('what is left to do names the records and the commands in their order', () => {
  const { steps, records } = nextSteps(ANSWERS, {
    file: 'desk.yaml',
    region: 'eu-west-1',
    stack: 'Replydesk',
  });
  expect(records[0]).toBe('desk.acme.example MX 10 inbound-smtp.eu-west-1.amazonaws.com');
  expect(records.at(-1)).toContain('acme.example with a DMARC record');
  const place = (word: string) => steps.findIndex((step) => step.includes(word));
  expect([place('bootstrap'), place('doctor'), place('deploy'), place('production access')]).toEqual([
    2, 3, 4, 6,
  ]);
});

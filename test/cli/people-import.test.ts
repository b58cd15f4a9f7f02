import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importPeople } from '../../cli/people.ts';
import { loadDesk } from '../../core/config/load.ts';

const SAMPLE = readFileSync('desk.yaml', 'utf8');
const HEAD = 'name,address,role,team,tier,skills\n';

function run(csv: string, removeMissing = false, yaml = SAMPLE) {
  return importPeople(csv, yaml, { csv: 'staff.csv', yaml: 'desk.yaml', removeMissing }, () => {
    throw new Error('nothing stands beside');
  });
}

/** Lines that are only in one of the two. */
function difference(before: string, after: string): { gone: string[]; come: string[] } {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  return {
    gone: old.filter((line) => !fresh.includes(line)),
    come: fresh.filter((line) => !old.includes(line)),
  };
}

test('who is new comes last, what is different changes in its place, and every other line stays', () => {
  const { text, result } = run(
    `${HEAD}Kim Brandt,Kim.Brandt@example.test,agent,service-desk,2,accounts;printing\nNeu Mann,neu@example.test,agent,service-desk,1,email | network\n`,
  );
  expect(result).toMatchObject({
    added: [{ address: 'neu@example.test', name: 'Neu Mann' }],
    changed: [
      {
        address: 'kim.brandt@example.test',
        changes: [
          { column: 'tier', from: 1, to: 2 },
          { column: 'skills', to: ['accounts', 'printing'] },
        ],
      },
    ],
    removed: [],
    unchanged: 0,
  });
  expect(result.missing.map(({ address }) => address)).toContain('luis.ortega@example.test');
  expect(difference(SAMPLE, text)).toEqual({
    gone: ['    skills: [accounts, printing, software]'],
    come: [
      '    skills: [accounts, printing]',
      '  - address: neu@example.test',
      '    name: Neu Mann',
      '    skills: [email, network]',
    ],
  });
  const loaded = loadDesk(text);
  expect(loaded.ok && loaded.desk.people.find(({ address }) => address === 'neu@example.test')).toMatchObject(
    {
      tier: 1,
      team: 'service-desk',
    },
  );
});

test('a value that was not there before is added to its person, and an empty cell says nothing', () => {
  const { text, result } = run(
    'address,name,role,language,hours\nluis.ortega@example.test,Luis Ortega,agent,es,\n',
  );
  expect(result.changed).toEqual([
    { address: 'luis.ortega@example.test', changes: [{ column: 'language', from: null, to: 'es' }] },
  ]);
  expect(difference(SAMPLE, text)).toEqual({ gone: [], come: ['    language: es'] });
  const loaded = loadDesk(text);
  expect(loaded.ok && loaded.desk.people.find(({ name }) => name === 'Luis Ortega')?.language).toBe('es');
});

test('what is added to the last person stays his when somebody comes after him', () => {
  const { text } = run(
    'address,name,role,language,team,tier\ngrace.okafor@example.test,Grace Okafor,manager,pt,,\nneu@example.test,Neu Mann,agent,,hr,1\nmartha.lind@example.test,Martha Lind,lead,fr,,\n',
  );
  const loaded = loadDesk(text);
  const languages = loaded.ok
    ? Object.fromEntries(loaded.desk.people.map(({ name, language }) => [name, language]))
    : {};
  expect(languages).toMatchObject({ 'Grace Okafor': 'pt', 'Martha Lind': 'fr', 'Neu Mann': undefined });
  expect(text).toContain('    manager: grace.okafor@example.test\n    language: fr\n\n  # Human resources');
});

test('the same list a second time changes nothing', () => {
  const csv = `${HEAD}Kim Brandt,kim.brandt@example.test,agent,service-desk,2,accounts\n`;
  const { text } = run(csv);
  expect(run(csv, false, text)).toMatchObject({ text, result: { added: [], changed: [], unchanged: 1 } });
});

test('nobody is removed unless that is asked for', () => {
  const csv = `${readPeople()
    .filter(({ name }) => name !== 'Jonas Weber')
    .map(({ name, address, role, team, tier }) => [name, address, role, team ?? '', tier ?? '', ''].join(','))
    .join('\n')}\n`;
  expect(run(HEAD + csv).result).toMatchObject({ removed: [], missing: [{ name: 'Jonas Weber' }] });
  const { text, result } = run(HEAD + csv, true);
  expect(result.removed).toEqual([{ address: 'jonas.weber@example.test', name: 'Jonas Weber' }]);
  expect(text).not.toContain('jonas.weber');
  expect(text).toContain('# Human resources: its lead takes tickets too');
  expect(loadDesk(text).ok).toBe(true);
});

test('who is needed elsewhere cannot be removed: the whole file is checked', () => {
  const csv = `${HEAD}Kim Brandt,kim.brandt@example.test,agent,service-desk,1,accounts\n`;
  expect(() => run(csv, true)).toThrow(/desk\.yaml with staff\.csv has \d+ problems[\s\S]*teams\[0\]\.lead/);
});

test.each([
  [
    'a role that there is not',
    `${HEAD}A B,a@example.test,chief,,,\n`,
    'row 2, role: «chief»; allowed is agent, lead or manager',
  ],
  [
    'a tier that is no number',
    `${HEAD}A B,a@example.test,agent,hr,one,\n`,
    'row 2, tier: «one»; allowed is a whole number',
  ],
  ['an address that is none', `${HEAD}A B,a@b,agent,hr,1,\n`, 'row 2, address: «a@b»; allowed is an address'],
  ['no name', `${HEAD},a@example.test,agent,hr,1,\n`, 'row 2, name: «»; allowed is not nothing'],
  [
    'one twice',
    `${HEAD}A,a@example.test,agent,hr,1,\nB,A@example.test,agent,hr,1,\n`,
    'row 3, address: «a@example.test» stands in another row',
  ],
  ['a column that nobody knows', 'name,address,role,salary\n', '«salary»; allowed are name, address'],
  ['a column that is missing', 'name,role\n', 'the column address is missing'],
  ['no CSV', `${HEAD}"A`, 'cannot be read as CSV'],
  ['a team that there is not', `${HEAD}A B,a@example.test,agent,sales,1,\n`, 'found:    sales'],
])('%s is refused with its row and value', (_, csv, words) => {
  expect(() => run(csv)).toThrow(words);
});

function readPeople() {
  const loaded = loadDesk(SAMPLE);
  if (!loaded.ok) throw new Error('the sample is sound');
  return loaded.desk.people;
}

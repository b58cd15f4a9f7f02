import { describe, expect, test } from 'vitest';
import { describeProblems, loadDesk, type Problem } from '../../core/config/load.ts';
import { writeModel } from '../../core/triage/model.ts';
import { FILED, modelOf } from '../triage/filed.ts';
import { deskOf, SMALL_DESK, smallDeskWith } from './small-desk.ts';

describe('a desk.yaml that is right', () => {
  test('has its durations in milliseconds, its addresses in lower case and its defaults filled in', () => {
    const desk = deskOf(smallDeskWith(['ann@example.org', 'Ann@Example.ORG']));
    expect(desk.sla[0]?.targets.P4.firstResponse).toEqual({ ms: 90 * 60_000 });
    expect(desk.tokens.validFor).toBe(180 * 24 * 60 * 60_000);
    expect(desk.people[0]).toMatchObject({
      address: 'ann@example.org',
      hours: 'always',
      skills: [],
      absences: [],
    });
    expect(desk).toMatchObject({ language: 'en', timezone: 'UTC', vips: [] });
    expect(desk.sla[0]).toMatchObject({ warnings: [{ name: '75%', share: 0.75 }], escalation: [] });
    expect(desk.teams[0]?.confidential).toBe(false);
    expect(desk.categories[1]).toMatchObject({ tier: 1, type: 'incident', words: [], importance: [] });
  });

  test('keeps its hash when comments, order of settings or spelled-out defaults change', () => {
    const { hash } = deskOf(SMALL_DESK);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(deskOf(`# a comment\n${SMALL_DESK}vips: []\n`).hash).toBe(hash);
    const hours = [
      'tue: [08:00-17:00], fri: [22:00-06:00]',
      'fri: [22:00-06:00], tue: [08:00-17:00]',
    ] as const;
    expect(deskOf(smallDeskWith(hours)).hash).toBe(hash);
    expect(
      deskOf(smallDeskWith(['{ tier: 1, title: First line }', '{ title: First line, tier: 1 }'])).hash,
    ).toBe(hash);
  });

  test('gets another hash when a setting or the order of its rules changes', () => {
    const { hash } = deskOf(SMALL_DESK);
    expect(deskOf(smallDeskWith(['firstResponse: 15m', 'firstResponse: 16m'])).hash).not.toBe(hash);
    const printing = '  - { name: printing, title: Printing, team: it, words: [printer] }\n';
    const general = '  - { name: general, title: Everything else, team: it }\n';
    expect(deskOf(smallDeskWith([printing + general, general + printing])).hash).not.toBe(hash);
  });

  const MB = 1024 * 1024;
  test.each([
    ['answers: { hold: 90s }', { answers: { hold: 90_000 } }],
    ['answers: { hold: 15m }', { answers: { hold: 900_000 } }],
    ['mail: { largest: 64KB }', { mail: { largest: 65_536 } }],
    ['mail: { largest: 25MB }', { mail: { largest: 25 * MB } }],
    ['mail: { largest: 40MB }', { mail: { largest: 40 * MB } }],
    ['knowledge: { validFor: 3650d }', { knowledge: { validFor: 3650 * 86_400_000 } }],
    [
      'retention: { rawMail: 7d, audit: 3650d }',
      { retention: { rawMail: 7 * 86_400_000, audit: 3650 * 86_400_000 } },
    ],
    [
      'recurring: [{ name: a, title: A, category: general, every: month, on: 15 }]',
      { recurring: [{ on: '15', at: '08:00' }] },
    ],
  ])('takes %s for what it says', (line, said) => {
    expect(deskOf(`${SMALL_DESK}${line}\n`)).toMatchObject(said);
  });

  test('may have an address with 24 octets before the @', () => {
    const [address] = deskOf(smallDeskWith(['help@desk', 'hilfe-für-alle-häusern@desk'])).addresses;
    expect(address?.address).toBe('hilfe-für-alle-häusern@desk.example.org');
  });

  test('has targets with and without hours of their own, and warnings by share and by time left', () => {
    const [policy] = deskOf(
      smallDeskWith(
        ['firstResponse: 15m', 'firstResponse: 3650d in office'],
        ['targets:', 'warnings: [5%, 1h30m]\n    targets:'],
      ),
    ).sla;
    expect(policy?.targets.P1).toMatchObject({
      firstResponse: { ms: 3650 * 86_400_000, calendar: 'office' },
      nextResponse: { ms: 30 * 60_000 },
    });
    expect(policy?.warnings).toEqual([
      { name: '5%', share: 0.05 },
      { name: '1h30m', before: 90 * 60_000 },
    ]);
  });

  test('may write a block once and use it again', () => {
    const text = smallDeskWith(
      ['hours: { mon: [00:00-24:00]', 'hours: { mon: &day [00:00-24:00]'],
      ['tue: [00:00-24:00]', 'tue: *day'],
    );
    expect(deskOf(text).hash).toBe(deskOf(SMALL_DESK).hash);
  });

  test('may leave a tier of a team without agents, for then its lead takes it', () => {
    expect(loadDesk(SMALL_DESK).ok).toBe(true);
  });
});

describe('what cannot be read', () => {
  test('is named with its line when it is no YAML', () => {
    expect(theProblem('name: Desk\ndomain: [unclosed\n')).toEqual({
      ...{ line: 3, column: 1, path: '', found: '' },
      message: expect.stringMatching(/^this cannot be read as YAML: [^\n]+$/),
      allowed: 'YAML 1.2, each key once in its block',
    });
  });

  test('is a key that stands twice', () => {
    const problem = theProblem(
      smallDeskWith(['domain: desk.example.org', 'domain: desk.example.org\nname: Again']),
    );
    expect(problem).toMatchObject({ line: 3, column: 1, found: 'name: Again' });
    expect(problem.message).toBe('this cannot be read as YAML: Map keys must be unique');
  });

  test('is a second document in the file', () => {
    expect(loadDesk(`${SMALL_DESK}---\nname: Another\n`).ok).toBe(false);
  });

  test('is a tag that YAML does not know', () => {
    expect(loadDesk(smallDeskWith(['name: Small desk', 'name: !secret Small desk'])).ok).toBe(false);
  });

  test('is an alias bomb, and it costs nothing', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `a${n}: &a${n} [${Array(9).fill(n === 0 ? 'x' : `*a${n - 1}`)}]`,
    );
    const problem = theProblem(levels.join('\n'));
    expect(problem.message).toContain('alias');
  });

  test('is an alias without its anchor', () => {
    expect(theProblem('# a * star\nname: *nowhere\n')).toMatchObject({
      line: 2,
      column: 7,
      message: expect.stringContaining('nowhere'),
    });
  });

  test('is a merge key, which is a setting like any other and none that we know', () => {
    const text = smallDeskWith(['waiting: { remindAfter', 'waiting: { <<: { x: 1 }, remindAfter']);
    expect(theProblem(text)).toMatchObject({ path: 'waiting.<<', found: '<<' });
  });

  test('is a file without end', () => {
    const most = 1024 * 1024;
    expect(theProblem('x'.repeat(most + 1))).toEqual({
      ...{ line: 1, column: 1, path: '', found: `${most + 1} characters` },
      ...{ message: 'the file is too long', allowed: `at most ${most} characters` },
    });
    expect(loadDesk(SMALL_DESK.padEnd(most, '#')).ok).toBe(true);
  });

  test('is a file nested a thousand deep', () => {
    expect(loadDesk(`name: ${'['.repeat(1_000)}${']'.repeat(1_000)}`).ok).toBe(false);
  });

  test.each(['', 'just words', '[]', '42'])('is a file that holds no settings: %j', (text) => {
    expect(loadDesk(text).ok).toBe(false);
  });
});

describe('what is wrong in shape', () => {
  test('names line, column, what was found and what is allowed', () => {
    expect(theProblem(smallDeskWith(['firstResponse: 15m', 'firstResponse: 15 minutes']))).toEqual({
      line: 36,
      column: 46,
      path: 'sla[0].targets.P1.firstResponse',
      found: '15 minutes',
      message: 'this is not written as it should be',
      allowed: 'a duration such as 30m, 4h, 1h30m or 7d; with a calendar of its own 4h in office',
    });
  });

  test.each([
    ['firstResponse: 15m', 'firstResponse: 0m', 'a duration longer than nothing'],
    ['firstResponse: 15m', 'firstResponse: 15', 'a text such as 30m, 4h or 4h in office'],
    ['firstResponse: 15m', 'firstResponse: 4000d', 'a duration of at most 3650d'],
    ['role: lead', 'role: boss', 'agent, lead or manager'],
    ['ann@example.org', 'Ann', 'an email address such as ada@example.com'],
    ['mon: [08:00-12:00', 'mon: [8-12', 'hours such as 08:00-17:30'],
    ['12-25', 'Christmas', 'a date such as 2026-12-25, or 12-25 for every year'],
    [
      'help@desk',
      'help-with-everything-that-is-broken@desk',
      'an address whose part before the @ has at most 24 octets',
    ],
    ['words: [printer]', 'words: [p*]', expect.stringContaining('three letters')],
    ['tier: 1 }', 'tier: one }', 'a whole number from 1 to 9'],
    [
      'targets:',
      'warnings: [100%]\n    targets:',
      'a share such as 75%, or the time that is left, such as 30m',
    ],
    [
      'Europe/Berlin\n',
      'Europe/Berlin\n    open: yes\n',
      'name, timezone, hours, of, holidays or holidaysFrom',
    ],
    ['tokens: {', 'answers: { hold: 901s }\ntokens: {', 'a time of at most 15m'],
    ['tokens: {', 'answers: { hold: 16m }\ntokens: {', 'a time of at most 15m'],
    ['tokens: {', 'mail: { largest: 63KB }\ntokens: {', 'a size of at least 64KB'],
    ['tokens: {', 'mail: { largest: 41MB }\ntokens: {', 'a size of at most 40MB, which is what SES takes'],
    ['tokens: {', 'retention: { rawMail: 6d }\ntokens: {', 'at least 7d'],
    ['tokens: {', 'retention: { audit: 3651d }\ntokens: {', 'at most 3650d, or forever'],
    ['validFor: 180d', 'validFor: 3651d', 'a duration of at most 3650d'],
    ['validFor: 180d', 'validFor: 0d', 'a duration longer than nothing'],
    ['help@desk', 'hilfe-für-viele-häusern@desk', 'an address whose part before the @ has at most 24 octets'],
  ])('with “%s” become “%s” says what is allowed: %s', (before, after, allowed) => {
    expect(theProblem(smallDeskWith([before, after])).allowed).toEqual(allowed);
  });

  const kind = 'this is of another kind than what belongs here';
  test.each([
    ['title: IT', 'title: [IT]', 'a list', `${kind}; a text that is not empty`],
    ['title: IT', 'title', 'nothing', `${kind}; a text that is not empty`],
    ['title: IT', 'title: ""', '""', 'this is too little; a text that is not empty'],
    [
      'tier: 1, title',
      'tier: 0, title',
      '0',
      'this is too little; a whole number from 1 to 9 such as 1, 2 or 3',
    ],
    ['tier: 1 }', 'tier: 10 }', '10', 'this is too much; a whole number from 1 to 9'],
    ['name: Small', 'shadow: 1\nname: Small', '1', `${kind}; true or false`],
    ['tokens: {', 'vips: all\ntokens: {', 'all', `${kind}; a list with at least one entry`],
    ['resolved: { closeAfter: 3d }', 'resolved: 3d', '3d', `${kind}; a block with closeAfter`],
    [
      'team: { routine: P3, degraded: P2, outage: P1 }',
      'team: P3',
      'P3',
      `${kind}; a block with routine, degraded or outage`,
    ],
    ['name: Small desk', 'name: { de: Tisch }', 'a block of settings', `${kind}; a text that is not empty`],
    [
      'firstResponse: 15m',
      'firstResponse: 0m',
      '0m',
      'this cannot stand here; a duration longer than nothing',
    ],
    [
      'tokens: {',
      'triage: { bedrock: { model: amazon.nova, price: { in: -1, out: 1 } } }\ntokens: {',
      '-1',
      'this is too little; a number from 0 to 1000',
    ],
    [
      'tokens: {',
      'recurring: [{ name: a, title: A, category: general, every: month, on: [1] }]\ntokens: {',
      'a list',
      `${kind}; a value such as 1, mon, first mon, last fri, last or 03-31`,
    ],
  ])(
    'with “%s” become “%s” names what was found, what is wrong and what is allowed',
    (before, after, seen, said) => {
      const { found, message, allowed } = theProblem(smallDeskWith([before, after]));
      expect([found, `${message}; ${allowed}`]).toEqual([seen, said]);
    },
  );

  test('names an empty list as one', () => {
    const list = '  - { tier: 1, title: First line }\n  - { tier: 2, title: Experts }';
    expect(theProblem(smallDeskWith([`tiers:\n${list}`, 'tiers: []']))).toMatchObject({
      ...{ path: 'tiers', found: 'an empty list', message: 'this is too little' },
      allowed: 'a list with at least one entry',
    });
  });

  test.each([
    ['x'.repeat(80), 'x'.repeat(80)],
    ['x'.repeat(81), `${'x'.repeat(80)}…`],
    ['15\n                  minutes', '15 minutes'],
  ])('shows of what was found one line, and no long one: %s', (written, found) => {
    expect(theProblem(smallDeskWith(['firstResponse: 15m', `firstResponse: ${written}`])).found).toBe(found);
  });

  test('says of what is left out where it should stand', () => {
    const problem = theProblem(smallDeskWith([', lead: leo@example.org', '']));
    expect(problem).toMatchObject({
      line: 9,
      path: 'teams[0].lead',
      found: 'nothing',
      message: 'lead is left out',
    });
  });

  test.each([
    ['role: lead', 'rol: lead', 'Did you mean “role”?'],
    ['mon: [08:00', 'monday: [08:00', 'mon, tue, wed, thu, fri, sat or sun'],
    ['tokens:', 'resolvd: {}\ntokens:', 'Did you mean “resolved”?'],
    ['role: lead', 'role: leed', 'Did you mean “lead”?'],
  ])('with “%s” become “%s” helps on: %s', (before, after, help) => {
    const text = describeProblems('desk.yaml', problemsOf(smallDeskWith([before, after])));
    expect(text).toContain(help);
  });

  test('asks back about no word that is far from all that is allowed', () => {
    const text = describeProblems(
      'desk.yaml',
      problemsOf(smallDeskWith(['role: lead', 'role: lead, favourite: tea'])),
    );
    expect(text).not.toContain('Did you mean');
  });

  test('wants the matrix complete', () => {
    expect(theProblem(smallDeskWith([', outage: P2', '']))).toMatchObject({
      path: 'matrix.one.outage',
      found: 'nothing',
    });
  });

  test('is reported all at once, in the order of the file', () => {
    const problems = problemsOf(
      smallDeskWith(
        ['name: Small desk', 'name: ""'],
        ['role: lead', 'role: boss'],
        ['resolution: 4h', 'resolution: soon'],
      ),
    );
    expect(problems.map(({ line }) => line)).toEqual([1, 7, 36]);
    expect(describeProblems('desk.yaml', problems)).toMatch(/^desk\.yaml has 3 problems:\n\n {2}line 1, /);
  });

  test('is reported in the order of the file whatever the order of the settings is', () => {
    const text = smallDeskWith(
      ['name: Small desk', 'vips: [nobody]\nname: Small desk'],
      ['address: ann@example.org, name: Ann, role: agent', 'role: boss, name: Ann, address: Ann'],
    );
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      'vips[0]',
      'people[0].role',
      'people[0].address',
    ]);
  });
});

describe('the form of before', () => {
  test('promises by priority are named once, with the form that they have now', () => {
    const before = SMALL_DESK.replace(
      /^sla:[\s\S]*?(?=^waiting)/m,
      'sla:\n  - { priority: P1, calendar: always, firstResponse: 15m, nextResponse: 30m, resolution: 4h, tier: 1h }\n',
    );
    expect(theProblem(before)).toMatchObject({
      line: 33,
      path: 'sla[0].priority',
      message: 'promises are given in policies now, no longer one by one for each priority',
      allowed: expect.stringContaining('targets: { P1: { firstResponse: 15m'),
    });
  });

  test('one warning for all is named with what takes its place', () => {
    expect(theProblem(`${SMALL_DESK}warnAt: 0.5\n`)).toMatchObject({
      path: 'warnAt',
      message: 'each policy says now when it warns',
      allowed: 'in a policy of sla, for example warnings: [50%]',
    });
    expect(theProblem(`${SMALL_DESK}warnAt: soon\n`).allowed).toContain('[75%]');
  });
});

describe('what stands beside desk.yaml', () => {
  const feast = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'UID:feast@example.org',
    'DTSTART;VALUE=DATE:20270101',
    'RRULE:FREQ=YEARLY;COUNT=2',
    'SUMMARY:New Year',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  const text = smallDeskWith(['holidays: [12-25', 'holidaysFrom: feasts/all.ics\n    holidays: [12-25']);

  test('is read when the desk is, and its days are holidays like those that are written down', () => {
    const loaded = loadDesk(text, (path) => Buffer.from(path === 'feasts/all.ics' ? feast : ''));
    expect(loaded).toMatchObject({ ok: true });
    if (loaded.ok)
      expect(loaded.desk.calendars[1]).toEqual({
        name: 'office',
        timezone: 'Europe/Berlin',
        hours: expect.any(Object),
        holidays: ['12-25', '2027-03-26', '2027-01-01', '2028-01-01'],
      });
  });

  test('makes another desk when it changes', () => {
    const hashOf = (ics: string) => {
      const loaded = loadDesk(text, () => Buffer.from(ics));
      return loaded.ok && loaded.desk.hash;
    };
    expect(hashOf(feast)).not.toBe(hashOf(feast.replace('COUNT=2', 'COUNT=3')));
  });

  test('is named with its line when it is no calendar', () => {
    const loaded = loadDesk(text, () => Buffer.from('Dear all, we are closed at Christmas'));
    expect(loaded).toMatchObject({
      ok: false,
      problems: [
        {
          path: 'calendars[1].holidaysFrom',
          found: 'feasts/all.ics',
          message: expect.stringContaining('no iCalendar file'),
        },
      ],
    });
  });
});

describe('a model that is named', () => {
  const text = smallDeskWith(['matrix:', 'triage: { model: learned/model.bin }\nmatrix:']);
  const model = modelOf([
    ...FILED.filter(({ label }) => label === 'printing'),
    ...FILED.filter(({ label }) => label === 'network').map((filed) => ({ ...filed, label: 'general' })),
  ]);
  const file = writeModel(model);

  test('is read when the desk is, and travels beside it', () => {
    const loaded = loadDesk(text, (path) => (path === 'learned/model.bin' ? file : Buffer.of()));
    expect(loaded).toMatchObject({
      ok: true,
      desk: { triage: { model: 'learned/model.bin' } },
      model: file,
    });
    expect(loadDesk(SMALL_DESK)).toMatchObject({ ok: true, desk: { triage: {} }, model: null });
  });

  const damaged = Uint8Array.from(file);
  damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
  const newer = Buffer.from(file);
  newer.writeUInt32LE(3, 8);
  test.each<[string, () => Uint8Array, RegExp, RegExp]>([
    [
      'is not there',
      () => {
        throw new Error('ENOENT: no such file');
      },
      /^it cannot be read: ENOENT/,
      /the path, from desk\.yaml, of a file that `desk train` wrote/,
    ],
    [
      'is something else',
      () => Buffer.from('text,label\n'),
      /^this is no model: it does not begin/,
      /`desk train`/,
    ],
    ['is damaged', () => damaged, /^this model is damaged, and has to be trained again: /, /`desk train`/],
    ['is newer', () => newer, /^this model was made by a newer desk: its format is 3/, /`desk train`/],
    [
      'files under nothing that is a category',
      () => writeModel({ ...model, labels: ['toner', 'paper'] }),
      /^it files under toner or paper, and the desk has no such categories$/,
      /^a model of these categories: printing or general$/,
    ],
    [
      'files under what is no category',
      () => writeModel({ ...model, labels: ['general', 'printers'] }),
      /^it files under printers, and the desk has no such category$/,
      /^a model of these categories: printing or general$/,
    ],
  ])('and %s is refused with its line', (_, read, message, allowed) => {
    expect(loadDesk(text, read)).toMatchObject({
      ok: false,
      problems: [
        {
          line: 1 + text.slice(0, text.indexOf('triage:')).split('\n').length - 1,
          path: 'triage.model',
          found: 'learned/model.bin',
          message: expect.stringMatching(message),
          allowed: expect.stringMatching(allowed),
        },
      ],
    });
  });
});

describe('files of macros', () => {
  const named = (...paths: string[]) =>
    smallDeskWith([
      'calendars:\n',
      `macros:\n  - name: guide\n    title: The guide\n    files:\n${paths.map((path) => `      - ${JSON.stringify(path)}\n`).join('')}calendars:\n`,
    ]);
  const there: Record<string, Uint8Array> = {
    'guides/VPN guide.pdf': Buffer.from('one'),
    'map.png': Buffer.from('two'),
    'same.png': Buffer.from('two'),
    'empty.pdf': Buffer.of(),
    'large.pdf': Buffer.alloc(5_000_001),
  };
  const read = (path: string) => {
    const content = there[path];
    if (!content) throw new Error('ENOENT: no such file');
    return content;
  };

  test('are known by their content, which travels once', () => {
    const loaded = loadDesk(named('guides/VPN guide.pdf', 'map.png', 'same.png'), read);
    if (!loaded.ok) throw new Error(describeProblems('desk.yaml', loaded.problems));
    const [guide, map, same] = loaded.desk.macros[0]?.files ?? [];
    expect(guide).toEqual({
      ...{ name: 'VPN guide.pdf', contentType: 'application/pdf', size: 3 },
      beside: expect.stringMatching(/^macro-[0-9a-f]{64}$/),
    });
    expect([map?.name, same?.name]).toEqual(['map.png', 'same.png']);
    expect(same?.beside).toBe(map?.beside);
    expect(Object.keys(loaded.files)).toEqual([guide?.beside, map?.beside]);
    expect(Buffer.from(loaded.files[guide?.beside ?? ''] ?? []).toString()).toBe('one');
  });

  test('make another desk when their content changes', () => {
    const hashes = ['one', 'two', 'one'].map((content) => {
      const loaded = loadDesk(named('map.png'), () => Buffer.from(content));
      return loaded.ok && loaded.desk.hash;
    });
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(hashes[0]).toBe(hashes[2]);
  });

  test('are 25 MB in all at the most, of which the same content counts once', () => {
    const macros = [1, 2, 3, 4, 5, 15, 6].map((n) => `{ name: m${n}, title: Large, files: [${n}.pdf] }`);
    const text = smallDeskWith(['calendars:\n', `macros: [${macros.join(', ')}]\ncalendars:\n`]);
    const loaded = loadDesk(text, (path) => Buffer.alloc(5_000_000, path.slice(0, 1)));
    expect(loaded.ok ? [] : loaded.problems).toMatchObject([
      {
        path: 'macros[6].files[0]',
        message: 'with it they are 30000000 octets, more than can travel',
        allowed: 'at most 5000000 octets for one macro, and 25000000 for all',
      },
    ]);
  });

  test.each([
    ['../secret.pdf', /^it leads out of the folder/, /^the path of a file beside or below desk\.yaml/],
    ['guides/../../secret.pdf', /^it leads out of the folder/, /^the path/],
    ['/etc/secret.pdf', /^it leads out of the folder/, /^the path/],
    ['C:/secret.pdf', /^it leads out of the folder/, /^the path/],
    ['..\\secret.pdf', /^it leads out of the folder/, /^the path/],
    ['vanished.pdf', /^it cannot be read: ENOENT/, /^the path/],
    ['./map.png', /^it leads out of the folder/, /^the path/],
    ['guide.pdf.exe', /^files of this kind do not arrive/, /^a file that ends in/],
    ['setup.exe', /^files of this kind do not arrive/, /^a file that ends in pdf, png/],
    ['guides', /^files of this kind do not arrive/, /^a file that ends in/],
    ['empty.pdf', /^it is empty/, /something in it/],
    ['large.pdf', /^with it they are 5000004 octets/, /^at most 5000000 octets for one macro/],
  ])('%s is refused with its line', (path, message, allowed) => {
    const text = named('map.png', path);
    expect(loadDesk(text, read)).toMatchObject({
      ok: false,
      problems: [
        {
          line: text.slice(0, text.indexOf(JSON.stringify(path))).split('\n').length,
          path: 'macros[0].files[1]',
          found: JSON.stringify(path),
          message: expect.stringMatching(message),
          allowed: expect.stringMatching(allowed),
        },
      ],
    });
  });
});

test('a calendar that is made of others carries them, and a calendar without a zone has the desk’s', () => {
  const desk = deskOf(
    smallDeskWith(
      ['calendars:\n', 'calendars:\n  - { name: sun, of: [office, always] }\n'],
      ['name: Small desk', 'name: Small desk\ntimezone: Asia/Manila'],
    ),
  );
  expect(desk.calendars[0]).toMatchObject({
    name: 'sun',
    timezone: 'Asia/Manila',
    of: [{ name: 'always' }, { name: 'office', timezone: 'Europe/Berlin' }],
  });
});

describe('what contradicts itself', () => {
  test.each([
    [
      'a team that is not there',
      'Help, team: it',
      'Help, team: its',
      'addresses[0].team',
      'there is no team “its”. Did you mean “it”?',
    ],
    [
      'a calendar that is not there',
      'P1: { calendar: always',
      'P1: { calendar: allways',
      'sla[0].targets.P1.calendar',
      'there is no calendar “allways”. Did you mean “always”?',
    ],
    [
      'a category in a team that is not there',
      'Printing, team: it',
      'Printing, team: print',
      'categories[0].team',
      'there is no team “print”',
    ],
    [
      'a category at a tier that is not there',
      'words: [printer]',
      'words: [printer], tier: 3',
      'categories[0].tier',
      'there is no tier 3',
    ],
    [
      'an address of a category that is not the desk’s',
      'words: [printer]',
      'addresses: [hlep@desk.example.org]',
      'categories[0].addresses[0]',
      'there is no address of the desk “hlep@desk.example.org”. Did you mean “help@desk.example.org”?',
    ],
    [
      'hours of a person that are not there',
      'tier: 1 }\n  - { address: leo',
      'tier: 1, hours: offise }\n  - { address: leo',
      'people[0].hours',
      'there is no calendar “offise”. Did you mean “office”?',
    ],
    [
      'an agent at a tier that is not there',
      'team: it, tier: 1 }',
      'team: it, tier: 5 }',
      'people[0].tier',
      'there is no tier 5',
    ],
    [
      'an agent without a tier',
      'team: it, tier: 1 }',
      'team: it }',
      'people[0].tier',
      'tier is left out: an agent stands at a tier',
    ],
    [
      'an agent without a team',
      'role: agent, team: it',
      'role: agent',
      'people[0].team',
      'team is left out: an agent stands in a team',
    ],
    [
      'a lead at a tier of no team',
      'role: lead }',
      'role: lead, tier: 2 }',
      'people[1].team',
      'team is left out: a lead at a tier stands in a team',
    ],
    [
      'a manager at a tier',
      'role: lead }',
      'role: lead }\n  - { address: max@example.org, name: Max, role: manager, tier: 1 }',
      'people[2].tier',
      'a manager takes no tickets',
    ],
    [
      'a lead whom nobody knows',
      'lead: leo@',
      'lead: loe@',
      'teams[0].lead',
      'there is no lead among people “loe@example.org”. Did you mean “leo@example.org”?',
    ],
    ['a lead who is an agent', 'lead: leo@', 'lead: ann@', 'teams[0].lead', 'Ann has the role agent'],
    [
      'an address at another domain',
      'address: help@desk.example.org',
      'address: help@desk.example.com',
      'addresses[0].address',
      'the desk does not receive at this domain. Did you mean “help@desk.example.org”?',
    ],
    [
      'a person at the desk’s own domain',
      'address: ann@example.org',
      'address: help@desk.example.org',
      'people[0].address',
      'this is at the domain at which the desk itself receives',
    ],
    [
      'two people with one address',
      'name: Ann, role',
      'name: Ann, alternates: [LEO@example.org], role',
      'people[1].address',
      'it belongs to somebody already',
    ],
    [
      'two teams of one name',
      'teams:\n',
      'teams:\n  - { name: it, title: Old IT, lead: leo@example.org }\n',
      'teams[1].name',
      'another of teams has it already',
    ],
    [
      'two categories of one name',
      'name: printing',
      'name: general',
      'categories[1].name',
      'another of categories has it already',
    ],
    [
      'two tiers of one number',
      'tier: 2, title',
      'tier: 1, title',
      'tiers[1].tier',
      'another of tiers has it already',
    ],
    [
      'somebody of a team that is not there',
      'role: agent, team: it',
      'role: agent, team: its',
      'people[0].team',
      'there is no team “its”. Did you mean “it”?',
    ],
    [
      'a second address that is the first of another',
      'name: Leo, role',
      'name: Leo, alternates: [leo@example.net, Ann@example.org], role',
      'people[1].alternates[1]',
      'it belongs to somebody already',
    ],
    [
      'a pattern that is none',
      'words: [is down]',
      'patterns: ["down", "(a+)+"]',
      'urgency[0].patterns[1]',
      'a group is repeated by +',
    ],
    [
      'a gap between tiers',
      'tier: 2, title',
      'tier: 3, title',
      'tiers[1].tier',
      'there is no tier 2 to climb from',
    ],
    ['no category general', 'name: general', 'name: misc', 'categories', 'no category has the name general'],
    [
      'a policy without a priority',
      '\n      P4: { firstResponse: 1h30m, nextResponse: 8h, resolution: 40h, tier: 8h }',
      '',
      'sla[0].targets.P4',
      'P4 is left out',
    ],
    [
      'a target in hours that are not there',
      'firstResponse: 15m',
      'firstResponse: 15m in offce',
      'sla[0].targets.P1.firstResponse',
      'there is no calendar “offce”',
    ],
    [
      'a policy of hours that are not there',
      'calendar: office',
      'calendar: offise',
      'sla[0].calendar',
      'there is no calendar “offise”. Did you mean “office”?',
    ],
    [
      'a policy for a category that is not there',
      'sla:\n',
      'sla:\n  - { name: paper, when: { categories: [printin] }, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n',
      'sla[0].when.categories[0]',
      'there is no category “printin”. Did you mean “printing”?',
    ],
    [
      'a policy for a team that is not there',
      'sla:\n',
      'sla:\n  - { name: paper, when: { teams: [its] }, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n',
      'sla[0].when.teams[0]',
      'there is no team “its”. Did you mean “it”?',
    ],
    [
      'a policy for all before others',
      'sla:\n',
      'sla:\n  - { name: paper, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n',
      'sla[0].name',
      'this policy is for all tickets, so that no policy below is ever reached',
    ],
    [
      'no policy for all at the end',
      'name: standard\n',
      'name: standard\n    when: { vip: true }\n',
      'sla[0].when',
      'nothing is promised to tickets that no policy fits',
    ],
    [
      'a calendar that is made of one that is not there',
      'calendars:\n',
      'calendars:\n  - { name: sun, of: [offise] }\n',
      'calendars[0].of[0]',
      'there is no calendar with hours “offise”. Did you mean “office”?',
    ],
    [
      'a calendar that is made of itself',
      'calendars:\n',
      'calendars:\n  - { name: sun, of: [sun] }\n',
      'calendars[0].of[0]',
      'there is no calendar with hours “sun”',
    ],
    [
      'a calendar with hours that is made of others',
      'calendars:\n',
      'calendars:\n  - { name: sun, of: [office], hours: { mon: [08:00-12:00] } }\n',
      'calendars[0].hours',
      'a calendar that is made of others has none of its own',
    ],
    [
      'a calendar with holidays that is made of others',
      'calendars:\n',
      'calendars:\n  - { name: sun, of: [office], holidays: [12-24] }\n',
      'calendars[0].holidays',
      'a calendar that is made of others has none of its own',
    ],
    [
      'a calendar with holidays of a file that is made of others',
      'calendars:\n',
      'calendars:\n  - { name: sun, of: [office], holidaysFrom: holidays.ics }\n',
      'calendars[0].holidaysFrom',
      'a calendar that is made of others has none of its own',
    ],
    [
      'a file of holidays that is not there',
      'holidays: [12-25',
      'holidaysFrom: holidays.ics\n    holidays: [12-25',
      'calendars[1].holidaysFrom',
      'it cannot be read: nothing stands beside this desk.yaml',
    ],
    [
      'a zone that is none',
      'Europe/Berlin',
      'Europe/Berlyn',
      'calendars[1].timezone',
      'there is no such time zone. Did you mean “Europe/Berlin”?',
    ],
    [
      'an offset for a zone',
      'Europe/Berlin',
      '"+01:00"',
      'calendars[1].timezone',
      'there is no such time zone',
    ],
    [
      'the desk’s zone that is none',
      'name: Small desk',
      'name: Small desk\ntimezone: Mars',
      'timezone',
      'there is no such time zone',
    ],
    [
      'hours that end when they begin',
      'tue: [08:00-17:00]',
      'tue: [08:00-08:00]',
      'calendars[1].hours.tue[0]',
      'this ends when it begins',
    ],
    [
      'hours that overlap',
      '13:00-17:00',
      '11:30-17:00',
      'calendars[1].hours.mon[1]',
      'this overlaps with mon 08:00-12:00',
    ],
    [
      'a night that overlaps the next morning',
      'fri: [22:00-06:00]',
      'fri: [22:00-06:00], sat: [05:00-07:00]',
      'calendars[1].hours.sat[0]',
      'this overlaps with fri 22:00-06:00',
    ],
    [
      'a Sunday night that overlaps Monday',
      'fri: [22:00-06:00]',
      'sun: [22:00-08:30]',
      'calendars[1].hours.mon[0]',
      'this overlaps with sun 22:00-08:30',
    ],
    [
      'a calendar that is never open',
      '{ mon: [08:00-12:00, 13:00-17:00], tue: [08:00-17:00], fri: [22:00-06:00] }',
      '{ mon: [] }',
      'calendars[1].hours',
      'this calendar is never open',
    ],
    ['a holiday that is no day', '12-25', '02-30', 'calendars[1].holidays[0]', 'there is no such day'],
    [
      'a holiday in a year that has no such day',
      '2027-03-26',
      '2027-02-29',
      'calendars[1].holidays[1]',
      'there is no such day',
    ],
    [
      'an absence that ends before it begins',
      'role: lead }',
      'role: lead, absences: [{ from: 2026-12-24, to: 2026-12-23 }] }',
      'people[1].absences[0].to',
      'this is before 2026-12-24, when the absence begins',
    ],
    [
      'a step for a team that is not there',
      'words: [printer]',
      'words: [printer], checklist: [{ name: one, title: One, team: its }]',
      'categories[0].checklist[0].team',
      'there is no team “its”. Did you mean “it”?',
    ],
    [
      'a step after one that is not there',
      'words: [printer]',
      'words: [printer], checklist: [{ name: first, title: One, team: it }, { name: two, title: Two, team: it, after: [firs] }]',
      'categories[0].checklist[1].after[0]',
      'there is no other step “firs”. Did you mean “first”?',
    ],
    [
      'two steps of one name',
      'words: [printer]',
      'words: [printer], checklist: [{ name: one, title: One, team: it }, { name: one, title: Two, team: it }]',
      'categories[0].checklist[1].name',
      'another step has it already',
    ],
    [
      'work that recurs on no day',
      'waiting: {',
      'recurring: [{ name: patching, title: Patching, category: general, every: month, on: frist mon }]\nwaiting: {',
      'recurring[0].on',
      '“frist mon” names no day. Did you mean “first mon”?',
    ],
    [
      'work that recurs in a category that is not there',
      'waiting: {',
      'recurring: [{ name: patching, title: Patching, category: printin, every: week }]\nwaiting: {',
      'recurring[0].category',
      'there is no category “printin”. Did you mean “printing”?',
    ],
    [
      'two calendars of one name',
      'calendars:\n',
      'calendars:\n  - { name: office, of: [always] }\n',
      'calendars[2].name',
      'another of calendars has it already',
    ],
    [
      'one address of the desk twice',
      'addresses:\n',
      'addresses:\n  - { address: help@desk.example.org, name: Again, team: it }\n',
      'addresses[1].address',
      'another of addresses has it already',
    ],
    [
      'two policies of one name',
      'sla:\n',
      'sla:\n  - { name: standard, when: { vip: true }, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n',
      'sla[1].name',
      'another of sla has it already',
    ],
    [
      'two organisations of one name',
      'waiting: {',
      'organisations: [{ name: a, title: A, senders: ["@a.example"] }, { name: a, title: B, senders: ["@b.example"] }]\nwaiting: {',
      'organisations[1].name',
      'another of organisations has it already',
    ],
    [
      'two services of one name',
      'waiting: {',
      'services: [{ name: a, title: A, categories: [general] }, { name: a, title: B, categories: [general], for: ["@a.example"] }]\nwaiting: {',
      'services[1].name',
      'another of services has it already',
    ],
    [
      'two fields of one name',
      'waiting: {',
      'fields: [{ name: asset, title: A }, { name: asset, title: B }]\nwaiting: {',
      'fields[1].name',
      'another of fields has it already',
    ],
    [
      'two pieces of work that recur of one name',
      'waiting: {',
      'recurring: [{ name: a, title: A, category: general, every: week }, { name: a, title: B, category: general, every: week }]\nwaiting: {',
      'recurring[1].name',
      'another of recurring has it already',
    ],
    [
      'a lead of one team who stands in another',
      'role: lead }\nteams:\n',
      'role: lead, team: hr }\nteams:\n  - { name: hr, title: HR, lead: leo@example.org }\n',
      'teams[1].lead',
      'Leo stands in the team hr',
    ],
    [
      'a team that hands over to one that is not there',
      'lead: leo@example.org }',
      'lead: leo@example.org, handOverTo: [it, its] }',
      'teams[0].handOverTo[1]',
      'there is no team “its”. Did you mean “it”?',
    ],
    [
      'a confidential team that hands over to another',
      'lead: leo@example.org }',
      'lead: leo@example.org, confidential: true, handOverTo: [it, hr] }\n  - { name: hr, title: HR, lead: leo@example.org }',
      'teams[0].handOverTo[1]',
      'what comes to it stays there, for it is confidential',
    ],
    [
      'somebody on call whom nobody knows',
      'lead: leo@example.org }',
      'lead: leo@example.org, onCall: { rota: [leo@example.org, anne@example.org], from: 2026-11-23 } }',
      'teams[0].onCall.rota[1]',
      'there is nobody of this address among people. Did you mean “ann@example.org”?',
    ],
    [
      'a manager on call',
      'role: lead }\nteams:\n  - { name: it,',
      'role: lead }\n  - { address: managing@example.org, name: Max, role: manager, team: it }\nteams:\n  - { name: it, onCall: { rota: [managing@example.org], from: 2026-11-23 },',
      'teams[0].onCall.rota[0]',
      'managing@example.org is not of it. Did you mean “ann@example.org”?',
    ],
    [
      'an address of an urgency that is not the desk’s',
      'words: [is down]',
      'addresses: [help@desk.example.org, hlep@desk.example.org]',
      'urgency[0].addresses[1]',
      'there is no address of the desk “hlep@desk.example.org”. Did you mean “help@desk.example.org”?',
    ],
    [
      'an impact for people of an organisation that is not there',
      'words: [all users]',
      'organisations: [acme]',
      'impact[0].organisations[0]',
      'there is no organisation “acme”',
    ],
    [
      'an urgency for people of a department that is not there',
      'words: [is down] }\n',
      'departments: [acme/bord] }\norganisations: [{ name: acme, title: A, senders: ["@a.example"], departments: [{ name: board, title: B, senders: [b@a.example] }] }]\n',
      'urgency[0].departments[0]',
      'there is no department “acme/bord”. Did you mean “acme/board”?',
    ],
    [
      'two departments of one name',
      'waiting: {',
      'organisations: [{ name: a, title: A, senders: ["@a.example"], departments: [{ name: b, title: B, senders: [b@a.example] }, { name: b, title: C, senders: [c@a.example] }] }]\nwaiting: {',
      'organisations[0].departments[1].name',
      'another department of it has it already',
    ],
    [
      'a policy for an organisation that is not there',
      'sla:\n',
      'sla:\n  - { name: paper, when: { organisations: [acme] }, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n',
      'sla[0].when.organisations[0]',
      'there is no organisation “acme”',
    ],
    [
      'a policy whose `when` says nothing before others',
      'sla:\n',
      'sla:\n  - { name: paper, when: {}, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n',
      'sla[0].when',
      'this policy is for all tickets, so that no policy below is ever reached',
    ],
    [
      'a calendar without hours',
      'calendars:\n',
      'calendars:\n  - { name: sun }\n',
      'calendars[0].hours',
      'hours is left out: this calendar is never open',
    ],
    [
      'hours that overlap by a minute',
      '13:00-17:00',
      '11:59-17:00',
      'calendars[1].hours.mon[1]',
      'this overlaps with mon 08:00-12:00',
    ],
    [
      'a holiday in a month that is none',
      '12-25',
      '13-01',
      'calendars[1].holidays[0]',
      'there is no such day',
    ],
    [
      'a step at a tier that is not there',
      'words: [printer]',
      'words: [printer], checklist: [{ name: one, title: One, team: it, tier: 3 }]',
      'categories[0].checklist[0].tier',
      'there is no tier 3',
    ],
    [
      'a step after itself',
      'words: [printer]',
      'words: [printer], checklist: [{ name: one, title: One, team: it, after: [one] }]',
      'categories[0].checklist[0].after[0]',
      'there is no other step “one”',
    ],
    [
      'many who report the same of a category that is not there',
      'waiting: {',
      'recurrence: { except: [general, printin] }\nwaiting: {',
      'recurrence.except[1]',
      'there is no category “printin”. Did you mean “printing”?',
    ],
    [
      'work that recurs in hours that are not there',
      'waiting: {',
      'recurring: [{ name: patching, title: Patching, category: general, every: week, calendar: offise }]\nwaiting: {',
      'recurring[0].calendar',
      'there is no calendar “offise”. Did you mean “office”?',
    ],
    [
      'work that recurs in a zone that is none',
      'waiting: {',
      'recurring: [{ name: patching, title: Patching, category: general, every: week, timezone: Europe/Berlyn }]\nwaiting: {',
      'recurring[0].timezone',
      'there is no such time zone. Did you mean “Europe/Berlin”?',
    ],
    [
      'work that recurs for a team that is not there',
      'waiting: {',
      'recurring: [{ name: patching, title: Patching, category: general, every: week, team: its }]\nwaiting: {',
      'recurring[0].team',
      'there is no team “its”. Did you mean “it”?',
    ],
    [
      'a name for answers with something that is not filled in',
      'waiting: {',
      'answers: { fromName: "{{agnet}} of {{desk}}" }\nwaiting: {',
      'answers.fromName',
      'there is no {{agnet}} to fill in. Did you mean “{{agent}}”?',
    ],
    [
      'a name for answers that holds an address',
      'waiting: {',
      'answers: { fromName: "{{agent}} help@example.org" }\nwaiting: {',
      'answers.fromName',
      'a name that holds an address is taken for a forgery',
    ],
    [
      'a signature in other languages alone',
      'waiting: {',
      'answers: { signature: { de: Ihr Helpdesk } }\nwaiting: {',
      'answers.signature',
      'the desk’s own language is en, and there are no words in it',
    ],
    [
      'a signature with something that is not filled in',
      'waiting: {',
      'answers: { signature: { en: "{{agent}}, {{taem}}" } }\nwaiting: {',
      'answers.signature.en',
      'there is no {{taem}} to fill in. Did you mean “{{team}}”?',
    ],
    [
      'a weekday of every weekday',
      'waiting: {',
      'recurring: [{ name: patching, title: Patching, category: general, every: weekday, on: mon }]\nwaiting: {',
      'recurring[0].on',
      '“mon” is no day of every weekday',
    ],
  ])('%s', (_, before, after, path, message) => {
    expect(problemsOf(smallDeskWith([before, after]))).toEqual([
      expect.objectContaining({ path, message, allowed: expect.stringMatching(/\w/) }),
    ]);
  });

  test('is not an absence of one day, 29 February of every year, or hours that touch', () => {
    const text = smallDeskWith(
      ['role: lead }', 'role: lead, absences: [{ from: 2026-12-24, to: 2026-12-24 }] }'],
      ['12-25', '02-29'],
      ['13:00-17:00', '12:00-17:00'],
    );
    expect(loadDesk(text).ok).toBe(true);
  });

  test('is a desk without a first tier, and whatever would begin there', () => {
    const problems = problemsOf(smallDeskWith(['tier: 1, title', 'tier: 3, title']));
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'people[0].tier: there is no tier 1',
      'tiers[1].tier: there is no tier 1 to climb from',
      'categories[0].tier: tier is left out: there is no tier 1',
      'categories[1].tier: tier is left out: there is no tier 1',
    ]);
  });

  test.each([
    ['lead: leo@', 'lead: ann@', 'leo@example.org'],
    ['lead: leo@', 'lead: zoe@', 'leo@example.org'],
    [
      'lead: leo@example.org }',
      'lead: leo@example.org, onCall: { rota: [max@example.org], from: 2026-11-23 } }',
      'ann@example.org or leo@example.org',
    ],
    ['team: it, tier: 1 }', 'team: it }', '1 or 2'],
    ['role: agent, team: it', 'role: agent', 'it or hr'],
  ])('with “%s” become “%s” says who or what it may be: %s', (before, after, allowed) => {
    const text = smallDeskWith(
      [before, after],
      ['teams:\n', '  - { address: max@example.org, name: Max, role: manager, team: it }\nteams:\n'],
      ['tiers:\n', '  - { name: hr, title: HR, lead: leo@example.org }\ntiers:\n'],
      ['people:\n', 'people:\n  - { address: bo@example.org, name: Bo, role: agent, team: hr, tier: 1 }\n'],
    );
    expect(theProblem(text).allowed).toBe(allowed);
  });

  test('is not a lead of two teams who stands in none, tiers in another order, hours in another order, or a confidential team that hands over to itself', () => {
    const text = smallDeskWith(
      ['tier: 1, title', 'tier: 2, title: Experts }\n  - { tier: 1, title'],
      ['  - { tier: 2, title: Experts }\ncategories', 'categories'],
      ['mon: [08:00-12:00, 13:00-17:00]', 'mon: [13:00-17:00, 08:00-12:00]'],
      [
        'lead: leo@example.org }',
        'lead: leo@example.org, confidential: true, handOverTo: [it], onCall: { rota: [leo@example.org, ann@example.org], from: 2026-11-23 } }\n  - { name: hr, title: HR, lead: leo@example.org }',
      ],
    );
    expect(problemsOf(text)).toEqual([]);
  });

  test('is not a policy for all before others when a service has it for itself', () => {
    const policy = 'sla:\n  - { name: own, calendar: office, targets: { P1: {}, P2: {}, P3: {}, P4: {} } }\n';
    const service = 'services: [{ name: a, title: A, categories: [general], sla: own }]\n';
    expect(problemsOf(smallDeskWith(['sla:\n', `${service}${policy}`]))).toEqual([]);
  });

  test('is said of each step that waits for itself by way of others, and of none that waits for those', () => {
    const steps = ['one, after: [two]', 'two, after: [three]', 'three, after: [one]', 'last, after: [one]'];
    const list = steps.map((step) => `{ title: Step, team: it, name: ${step} }`).join(', ');
    const problems = problemsOf(
      smallDeskWith(['words: [printer]', `words: [printer], checklist: [${list}]`]),
    );
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual(
      ['one', 'two', 'three'].map(
        (name, nth) =>
          `categories[0].checklist[${nth}].after: ${name} comes after steps that come after ${name}, so that none of them ever begins`,
      ),
    );
  });

  test('points at the line of the person and not at the list', () => {
    expect(theProblem(smallDeskWith(['team: it, tier: 1 }', 'team: ti, tier: 1 }']))).toMatchObject({
      line: 6,
      found: 'ti',
    });
  });
});

test('the description names file, lines, values and what is allowed', () => {
  const text = describeProblems('my-desk.yaml', problemsOf(smallDeskWith(['role: lead', 'role: boss'])));
  expect(text).toBe(
    [
      'my-desk.yaml has one problem:',
      '',
      '  line 7, column 50, people[1].role',
      '    found:    boss',
      '    problem:  this is none of the allowed values',
      '    allowed:  agent, lead or manager',
    ].join('\n'),
  );
});

function problemsOf(text: string): Problem[] {
  const loaded = loadDesk(text);
  return loaded.ok ? [] : loaded.problems;
}

function theProblem(text: string): Problem {
  const [problem, ...others] = problemsOf(text);
  if (!problem) throw new Error('this desk has no problem');
  expect(others).toEqual([]);
  return problem;
}

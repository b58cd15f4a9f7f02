import { describe, expect, test } from 'vitest';
import { classify, type Sortable } from '../../core/triage/classify.ts';
import { deskOf, smallDeskWith } from '../config/small-desk.ts';

const desk = deskOf(
  smallDeskWith(
    [
      'team: it }\npeople',
      'team: it }\n  - { address: staff@desk.example.org, name: Staff, team: hr }\npeople',
    ],
    [
      'leo@example.org }\ntiers',
      'leo@example.org }\n  - { name: hr, title: HR, lead: hal@example.org, confidential: true }\ntiers',
    ],
    ['role: lead }', 'role: lead }\n  - { address: hal@example.org, name: Hal, role: lead }'],
    [
      '  - { name: printing, title: Printing, team: it, words: [printer] }',
      `  - { name: security, title: Security, team: it, tier: 2, skills: [security], words: [phishing, strange link], senders: ['@alerts.example.net', boss@example.org] }
  - { name: printing, title: Printing, team: it, urgency: degraded, impact: team, words: [printer] }
  - { name: network, title: Network, team: it, type: problem, words: [vpn], addresses: [help@desk.example.org] }
  - { name: payroll, title: Pay, team: hr, type: request, words: [salary] }
  - { name: urgent, title: Urgent, team: it, importance: [high] }`,
    ],
    [
      '  - { impact: everyone, words: [all users] }',
      '  - { impact: everyone, words: [all users] }\n  - { impact: one, words: [only me] }',
    ],
    [
      '  - { urgency: outage, words: [is down] }',
      '  - { urgency: outage, words: [is down] }\n  - { urgency: degraded, words: [slow], importance: [high], senders: [boss@example.org] }\n  - { urgency: routine, words: [a question] }',
    ],
  ),
);

describe('the category', () => {
  test('is the first of the file whose word stands in the subject, and the reason names word and place', () => {
    const filed = sort({ subject: 'VPN and printer' });
    expect(filed).toMatchObject({ category: 'printing', team: 'it', tier: 1, type: 'incident' });
    expect(why(filed, 'category')).toBe('printing: the word “printer” in the subject');
  });

  test('is read from the subject before the text', () => {
    const filed = sort({ subject: 'VPN', text: 'It worked when I was near the printer.' });
    expect(filed).toMatchObject({ category: 'network', type: 'problem' });
  });

  test('is read from the text when the subject tells nothing', () => {
    const filed = sort({ subject: 'Help', text: 'I opened a strange link.' });
    expect(filed).toMatchObject({ category: 'security', tier: 2, skills: ['security'] });
    expect(why(filed, 'category')).toBe('security: the words “strange link” in the text');
  });

  test('is told by the sender’s domain, and the reason says that it is one', () => {
    expect(why(sort({ from: 'bot@alerts.example.net' }), 'category')).toBe(
      'security: the sender is at @alerts.example.net',
    );
  });

  test('is told by the sender before any word', () => {
    const filed = sort({ from: 'boss@example.org', subject: 'The printer' });
    expect(why(filed, 'category')).toBe('security: the sender is boss@example.org');
  });

  test.each([
    ['bot@alerts.example.net', true],
    ['bot@eu.alerts.example.net', true],
    ['bot@myalerts.example.net', false],
    ['bot@example.net', false],
    ['alerts.example.net', false],
  ])('is told by the sender’s domain and what is below it: %s %s', (from, told) => {
    expect(sort({ from }).category === 'security').toBe(told);
  });

  test('is told by the address that was written to when no word tells', () => {
    expect(why(sort({ to: ['help@desk.example.org'] }), 'category')).toBe(
      'network: written to help@desk.example.org',
    );
    expect(sort({ to: ['help@desk.example.org'], text: 'the printer' }).category).toBe('printing');
  });

  test.each([
    ['importance', 'High'],
    ['x-priority', '1 (Highest)'],
    ['x-msmail-priority', 'High'],
    ['priority', 'urgent'],
  ])('is told last by how important it was marked: %s: %s', (name, value) => {
    const headers = new Map([[name, [value]]]);
    expect(why(sort({ headers }), 'category')).toBe('urgent: the sender marked it as of high importance');
    expect(sort({ headers, text: 'the printer' }).category).toBe('printing');
  });

  test('is not told by a mark of ordinary importance', () => {
    expect(
      sort({
        headers: new Map([
          ['x-priority', ['3 (not high)']],
          ['importance', ['normal']],
        ]),
      }).category,
    ).toBe('general');
  });

  test('is general when nothing tells, and the reason says so', () => {
    const filed = sort({ subject: 'Hello', text: 'Please call me.' });
    expect(filed).toMatchObject({ category: 'general', team: 'it' });
    expect(why(filed, 'category')).toBe('general: no clue of another was found');
  });
});

describe('mail to a confidential team', () => {
  test('stays there whatever its words say', () => {
    const filed = sort({ to: ['staff@desk.example.org'], subject: 'The printer in the salary office' });
    expect(filed).toMatchObject({ category: 'payroll', team: 'hr' });
  });

  test('stays there when no category of it fits', () => {
    const filed = sort({ to: ['staff@desk.example.org'], subject: 'The printer', from: 'boss@example.org' });
    expect(filed).toMatchObject({ category: 'general', team: 'hr' });
    expect(why(filed, 'category')).toContain("it came to staff@desk.example.org, which is hr's");
  });

  test('stays there when it was written to another team as well', () => {
    expect(sort({ to: ['help@desk.example.org', 'staff@desk.example.org'], text: 'The printer' }).team).toBe(
      'hr',
    );
  });

  test('reaches it by its words from any other address', () => {
    expect(sort({ to: ['help@desk.example.org'], subject: 'My salary' })).toMatchObject({
      category: 'payroll',
      team: 'hr',
    });
  });
});

describe('the priority', () => {
  test('comes from impact and urgency by the matrix, and every step has its reason', () => {
    const filed = sort({ subject: 'The VPN is down', text: 'It hits all users.' });
    expect(filed).toMatchObject({ impact: 'everyone', urgency: 'outage', priority: 'P1' });
    expect(filed.reasons).toEqual([
      { what: 'category', why: 'network: the word “vpn” in the subject' },
      { what: 'impact', why: 'everyone: the words “all users” in the text' },
      { what: 'urgency', why: 'outage: the words “is down” in the subject' },
      { what: 'priority', why: 'P1: the matrix for impact everyone and urgency outage' },
      { what: 'language', why: 'en: the words of the mail' },
    ]);
  });

  test('is the lowest when the mail tells nothing', () => {
    const filed = sort({ subject: 'Hello' });
    expect(filed).toMatchObject({ impact: 'one', urgency: 'routine', priority: 'P4' });
    expect(why(filed, 'urgency')).toBe('routine: the mail does not tell');
  });

  test('takes what the category says when the mail does not tell', () => {
    const filed = sort({ subject: 'Printer' });
    expect(filed).toMatchObject({ impact: 'team', urgency: 'degraded', priority: 'P2' });
    expect(why(filed, 'urgency')).toBe('degraded: what printing is when the mail does not tell');
  });

  test('takes what the mail says before what the category says', () => {
    expect(sort({ subject: 'A question', text: 'Only me: can the printer staple?' })).toMatchObject({
      impact: 'one',
      urgency: 'routine',
    });
  });

  test('goes by the worst that is said, though a subject plays it down', () => {
    expect(sort({ subject: 'A question', text: 'Is it known that the VPN is down?' }).urgency).toBe('outage');
  });

  test('names the subject when subject and text say the same', () => {
    expect(why(sort({ subject: 'It is slow', text: 'so slow' }), 'urgency')).toBe(
      'degraded: the word “slow” in the subject',
    );
  });

  test('can be raised by the sender and by the mark of importance', () => {
    expect(sort({ from: 'boss@example.org' }).urgency).toBe('degraded');
    expect(sort({ headers: new Map([['importance', ['high']]]) }).urgency).toBe('degraded');
    expect(sort({ headers: new Map([['importance', ['low']]]) }).urgency).toBe('routine');
  });
});

test.each([
  ['importance', 'Low', 'routine'],
  ['priority', 'non-urgent', 'routine'],
  ['x-priority', '5 (Lowest)', 'routine'],
  ['x-priority', '4', 'routine'],
  ['importance', 'normal', 'degraded'],
  ['x-priority', '3 (not low)', 'degraded'],
])('a mail that was marked %s: %s is %s', (name, value, urgency) => {
  const calm = deskOf(
    smallDeskWith(
      ['  - { urgency: outage, words: [is down] }', '  - { urgency: routine, importance: [low] }'],
      ['words: [printer] }', 'words: [printer], urgency: degraded }'],
    ),
  );
  const mail = { subject: 'printer', text: '', from: 'ida@example.com', to: [] };
  expect(classify({ ...mail, headers: new Map([[name, [value]]]) }, calm).urgency).toBe(urgency);
});

describe('a security incident', () => {
  const strict = deskOf(
    smallDeskWith(
      ['words: [printer] }', 'words: [printer], security: true }'],
      ['one: { routine: P4', 'one: { routine: P3'],
    ),
  );
  const sorted = (text: string) => {
    const filed = classify({ subject: 'printer', text, from: 'ida@example.com', to: [] }, strict);
    return [filed.priority, why(filed, 'priority')];
  };

  test('is at least P2, and the reason says what it else would be', () => {
    expect(sorted('')).toEqual(['P2', 'P2: the least for a security incident; P3 by the matrix']);
  });

  test('is what it is where that is more', () => {
    expect(sorted('it is down')).toEqual(['P2', 'P2: the matrix for impact one and urgency outage']);
    expect(sorted('it is down for all users')[0]).toBe('P1');
  });
});

describe('a service', () => {
  const offering = deskOf(
    smallDeskWith(
      [
        'team: it }\npeople',
        'team: it }\n  - { address: staff@desk.example.org, name: Staff, team: hr }\npeople',
      ],
      [
        'leo@example.org }\ntiers',
        'leo@example.org }\n  - { name: lab, title: Lab, lead: leo@example.org }\n  - { name: hr, title: HR, lead: leo@example.org, confidential: true }\ntiers',
      ],
      [
        'words: [printer] }',
        'words: [printer], urgency: degraded }\n  - { name: keys, title: Keys, team: it, words: [key] }',
      ],
      [
        'matrix:',
        `services:
  - { name: plotter, title: Plotter paper, in: { de: { title: Papier für den Plotter } }, categories: [printing], tier: 2, onRequest: true }
  - { name: toner, title: Toner, categories: [printing], team: lab, for: ['@acme.example', '@acme.test'] }
  - { name: card, title: Key card, categories: [keys], team: lab }
  - { name: paper, title: Paper, categories: [printing] }
matrix:`,
      ],
    ),
  );
  const asked = (mail: Partial<Sortable>) =>
    classify({ subject: '', text: '', from: 'ida@example.com', to: [], ...mail }, offering);

  test('is asked for by its title in any language, which is a request however its category is urgent', () => {
    for (const subject of ['Plotter paper', ' PLOTTER – paper! ', 'Papier für den Plotter', 'plotter']) {
      const filed = asked({ subject });
      expect(filed).toMatchObject({
        ...{ category: 'printing', team: 'it', tier: 2, type: 'request', urgency: 'routine', isKnown: true },
      });
      expect(why(filed, 'category')).toBe('printing: the subject asks for the service plotter');
      expect(why(filed, 'team')).toBe('it, tier 2: those of the service plotter');
    }
    expect(asked({ subject: 'Plotterpaper' }).category).toBe('general');
  });

  test('that is for those who ask alone is not what the words of its category lead to', () => {
    const filed = asked({ text: 'the printer' });
    expect(filed).toMatchObject({ team: 'it', tier: 1, type: 'incident', urgency: 'degraded' });
    expect(why(filed, 'team')).toBeUndefined();
  });

  test('that is for some is theirs alone, and what its category leads to for them', () => {
    for (const from of ['bo@acme.example', 'bo@acme.test']) {
      const filed = asked({ from, text: 'the printer' });
      expect(filed).toMatchObject({ category: 'printing', team: 'lab', tier: 1, type: 'incident' });
      expect(why(filed, 'team')).toBe('lab, tier 1: those of the service toner');
    }
    expect(asked({ subject: 'Toner' }).category).toBe('general');
    expect(asked({ subject: 'Toner', from: 'bo@acme.example' }).team).toBe('lab');
  });

  test('of one category is nothing to another', () => {
    expect(asked({ text: 'my key' })).toMatchObject({ category: 'keys', team: 'lab' });
    expect(why(asked({ subject: 'Key card' }), 'category')).toBe(
      'keys: the subject asks for the service card',
    );
  });

  test('is not asked for in what was written to a confidential team', () => {
    const filed = asked({ subject: 'Key card', to: ['staff@desk.example.org'] });
    expect(filed).toMatchObject({ category: 'general', team: 'hr' });
  });
});

describe('the language', () => {
  test('is that of the mail', () => {
    expect(sort({ text: 'Bonjour, je ne peux pas imprimer depuis ce matin.' }).language).toBe('fr');
  });

  test('is the desk’s own when the mail does not tell', () => {
    const filed = sort({ subject: 'SAP' });
    expect(filed.language).toBe('en');
    expect(why(filed, 'language')).toBe("en: the desk's own; the mail does not tell");
  });
});

test('a clue beyond the first 50,000 characters is not looked for', () => {
  expect(sort({ text: `${'x '.repeat(25_000)} the printer` }).category).toBe('general');
});

test('a desk that changes is another desk: its rules are its own', () => {
  const other = deskOf(smallDeskWith(['words: [printer]', 'words: [plotter]']));
  const mail = { subject: 'plotter', text: '', from: 'ida@example.com', to: [] };
  expect([classify(mail, desk).category, classify(mail, other).category]).toEqual(['general', 'printing']);
});

function sort(mail: Partial<Sortable>) {
  return classify({ subject: '', text: '', from: 'ida@example.com', to: [], ...mail }, desk);
}

function why({ reasons }: ReturnType<typeof classify>, what: string): string | undefined {
  return reasons.find((reason) => reason.what === what)?.why;
}

describe('rules beyond words', () => {
  const other = deskOf(
    smallDeskWith(
      [
        '  - { name: printing, title: Printing, team: it, words: [printer] }',
        `  - { name: board, title: For the board, team: it, departments: [acme/board] }
  - { name: partner, title: Partners, team: it, organisations: [partner] }
  - { name: printing, title: Printing, team: it, words: [printer], patterns: ['\\bPR-\\d{4}\\b'] }
  - { name: erp, title: ERP, team: it, patterns: ['\\bERR-\\d{4}\\b'] }
  - { name: logs, title: Logs, team: it, attachments: ['*.log', application/zip] }
  - { name: scans, title: Scans, team: it, attachments: ['scan*2026*.pdf', 'aba*aba'] }
  - { name: gold, title: Gold, team: it, headers: [{ name: X-Support-Level, contains: Gold }] }
  - { name: francais, title: French, team: it, languages: [fr] }`,
      ],
      [
        'matrix:',
        `organisations:
  - { name: acme, title: Acme, senders: ['@acme.example'], departments: [{ name: board, title: Board, senders: [eve@acme.example], vip: true }] }
  - { name: partner, title: Partner, senders: ['@partner.example'] }
matrix:`,
      ],
    ),
  );
  const file = (name: string, contentType = 'application/octet-stream', inline = false) => ({
    attachments: [{ name, contentType, inline }],
  });
  const filedOf = (mail: Partial<Sortable>) =>
    why(classify({ subject: '', text: '', from: 'ida@example.com', to: [], ...mail }, other), 'category');

  test.each([
    [{ from: 'eve@acme.example' }, 'board: the sender is of acme/board'],
    [{ from: 'bo@acme.example' }, 'general: no clue of another was found'],
    [{ from: 'pia@mail.partner.example' }, 'partner: the sender is of partner'],
    [{ subject: 'see err-4711' }, 'erp: the pattern “\\bERR-\\d{4}\\b” in the subject'],
    [{ text: 'PR-1234 says ERR-1234' }, 'printing: the pattern “\\bPR-\\d{4}\\b” in the text'],
    [file('VPN Client.LOG'), 'logs: a file *.log is attached'],
    [{ text: 'ERR-1234 in the printer' }, 'printing: the word “printer” in the text'],
    [{ text: 'PR-1234, the printer' }, 'printing: the word “printer” in the text'],
    [file('Scan-1-2026-12.pdf'), 'scans: a file scan*2026*.pdf is attached'],
    [file('scan2026.pdf'), 'scans: a file scan*2026*.pdf is attached'],
    [file('scan.pdf'), 'general: no clue of another was found'],
    [file('my-scan-2026.pdf'), 'general: no clue of another was found'],
    [file('ababa'), 'general: no clue of another was found'],
    [file('abaaba'), 'scans: a file aba*aba is attached'],
    [
      { headers: new Map([['x-support-level', ['silver', 'gold']]]) },
      'gold: “Gold” in the header x-support-level',
    ],
    [file('x', 'application/zip'), 'logs: a file application/zip is attached'],
    [file('vpn.log', 'text/plain', true), 'general: no clue of another was found'],
    [file('vpn.log.txt'), 'general: no clue of another was found'],
    [
      { headers: new Map([['x-support-level', ['GOLD; since=2024']]]) },
      'gold: “Gold” in the header x-support-level',
    ],
    [{ text: 'Bonjour, je voudrais vous parler de cela' }, 'francais: written in fr'],
    [{ text: 'Bonjour, le printer est ici' }, 'printing: the word “printer” in the text'],
  ])('%o is filed as “%s”', (mail, reason) => {
    expect(filedOf(mail)).toBe(reason);
  });
});

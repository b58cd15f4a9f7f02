import { describe, expect, test } from 'vitest';
import type { Notice } from '../../core/mail/outcome.ts';
import { type Plan, updatesFor } from '../../core/ticket/audience.ts';
import { change } from '../../core/ticket/change.ts';
import { nextStep } from '../../core/ticket/next-step.ts';
import type { Happening, Message, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { failed } from '../../core/ticket/undeliverable.ts';
import { noticeView } from '../../templates/notices.ts';
import { renderUpdate } from '../../templates/render.ts';
import { durationIn, timeIn } from '../../templates/times.ts';
import { ticketView } from '../../templates/view.ts';
import { courseBefore } from '../../templates/why.ts';
import { desk, ID, KIM, LUIS, later, MONDAY, NORA, opened, PRIYA, ticket } from '../sample.ts';

const SECRET = 'the spare key lies under the mat';
const replyTo = 'support+token@desk.example.test';
const message = (given: Partial<Message> = {}): Message => ({
  id: `${ID}-m1`,
  number: 1,
  at: MONDAY,
  direction: 'in',
  visibility: 'public',
  from: { address: NORA, name: 'Nora Quist' },
  text: 'It eats the paper.',
  bodyKey: null,
  attachments: [],
  withheld: 0,
  mailId: 'mail-1',
  messageId: null,
  cc: [],
  ...given,
});

/** The mails that go out when this happens, as they are read. */
function mails(happening: Happening, before: Ticket = ticket(), said = message()) {
  const { after, events } = change(before, [happening], later(MONDAY, 1), desk);
  return events.flatMap((event) =>
    updatesFor(event, after, desk).map((plan) => ({ plan, ...rendered(plan, event, after, said) })),
  );
}

function rendered(plan: Plan, event: TicketEvent, on: Ticket, said: Message) {
  const history = plan.history
    ? [said, message({ number: 2, visibility: 'private', text: SECRET, from: { address: LUIS, name: '' } })]
    : [];
  return renderUpdate(
    ticketView({
      plan,
      event,
      ticket: on,
      message: plan.message ? said : null,
      history,
      attached: [],
      replyTo,
      desk,
      now: later(MONDAY, 1),
    }),
  );
}

const AGENTS = desk.people.map(({ address }) => address);
const deadline = {
  measure: 'firstResponse',
  due: later(MONDAY, 4),
  startedAt: MONDAY,
  assignee: LUIS,
} as const;
const everything: Happening[] = [
  { kind: 'answered', message: 2, by: LUIS, messageId: null, with: null },
  { kind: 'resolved', reason: SECRET, by: LUIS, message: null },
  { kind: 'closed', reason: SECRET, by: LUIS },
  { kind: 'escalated', from: 1, to: 2, reason: SECRET, by: LUIS },
  { kind: 'requester-reminded' },
  { kind: 'commanded', by: NORA, lines: [], refused: false, shows: ['status'], words: 'none' },
];

describe('mail to a requester', () => {
  test.each(everything)(
    'about $kind names no agent’s address and nothing that was said inside',
    (happening) => {
      for (const { plan, subject, text, html } of mails(
        happening,
        ticket(),
        message({ from: { address: LUIS, name: '' }, text: 'Try now.' }),
      )) {
        if (plan.audience !== 'requester') continue;
        for (const address of [...AGENTS, SECRET])
          expect([subject, text, html].join('\n')).not.toContain(address);
      }
    },
  );

  test('is in the language of his mail', () => {
    const german = opened(MONDAY, { language: 'de', subject: 'Drucker klemmt' });
    const [plan] = updatesFor(german.events[0] as TicketEvent, german.after, desk);
    expect(rendered(plan as Plan, german.events[0] as TicketEvent, german.after, message()).text).toContain(
      'vielen Dank für Ihre Nachricht',
    );
  });

  test('says until when somebody answers', () => {
    const { after, events } = opened();
    const [plan] = updatesFor(events[0] as TicketEvent, after, desk);
    expect(rendered(plan as Plan, events[0] as TicketEvent, after, message()).text).toContain(
      timeIn('en', later(MONDAY, 4), desk),
    );
  });
});

test('a requester is asked for nothing while others are waited for, and hears nothing of the desk’s own measures', () => {
  const waiting = (awaited?: 'third-party') =>
    change(
      ticket(),
      [{ kind: 'paused', until: null, reason: 'a part', by: LUIS, ...(awaited ? { awaited } : {}) }],
      MONDAY,
      desk,
    ).after;
  const shown: Happening = {
    ...{ kind: 'commanded', by: NORA, lines: [], refused: false, shows: ['status'], words: 'none' },
  };
  const [asked] = mails(shown, waiting());
  expect(asked?.text).toContain('waiting for your answer');
  const [others] = mails(shown, waiting('third-party'));
  expect(others?.text).toContain('Status: waiting for others');
  expect(others?.text).not.toContain('your answer');
  const due = { periodicUpdate: MONDAY, requesterWait: MONDAY, agentWork: MONDAY };
  const event: TicketEvent = { ...shown, number: 9, at: MONDAY };
  const [plan] = updatesFor(event, ticket(), desk);
  const status = plan && rendered(plan, event, { ...ticket(), deadlines: due }, message()).text;
  expect(status).toContain('Next update: ');
  expect(status).not.toMatch(/waiting|work on/i);
});

test('a deadline that goes on being late is told like its fall', () => {
  const [late] = mails({
    ...{ kind: 'deadline-overrun', measure: 'agentWork', due: MONDAY, startedAt: MONDAY, assignee: LUIS },
    ...{ after: 3_600_000, do: ['tell-manager'] },
  });
  expect(late?.plan).toMatchObject({ kind: 'breach', to: { address: 'grace.okafor@example.test' } });
  expect(late?.text).toContain('Work on the ticket was due by Mon 23 Nov, 10:00');
});

describe('mail to an agent', () => {
  test('hands over what was said so far, notes included', () => {
    const [assignment] = mails({
      kind: 'assigned',
      assignee: PRIYA,
      previous: LUIS,
      reason: 'climbed',
      by: 'desk',
    });
    expect(assignment?.text).toContain('It eats the paper.');
    expect(assignment?.text).toContain(SECRET);
  });

  test('hands over what was done, among what was said, with each file once and the time that is left', () => {
    const photo = {
      ...{ name: 'page.png', contentType: 'image/png', size: 2048, inline: false, contentId: null },
      key: 'files/mail-1/1-page.png',
    };
    const done: Happening[] = [
      { kind: 'paused', until: null, reason: 'the supplier', by: LUIS, awaited: 'third-party' },
      { kind: 'resumed', reason: 'he answered', by: LUIS },
      { kind: 'escalated', from: 1, to: 2, reason: 'the fuser is worn', by: LUIS },
      { kind: 'assigned', assignee: PRIYA, previous: LUIS, reason: 'on duty', by: LUIS, climbs: true },
    ];
    const before = change(ticket(), done.slice(0, 2), later(MONDAY, 1), desk);
    const { after, events } = change(before.after, done.slice(2), later(MONDAY, 2), desk);
    const assigned = events.find(({ kind }) => kind === 'assigned') as TicketEvent;
    const plan = updatesFor(assigned, after, desk).find(({ to }) => to.address === PRIYA) as Plan;
    const tried = {
      number: 2,
      at: later(MONDAY, 1.5),
      visibility: 'private' as const,
      text: 'I changed the roller.',
    };
    const { text } = renderUpdate(
      ticketView({
        ...{ plan, event: assigned, ticket: after, message: null, attached: [], replyTo, desk },
        history: [message({ attachments: [photo] }), message({ ...tried, attachments: [photo] })],
        course: courseBefore(assigned, [...before.events, ...events], 'en', desk),
        now: later(MONDAY, 2),
      }),
    );
    const said = [
      'It eats the paper.',
      'waits: the supplier',
      'goes on: he answered',
      'I changed the roller.',
    ];
    const places = [...said, 'from tier 1 to tier 2: the fuser is worn'].map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text.match(/page\.png \(2 KB/g)).toHaveLength(1);
    expect(text).toMatch(/First response: .* left/);
    expect(text).not.toContain('into the hands of Priya Nair');
  });

  test('asks with one line to copy, and with a button for each, what a ticket is about when the desk is unsure', () => {
    const filed = { assignee: PRIYA, previous: null, reason: 'on duty', by: 'desk' };
    const likeliest = ['printing', 'network', 'access'];
    const [asked] = mails({ kind: 'assigned', ...filed, likeliest });
    expect(asked?.text.replaceAll(/\s+/g, ' ')).toContain(
      'Please say it with a reply of one word: printing, network or access.',
    );
    for (const category of likeliest)
      expect(asked?.html).toContain(encodeURIComponent(`#category ${category}\n`));
    expect(asked?.html).toContain('It is: Network, Wi-Fi and VPN');
    const [sure] = mails({ kind: 'assigned', ...filed });
    expect(sure?.text).not.toContain('The desk is not sure');
    expect(sure?.html).not.toContain('It is:');
  });

  test('tells who loses a ticket where it went', () => {
    const lost = mails({
      kind: 'assigned',
      assignee: PRIYA,
      previous: LUIS,
      reason: 'climbed',
      by: 'desk',
    })[1];
    expect(lost?.text).toContain('The ticket went to Priya Nair: climbed.');
  });

  test('warns with the deadline and the time that is left', () => {
    const [warning] = mails({ kind: 'deadline-warned', warnings: ['75%'], ...deadline });
    expect(warning?.text).toContain('First response');
    expect(warning?.text).toContain('3 h left');
  });

  test('shows a transcript line by line', () => {
    const lines = [{ line: '#noet', verb: '', outcome: 'unknown' as const, detail: 'did you mean #note?' }];
    const [transcript] = mails({
      kind: 'commanded',
      by: KIM,
      lines,
      refused: true,
      shows: ['help'],
      words: 'none',
    });
    expect(transcript?.text).toContain('#noet');
    expect(transcript?.text).toContain('did you mean #note?');
    expect(transcript?.text).toContain('#escalate');
  });

  test('says of each line what became of it, of what was left because of another one as well', () => {
    const lines = [
      { line: '#noet', verb: '', outcome: 'unknown' as const, detail: 'did you mean #note?' },
      {
        ...{ line: '#tag vip', verb: 'tag', outcome: 'refused' as const, detail: 'not done' },
        said: { key: 'digest-not-done' as const },
      },
    ];
    const done = {
      ...{ line: '#tag vip', verb: 'tag', outcome: 'done' as const, detail: 'its tags: vip' },
      said: { key: 'tags' as const, facts: { tags: 'vip' } },
    };
    const commanded = { kind: 'commanded' as const, by: KIM, shows: [], words: 'none' as const };
    const [refused] = mails({ ...commanded, lines, refused: true });
    expect(refused?.text).toContain('Not done, because another line could not be carried out.');
    const [carriedOut] = mails({ ...commanded, lines: [done], refused: false });
    expect(carriedOut?.text).toContain('Done: Its tags: vip');
  });

  test('says how many files are withheld and what to do; a requester does not hear of it', () => {
    const { after, events } = opened();
    const words = (to: string) => {
      const event = events.find((each) => each.kind === (to === NORA ? 'opened' : 'assigned')) as TicketEvent;
      const plan = updatesFor(event, after, desk).find((each) => each.to.address === to) as Plan;
      return rendered({ ...plan, message: 1 }, event, after, message({ withheld: 3 })).text.replace(
        /\s+/g,
        ' ',
      );
    };
    expect(words(LUIS)).toContain('3 files are withheld: the virus check did not say that they are clean.');
    expect(words(NORA)).not.toContain('withheld');
  });

  test('lists files that share a name apart, each as it goes out, pictures that no HTML shows among them', () => {
    const { after, events } = opened();
    const event = events[1] as TicketEvent;
    const [plan] = updatesFor(event, after, desk);
    const file = {
      name: 'scan.pdf',
      contentType: 'application/pdf',
      size: 10,
      inline: false,
      contentId: null,
    };
    const attachments = [
      { ...file, key: 'files/m/1' },
      { ...file, key: 'files/m/2' },
      { ...file, name: 'logo.png', inline: true, contentId: 'logo', key: 'files/m/3' },
    ];
    const { attachments: shown } = ticketView({
      ...{ plan: plan as Plan, event, ticket: after, message: message({ attachments }), history: [] },
      ...{ attached: ['files/m/2', 'files/m/3'], replyTo, desk, now: MONDAY },
    });
    expect(shown.map(({ name, attached }) => [name, attached])).toEqual([
      ['scan.pdf', false],
      ['scan (2).pdf', true],
      ['logo.png', true],
    ]);
  });

  test('warns of a sender who is not proven', () => {
    const flagged = opened(MONDAY, { flagged: 'authentication failed' });
    const event = flagged.events[1] as TicketEvent;
    const [plan] = updatesFor(event, flagged.after, desk);
    expect(rendered(plan as Plan, event, flagged.after, message()).text).toContain('authentication failed');
  });
});

test('a refusal says what was wrong and what to do, and a code says itself', () => {
  const plan: Plan = {
    id: 'x',
    kind: 'refusal',
    to: { address: NORA, name: 'Nora' },
    audience: 'sender',
    message: null,
    history: false,
    speaker: null,
  };
  const refused = renderUpdate(
    noticeView({
      plan,
      event: {
        kind: 'refused',
        to: plan.to,
        reason: 'nothing-said',
        detail: '',
        subject: 'Hello',
        messageId: null,
        language: 'en',
      },
      code: null,
      desk,
    }),
  );
  expect(refused.text).toContain('Hello');
  expect(refused.text).toContain('above the marked line');
  const held = renderUpdate(
    noticeView({
      plan: { ...plan, kind: 'code', audience: 'agent' },
      event: {
        kind: 'held',
        to: plan.to,
        reason: 'without-proof',
        codeId: 'C-AAAAAA',
        round: 0,
        subject: 'Hello',
        messageId: null,
        language: 'en',
      },
      code: '012345',
      desk,
    }),
  );
  expect(held.text).toContain('012345');
  expect(held.text).toContain('30 min');
});

test.each([
  [30_000, '1 min'],
  [0, '0 min'],
  [80 * 60_000, '1 h 20 min'],
  [51 * 3_600_000, '2 d 3 h'],
])('%d ms are %s', (ms, words) => {
  expect(durationIn('en', ms)).toBe(words);
});

describe.each(['en', 'de'] as const)('what the desk itself tells an agent in %s', (language) => {
  const speaking = { ...desk, language };
  const note = (happenings: Happening[], before = ticket()) => {
    const { after, events } = change(before, happenings, MONDAY, speaking);
    return events.flatMap((event) =>
      updatesFor(event, after, speaking).map((plan) => {
        const view = ticketView({
          ...{ plan, event, ticket: after, message: null, history: [], attached: [] },
          ...{ replyTo, desk: speaking, now: MONDAY },
        });
        return renderUpdate(view).text.replace(/\s+/g, ' ');
      }),
    )[0];
  };

  test('that nothing reaches the requester, until when the clock stands, and that it runs again', () => {
    const failure = { address: NORA, status: '5.1.1', permanent: true, update: null };
    const dead = failed(ticket(), [failure], MONDAY);
    expect(note(dead)).toContain(NORA);
    expect(note(dead)).toMatch(/5\.1\.1.*26 Nov|5\.1\.1.*26\. Nov/);
    const standing = change(ticket(), dead, MONDAY, desk).after;
    const resumed = nextStep(standing, later(MONDAY, 72), desk, new Map());
    expect(note(resumed, standing)).toMatch(
      { en: /nobody has answered since/, de: /seither hat niemand geantwortet/ }[language],
    );
  });

  test('that somebody complained, and where a mail is that was written to his team as well', () => {
    expect(note([{ kind: 'complained', address: NORA }])).toMatch(/nora@example\.org .*spam/i);
    const told = note([{ kind: 'referred', address: 'hr@desk.example.test', team: 'hr', lead: PRIYA }]);
    expect(told).toContain('hr@desk.example.test');
    expect(told).toContain('Service Desk');
    expect(told).toContain('Luis Ortega');
  });

  test.each([
    ['back on 30 November', false],
    ['until 12/03', true],
    [null, false],
  ])('that an agent is away: %s', (quote, ambiguous) => {
    const to = { address: 'martha.lind@example.test', name: 'Martha Lind' };
    const plan: Plan = {
      id: 'x',
      kind: 'note',
      to,
      audience: 'lead',
      message: null,
      history: false,
      speaker: null,
    };
    const event: Notice = {
      kind: 'away',
      to,
      reason: 'out-of-office',
      person: LUIS,
      from: MONDAY,
      until: later(MONDAY, 24 * 7),
      quote,
      ambiguous,
      subject: '',
      messageId: null,
      language,
    };
    const { subject, text } = renderUpdate(noticeView({ plan, event, code: null, desk: speaking }));
    expect(subject).toMatch(/^Luis Ortega .*30/);
    expect(text).toContain('desk people');
    if (quote) expect(text).toContain(quote);
    expect(/two ways|zwei Arten/.test(text)).toBe(ambiguous);
    expect(/next working day|nächsten Arbeitstags/.test(text.replace(/\s+/g, ' '))).toBe(quote === null);
  });
});

test('mail to an agent is in the agent’s own language, reasons and all; the requester’s in his', () => {
  const people = desk.people.map((person) =>
    person.address === LUIS ? { ...person, language: 'fr' as const } : person,
  );
  const { after, events } = opened(MONDAY, { language: 'de' });
  const event = events.find(({ kind }) => kind === 'assigned') as TicketEvent;
  const [plan] = updatesFor(event, after, { ...desk, people }).filter(({ to }) => to.address === LUIS);
  const view = ticketView({
    ...{ plan: plan as Plan, event, ticket: after, message: message(), history: [], attached: [], replyTo },
    ...{ desk: { ...desk, people }, now: later(MONDAY, 1) },
  });
  expect(view.language).toBe('fr');
  expect(renderUpdate(view).text).toMatch(/Votre ticket/);
});

describe('in the manner of each language', () => {
  const AT = '2026-11-24T08:05:00.000Z';

  test.each([
    ['en', 'Tue 24 Nov, 09:05 CET', 'Tue 24 Nov, 17:05 GMT+9', '1 d 2 h'],
    ['de', 'Di., 24. Nov., 09:05 MEZ', 'Di., 24. Nov., 17:05 GMT+9', '1 Tg. 2 Std.'],
    ['fr', 'mar. 24 nov., 09:05 UTC+1', 'mar. 24 nov., 17:05 UTC+9', '1 j 2 h'],
    ['es', 'mar, 24 nov, 09:05 CET', 'mar, 24 nov, 17:05 GMT+9', '1 d 2 h'],
    ['pt', 'ter., 24 de nov., 09:05 GMT+1', 'ter., 24 de nov., 17:05 GMT+9', '1 d 2 h'],
    ['ja', '11月24日(火) 09:05 GMT+1', '11月24日(火) 17:05 GMT+9', '1 日 2 時間'],
  ] as const)('%s names the hour with its zone, and how long: %s', (language, here, elsewhere, long) => {
    // Some have spaces that do not break.
    const plain = (words: string) => words.replace(/\s/g, ' ');
    expect(plain(timeIn(language, AT, { timezone: 'Europe/Berlin' }))).toBe(here);
    expect(plain(timeIn(language, AT, { timezone: '+09:00' }))).toBe(elsewhere);
    expect(durationIn(language, 26 * 3_600_000)).toBe(long);
  });
});

test('the answers that may fit are offered with a new ticket: by their titles, three at the most, each a button', () => {
  const macro = (name: string, categories?: string[]) => ({
    ...{ name, title: `Title of ${name}`, words: { en: 'Hello' }, do: [] },
    ...(categories ? { categories } : {}),
  });
  const canned = {
    ...desk,
    macros: [
      macro('all'),
      macro('jam', ['printing']),
      macro('vpn', ['network']),
      macro('more'),
      macro('most'),
    ],
  };
  const { after, events } = opened();
  const [event, plan] = events.flatMap((each) =>
    updatesFor(each, after, canned).flatMap((told) => (told.kind === 'assignment' ? [each, told] : [])),
  ) as [TicketEvent, Plan];
  const { actions, facts } = ticketView({
    ...{ plan, event, ticket: after, message: message(), history: [], attached: [], replyTo },
    ...{ desk: canned, now: MONDAY },
  });
  const offered = actions.filter(({ href }) => href.includes('%23macro'));
  expect(offered.map(({ label }) => label)).toEqual([
    'Answer: Title of jam',
    'Answer: Title of all',
    'Answer: Title of more',
  ]);
  expect(offered[0]?.href).toContain(`mailto:${replyTo}?`);
  expect(offered[0]?.href).toContain(`&body=${encodeURIComponent('#macro jam\n')}`);
  expect(facts.macros).toBe(
    '#macro jam (Title of jam), #macro all (Title of all) or #macro more (Title of more)',
  );
});

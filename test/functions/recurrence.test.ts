/** One outage told by twelve people: one problem, one lead told, one word for all, and everybody's own end of it. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { again } from '../../functions/handler.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, later, MARTHA, MONDAY, PROVEN } from '../sample.ts';
import { type LeavingWorld, type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const SUPPORT = 'support@desk.example.test';
const ENGLISH = [
  ['VPN does not connect', 'Hello, the VPN does not connect since this morning: error 789.'],
  ['No VPN', 'Hi, is the VPN down? It says error 789 every time.'],
  ['VPN again', 'Good morning, I cannot connect to the VPN, error 789.'],
] as const;
const GERMAN = [
  ['VPN geht nicht', 'Hallo, das VPN verbindet seit heute früh nicht mehr, Fehler 789.'],
  ['VPN Störung', 'Guten Tag, ich komme nicht ins VPN: Fehler 789. Viele Grüße'],
  ['VPN', 'Hallo, mein VPN meldet den Fehler 789 und ich kann nicht arbeiten.'],
] as const;
/** Every second one writes German. */
const reportOf = (n: number) =>
  (n % 2 ? GERMAN : ENGLISH)[Math.floor(n / 2) % 3] as readonly [string, string];
const personOf = (n: number) => `person${n}@example.org`;

function begin(rule: 'open' | 'propose'): LeavingWorld {
  const world = leavingWorld();
  let count = 1;
  const recurrence = {
    window: 3_600_000,
    tickets: 5,
    rule,
    except: ['security'],
    raise: [{ tickets: 8, priority: 'P1' as const }],
  };
  return Object.assign(world, {
    strict: true,
    desk: { ...desk, answers: { ...desk.answers, hold: 0 }, recurrence },
    random: (octets: number) => new Uint8Array(octets).fill(count++),
  });
}

async function receive(world: LeavingWorld, from: string, to: string, subject: string, text: string) {
  const mailId = `mail-${world.objects.size}-${from.split('@')[0]}`;
  const raw = [
    ...[`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${mailId}@example.test>`],
    ...['Content-Type: text/plain; charset=utf-8', '', text],
  ].join('\r\n');
  const verdicts = { mailId, recipients: [to], returnPath: from, ...PROVEN };
  await again(() => receiveEmail(deliver(world, raw, verdicts), world));
  return mailId;
}

async function write(world: LeavingWorld, from: string, to: string, subject: string, text: string) {
  await receive(world, from, to, subject, text);
  return world.relay();
}

const report = (world: LeavingWorld, n: number) => write(world, personOf(n), SUPPORT, ...reportOf(n));
const ticketsIn = (world: LeavingWorld) =>
  [...world.items.values()].flatMap(({ sk, ticket }) => (sk === 'TICKET' ? [ticket as Ticket] : []));
const ofPerson = (world: LeavingWorld, n: number) =>
  ticketsIn(world).find(({ requester }) => requester.address === personOf(n)) as Ticket;
const problemsIn = (world: LeavingWorld) => ticketsIn(world).filter(({ type }) => type === 'problem');
const to = (mails: readonly Left[], address: string) => mails.filter((mail) => mail.to === address);

describe('twelve people tell of one outage, in two languages', () => {
  let world: LeavingWorld;
  let problem: Ticket;
  const told: Left[][] = [];
  const others: Left[][] = [];
  const all: Left[] = [];

  beforeAll(async () => {
    world = begin('open');
    for (let n = 0; n < 12; n++) {
      told.push(await report(world, n));
      if (n === 2)
        others.push(
          await write(
            world,
            'ida@example.org',
            SUPPORT,
            'Second monitor',
            'Hello, could I have a second monitor?',
          ),
          await write(world, 'ole@example.org', SUPPORT, 'Paper jam', 'The printer PRT-0311 eats the paper.'),
        );
    }
    all.push(...told.flat(), ...others.flat());
    problem = problemsIn(world)[0] as Ticket;
  });

  test('there is one problem with all of them, and with nothing else', () => {
    expect(problemsIn(world)).toHaveLength(1);
    const incidents = problem.links?.filter(({ relation }) => relation === 'incident').map(({ id }) => id);
    expect(incidents?.sort()).toEqual(Array.from({ length: 12 }, (_, n) => ofPerson(world, n).id).sort());
    for (const address of ['ida@example.org', 'ole@example.org'])
      expect(ticketsIn(world).find(({ requester }) => requester.address === address)?.links).toBeUndefined();
  });

  test('its lead is told once, with the list and what one reply does', () => {
    const notes = to(all, MARTHA).filter(({ ticketId }) => ticketId === problem.id);
    const [note, ...more] = notes.filter(({ kind }) => kind === 'note');
    expect(more).toEqual([]);
    expect(note?.text).toContain('#tell');
    for (let n = 0; n < 5; n++) expect(note?.text).toContain(ofPerson(world, n).id);
  });

  test('those that nobody had begun leave their agents’ hands, who hear so, as do those who asked', () => {
    for (let n = 0; n < 12; n++)
      expect(ofPerson(world, n)).toMatchObject({ status: 'waiting', assignee: null });
    const fifth = told[4] as Left[];
    expect(to(fifth, personOf(0)).map(({ kind }) => kind)).toEqual(['decided']);
    expect(fifth.filter(({ kind, ticketId }) => kind === 'note' && ticketId !== problem.id)).toHaveLength(4);
  });

  test('later ones are told what is known, each in his language, and are given to nobody', () => {
    for (let n = 5; n < 12; n++) {
      expect(told[n]?.map((mail) => [mail.to, mail.kind])).toEqual([[personOf(n), 'acknowledgement']]);
      expect(told[n]?.[0]?.text.replace(/\s+/g, ' ')).toContain(
        n % 2 ? 'Andere haben dasselbe gemeldet' : 'Others have reported the same',
      );
    }
  });

  test('the priority of the problem goes by how many report it, and they load nobody', () => {
    expect(problem.priority).toBe('P1');
    const loaded = ticketsIn(world).filter(({ status, assignee }) => assignee && status !== 'waiting');
    expect(loaded.map(({ id }) => id).sort()).toEqual(
      ticketsIn(world)
        .filter(({ type, category }) => type === 'problem' || category !== problem.category)
        .map(({ id }) => id)
        .sort(),
    );
  });

  test('in the list of what is nobody’s they are not', async () => {
    const held = await world.tickets.held('service-desk', null);
    expect(held.map(({ id }) => id)).not.toContain(ofPerson(world, 6).id);
    expect(held.map(({ id }) => id)).toContain(problem.id);
  });

  test('#why says what it is like', async () => {
    const events = await world.tickets.events(ofPerson(world, 6).id, 20);
    const [opened] = events;
    const why = opened?.kind === 'opened' && opened.reasons.find(({ what }) => what === 'similar')?.why;
    expect(why).toMatch(
      /^looks like T-\w+; same error 789; same service vpn; same category network; \d+ % of words$/,
    );
  });

  test('a plain reply to the problem goes to none of them; #tell goes to each, in his own ticket', async () => {
    const lead = to(all, MARTHA).find(
      ({ kind, ticketId }) => kind === 'note' && ticketId === problem.id,
    ) as Left;
    const plain = await write(world, MARTHA, lead.replyTo, 'Re: VPN', 'The provider says it is a router.');
    expect(plain.filter((mail) => mail.to.endsWith('@example.org'))).toEqual([]);
    const empty = await write(world, MARTHA, lead.replyTo, 'Re: VPN', '#tell');
    expect(empty.map((mail) => [mail.to, mail.kind])).toEqual([[MARTHA, 'transcript']]);
    const note = await write(world, MARTHA, lead.replyTo, 'Re: VPN', '#note\n#tell\n\nNot for them.');
    expect(note.map((mail) => mail.to)).toEqual([MARTHA]);
    const mails = await write(
      world,
      MARTHA,
      lead.replyTo,
      'Re: VPN',
      '#tell\n\nA router is broken; we expect it back at noon.',
    );
    const outside = mails.filter((mail) => mail.to.endsWith('@example.org'));
    expect(outside.map((mail) => mail.to).sort()).toEqual(
      Array.from({ length: 12 }, (_, n) => personOf(n)).sort(),
    );
    for (const mail of outside) {
      expect(mail.said).toContain('we expect it back at noon');
      expect(mail.ticketId).toBe(ticketsIn(world).find((each) => each.requester.address === mail.to)?.id);
      for (let n = 0; n < 12; n++) if (personOf(n) !== mail.to) expect(mail.said).not.toContain(personOf(n));
      expect(mail.said).not.toContain(MARTHA);
    }
  });

  test('who reports it now reads the last news, if it is in his language', async () => {
    const english = (await report(world, 12))[0];
    expect(english?.text.replace(/\s+/g, ' ')).toContain('we expect it back at noon');
    const german = (await report(world, 13))[0];
    expect(german?.text).not.toContain('we expect it back at noon');
    expect(german?.text).toContain('Andere haben dasselbe');
  });

  test('“not the same” takes one’s own ticket out to a person; asking when it will be over does not', async () => {
    const his = (told[11] as Left[])[0] as Left;
    const asked = await write(
      world,
      personOf(10),
      (told[10] as Left[])[0]?.replyTo ?? '',
      'Re: VPN',
      'When will it be over?',
    );
    expect(ofPerson(world, 10).status).toBe('waiting');
    expect(asked.map((mail) => mail.kind)).toEqual(['requester-message']);
    const mails = await write(
      world,
      personOf(11),
      his.replyTo,
      'Re: VPN',
      'Nicht dasselbe: bei mir fehlt das Programm.',
    );
    const out = ofPerson(world, 11);
    expect(out).toMatchObject({ status: 'open', assignee: expect.any(String) });
    expect(mails.some(({ kind, to: address }) => kind === 'assignment' && address === out.assignee)).toBe(
      true,
    );
    const left = (await world.tickets.read(problem.id)) as Ticket;
    expect(left.links?.find(({ id }) => id === out.id)?.relation).toBe('related');
  });

  test('one #resolve ends it for all, and “not for me” takes up one alone, with a person', async () => {
    const lead = to(all, MARTHA).find(
      ({ kind, ticketId }) => kind === 'note' && ticketId === problem.id,
    ) as Left;
    const mails = await write(
      world,
      MARTHA,
      lead.replyTo,
      'Re: VPN',
      '#resolve\n\nThe router is new; all is well.',
    );
    const resolved = mails.filter(({ kind }) => kind === 'resolved');
    expect(resolved).toHaveLength(13);
    expect(to(resolved, personOf(11))).toEqual([]);
    const mine = to(resolved, personOf(3))[0] as Left;
    await write(world, personOf(3), mine.replyTo, 'Re: VPN', 'Not for me, I still see 789.');
    expect(ofPerson(world, 3)).toMatchObject({ status: 'open', assignee: expect.any(String) });
    expect(ofPerson(world, 4).status).toBe('resolved');
  });

  test('whoever reports it after that is given to a person again', async () => {
    const mails = await report(world, 14);
    expect(ofPerson(world, 14).assignee).not.toBeNull();
    expect(mails.map(({ kind }) => kind).sort()).toEqual(['acknowledgement', 'assignment']);
  });
});

describe('where the lead is asked', () => {
  test('he is asked once, and his #problem gathers those before and those after', async () => {
    const world = begin('propose');
    const mails: Left[] = [];
    for (let n = 0; n < 7; n++) mails.push(...(await report(world, n)));
    const asked = to(mails, MARTHA).filter(({ kind }) => kind === 'note');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.text).toContain('#problem');
    expect(problemsIn(world)).toEqual([]);
    const made = await write(world, MARTHA, asked[0]?.replyTo ?? '', 'Re: VPN', '#problem The VPN is down');
    const [problem] = problemsIn(world);
    expect(problem).toMatchObject({ subject: 'The VPN is down', type: 'problem' });
    expect(to(made, MARTHA).map(({ kind }) => kind)).toContain('transcript');
    expect(problem?.links?.filter(({ relation }) => relation === 'incident')).toHaveLength(5);
    const next = await report(world, 7);
    expect(next.map(({ kind }) => kind)).toEqual(['acknowledgement']);
    expect(ofPerson(world, 7).joined).toBe(problem?.id);
  });

  test('#unlink takes a false one out to a person', async () => {
    const world = begin('open');
    for (let n = 0; n < 6; n++) await report(world, n);
    const mine = ofPerson(world, 5);
    const asked = await write(world, personOf(5), await addressOf(world, 5), 'Re: VPN', 'Any news?');
    const mails = await write(world, MARTHA, asked[0]?.replyTo ?? '', 'Re: VPN', '#unlink');
    expect(ofPerson(world, 5)).toMatchObject({ status: 'open', assignee: expect.any(String) });
    expect(mails.some(({ kind, ticketId }) => kind === 'assignment' && ticketId === mine.id)).toBe(true);
  });
});

/** Where his mail belongs to his ticket. */
async function addressOf(world: LeavingWorld, n: number): Promise<string> {
  const { id } = ofPerson(world, n);
  const mails = await write(world, personOf(n), SUPPORT, `Re: VPN [${id}]`, '#status');
  return mails.find(({ ticketId }) => ticketId === id)?.replyTo ?? '';
}

test('sixty people tell of it: all wait for one problem, hear one word, and each of them its end', async () => {
  const world = begin('open');
  const mails: Left[] = [];
  for (let n = 0; n < 60; n++) mails.push(...(await report(world, n)));
  const [problem, ...more] = problemsIn(world) as [Ticket];
  expect(more).toEqual([]);
  expect(problem.links?.filter(({ relation }) => relation === 'incident')).toHaveLength(60);
  expect(mails.filter(({ kind }) => kind === 'assignment').length).toBeLessThanOrEqual(5);
  const lead = to(mails, MARTHA).find(({ text }) => text.includes('#tell')) as Left;
  const everybody = Array.from({ length: 60 }, (_, n) => personOf(n)).sort();
  const heard = (left: Left[]) =>
    left.filter((mail) => mail.to.endsWith('@example.org')).map((mail) => mail.to);
  const told = await write(world, MARTHA, lead.replyTo, 'Re: VPN', '#tell\n\nBack at noon.');
  expect(heard(told).sort()).toEqual(everybody);
  expect(to(told, personOf(59))[0]?.said).not.toContain(personOf(58));
  const solved = await write(world, MARTHA, lead.replyTo, 'Re: VPN', '#resolve\n\nAll is well.');
  expect(heard(solved).sort()).toEqual(everybody);
  const mine = to(solved, personOf(57))[0] as Left;
  await write(world, personOf(57), mine.replyTo, 'Re: VPN', 'Not for me, I still see 789.');
  expect(ofPerson(world, 57).status).toBe('open');
  expect(ofPerson(world, 58).status).toBe('resolved');
});

test('what is reported to several teams makes one problem, and nothing of a confidential one', async () => {
  const world = begin('open');
  const phones = { ...(desk.teams[0] as (typeof desk.teams)[number]), name: 'phones', title: 'Telephones' };
  const agents = desk.people.flatMap((person) =>
    person.team === 'service-desk' ? [{ ...person, team: 'phones', address: `p.${person.address}` }] : [],
  );
  const address = { address: 'phones@desk.example.test', name: 'Telephones', team: 'phones' };
  Object.assign(world.desk, {
    teams: [...desk.teams, phones],
    people: [...desk.people, ...agents],
    addresses: [...desk.addresses, address],
    categories: desk.categories.filter(({ name }) => name === 'general'),
  });
  const words = (n: number) =>
    [`Gateway ${n}`, 'Hello, gw-berlin-07 answers nobody: ERR-4471, what now?'] as const;
  for (let n = 0; n < 6; n++) await write(world, personOf(n), n % 2 ? address.address : SUPPORT, ...words(n));
  const [problem] = problemsIn(world) as [Ticket];
  const incidents = ticketsIn(world).filter(({ joined }) => joined === problem.id);
  expect(new Set(incidents.map(({ team }) => team))).toEqual(new Set(['phones', 'service-desk']));
  expect(incidents).toHaveLength(6);
  await write(world, personOf(7), 'hr@desk.example.test', ...words(7));
  expect(ofPerson(world, 7).team).toBe('hr');
  expect(ofPerson(world, 7).joined ?? null).toBeNull();
});

test('two that come to the threshold at once make one problem', async () => {
  const world = begin('open');
  for (let n = 0; n < 4; n++) await report(world, n);
  let lost = 0;
  const { commit } = world.tickets;
  world.tickets.commit = (...given) =>
    commit(...given).catch((error) => {
      lost++;
      throw error;
    });
  // None of them is recorded before all have seen the same.
  const { recall } = world.reports;
  const all = Promise.withResolvers<void>();
  let seen = 0;
  world.reports.recall = async (...given) => {
    const similar = await recall(...given);
    if (++seen === 3) all.resolve();
    await all.promise;
    return similar;
  };
  await Promise.all([4, 5, 6].map((n) => receive(world, personOf(n), SUPPORT, ...reportOf(n))));
  const mails = await world.relay();
  expect(lost).toBeGreaterThan(0);
  const [problem, ...more] = problemsIn(world);
  expect(more).toEqual([]);
  expect(problem?.links?.filter(({ relation }) => relation === 'incident')).toHaveLength(7);
  expect(to(mails, MARTHA).filter(({ kind }) => kind === 'note')).toHaveLength(1);
});

test('while it is held, #undo takes what was told to all back from all', async () => {
  const world = begin('open');
  const mails: Left[] = [];
  for (let n = 0; n < 6; n++) mails.push(...(await report(world, n)));
  Object.assign(world.desk, { answers: { ...desk.answers, hold: 60_000 } });
  const lead = to(mails, MARTHA).find(({ text }) => text.includes('#tell')) as Left;
  await receive(world, MARTHA, lead.replyTo, 'Re: VPN', '#tell\n\nIt was Kim who broke it.');
  await receive(world, MARTHA, lead.replyTo, 'Re: VPN', '#undo');
  const left = await world.relay();
  expect(left.length).toBeGreaterThan(0);
  expect(left.filter((mail) => mail.to.endsWith('@example.org'))).toEqual([]);
  expect((await report(world, 6))[0]?.text).not.toContain('Kim');
});

test('what was told to all and is taken out with #redact is taken out of each ticket', async () => {
  const world = begin('open');
  const mails: Left[] = [];
  for (let n = 0; n < 6; n++) mails.push(...(await report(world, n)));
  const lead = to(mails, MARTHA).find(({ text }) => text.includes('#tell')) as Left;
  await write(world, MARTHA, lead.replyTo, 'Re: VPN', '#tell\n\nIt was Kim who broke it.');
  const holders = async () => {
    const messages = await Promise.all(ticketsIn(world).map(({ id }) => world.tickets.messages(id, 10)));
    return messages.filter((each) => JSON.stringify(each).includes('Kim who broke it')).length;
  };
  expect(await holders()).toBe(7);
  const number = problemsIn(world)[0]?.messages;
  await write(world, MARTHA, lead.replyTo, 'Re: VPN', `#redact ${number} nobody's business`);
  expect(await holders()).toBe(0);
});

describe('nothing comes of', () => {
  test('one person who writes five times', async () => {
    const world = begin('open');
    for (let n = 0; n < 6; n++) await write(world, 'mia@example.org', SUPPORT, ...reportOf(n));
    expect(problemsIn(world)).toEqual([]);
  });

  test('what lies further apart than the window', async () => {
    const world = begin('open');
    for (let n = 0; n < 6; n++) {
      world.time = later(MONDAY, n * 0.5);
      await report(world, n);
    }
    expect(problemsIn(world)).toEqual([]);
  });

  test('what a confidential team has, or of a category that is left out: it is not even compared', async () => {
    const world = begin('open');
    for (let n = 0; n < 6; n++) {
      await write(
        world,
        personOf(n),
        'hr@desk.example.test',
        'Payroll',
        'My salary is missing, error 789 in SAP.',
      );
      await write(
        world,
        `other${n}@example.org`,
        SUPPORT,
        'Phishing',
        'I got a phishing mail from evil.example.net.',
      );
    }
    expect(problemsIn(world)).toEqual([]);
    expect([...world.items.keys()].filter((name) => name.startsWith('SIMILAR#'))).toEqual([]);
  });

  test('a desk.yaml that says nothing of it', async () => {
    const world = begin('open');
    const { recurrence: _, ...without } = world.desk;
    Object.assign(world, { desk: without });
    for (let n = 0; n < 6; n++) await report(world, n);
    expect([...world.items.keys()].filter((name) => name.startsWith('SIMILAR#'))).toEqual([]);
  });
});

test('a new mail costs one query for its likes, however many there are', async () => {
  const count = async (world: LeavingWorld) => {
    const calls: string[] = [];
    for (let n = 0; n < 4; n++) await report(world, n);
    world.before = (call) => void calls.push(call);
    await receive(world, 'ida@example.org', SUPPORT, 'Second monitor', 'Could I have a second monitor?');
    return calls.filter((call) => call === 'table:query' || call === 'table:get').length;
  };
  const [world, without] = [begin('open'), begin('open')];
  const { recurrence: _, ...others } = without.desk;
  Object.assign(without, { desk: others });
  expect(await count(world)).toBe((await count(without)) + 1);
});

describe('what was solved before', () => {
  test('is shown to whoever gets the next like it: number, subject and how, to nobody outside', async () => {
    const world = begin('propose');
    const first = await report(world, 0);
    const given = first.find(({ kind }) => kind === 'assignment') as Left;
    expect(given.text).not.toContain('Solved before');
    await write(
      world,
      given.to,
      given.replyTo,
      'Re: VPN',
      '#resolve\n\nThe router was restarted.\nAll is well.',
    );
    world.time = later(MONDAY, 48);
    const mails = await report(world, 2);
    const next = mails.find(({ kind }) => kind === 'assignment') as Left;
    const { id, subject } = ofPerson(world, 0);
    expect(next.text.replace(/\s+/g, ' ')).toContain(
      `Solved before: ${id}, ${subject}: The router was restarted.`,
    );
    expect(next.text).not.toContain('All is well');
    expect(to(mails, personOf(2)).map(({ said }) => said.includes(id))).toEqual([false]);
  });

  test('is not what is worked on again, or what his team may not see any more', async () => {
    const world = begin('propose');
    const given = (await report(world, 0)).find(({ kind }) => kind === 'assignment') as Left;
    const done = await write(
      world,
      given.to,
      given.replyTo,
      'Re: VPN',
      '#resolve\n\nThe router was restarted.',
    );
    const his = done.find(({ kind }) => kind === 'resolved') as Left;
    await write(world, personOf(0), his.replyTo, 'Re: VPN', 'It is broken again.');
    const mails = await report(world, 2);
    expect(mails.find(({ kind }) => kind === 'assignment')?.text).not.toContain('Solved before');
  });
});

test('reports that release 0.1.0 wrote, with their words as numbers, count as others do', async () => {
  const world = begin('open');
  for (let n = 0; n < 4; n++) await report(world, n);
  for (const [name, item] of world.items) {
    if (!name.startsWith('SIMILAR#')) continue;
    const { report } = item as typeof item & { report: { print: { words: string } } };
    const octets = Buffer.from(report.print.words, 'base64');
    const words = Array.from({ length: octets.length / 4 }, (_, at) => octets.readUInt32BE(at * 4));
    world.items.set(name, { ...item, report: { ...report, print: { ...report.print, words } } });
  }
  await report(world, 4);
  expect(problemsIn(world)).toHaveLength(1);
});

/** Services: what is asked with the acknowledgement, what is answered by itself, and the way of a security incident. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { loadDesk } from '../../core/config/load.ts';
import { answered } from '../../core/ticket/service.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { LUIS, MARTHA, PROVEN, ticket } from '../sample.ts';
import { type LeavingWorld, type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const PRINTERS = `services:
  - name: printers
    title: Printers
    categories: [printing]
    facts:
      - { field: asset, patterns: ['\\bPRN-(\\d{4,6})\\b'], question: { en: Which number is on its sticker?, de: Welche Nummer steht auf dem Aufkleber? } }
      - { field: site }
`;

function deskWithFacts(): Desk {
  const loaded = loadDesk(readFileSync('desk.yaml', 'utf8').replace('services:\n', () => PRINTERS));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.desk;
}

const facts = deskWithFacts();

interface Story {
  world: LeavingWorld;
  first: Left[];
  ticket(): Promise<Ticket>;
  kinds(): Promise<string[]>;
  reply(text: string): Promise<Left[]>;
}

async function begin(subject: string, text: string, desk?: Desk): Promise<Story> {
  const world = leavingWorld();
  if (desk) Object.assign(world, { desk });
  const write = async (mailId: string, to: string, title: string, words: string) => {
    const raw = [
      'From: Nora Quist <nora@example.org>',
      `To: ${to}`,
      `Subject: ${title}`,
      `Message-ID: <${mailId}@example.org>`,
      '',
      words,
    ];
    await receiveEmail(deliver(world, raw.join('\r\n'), { mailId, recipients: [to], ...PROVEN }), world);
    return world.relay();
  };
  const first = await write('mail-1', 'support@desk.example.test', subject, text);
  const id = (await world.ledger.read('mail-1'))?.ticketId ?? '';
  const replyTo = first.find(({ kind }) => kind === 'acknowledgement')?.replyTo ?? '';
  let replies = 0;
  return {
    ...{ world, first },
    ticket: async () => (await world.tickets.read(id)) as Ticket,
    kinds: async () => (await world.tickets.events(id, 100)).map(({ kind }) => kind),
    reply: (words) => write(`mail-r${++replies}`, replyTo, `Re: ${subject}`, words),
  };
}

/** Its text in one line: where a mail is wrapped is not the point here. */
const to = (left: Left[], address: string) => {
  const found = left.find((mail) => mail.to === address);
  return found && { ...found, text: found.text.replace(/\s+/g, ' ') };
};

describe('facts that a service needs', () => {
  test('are asked in the one mail that says that it came, and the clock stands until they come', async () => {
    const story = await begin('The printer is jammed', 'It eats the paper. Please help me with this.', facts);
    expect(story.first.filter((mail) => mail.to === 'nora@example.org').map(({ kind }) => kind)).toEqual([
      'acknowledgement',
    ]);
    expect(to(story.first, 'nora@example.org')?.text).toContain(
      'Asset number (Which number is on its sticker?); Site',
    );
    expect(to(story.first, LUIS)?.text ?? to(story.first, 'kim.brandt@example.test')?.text).toContain(
      'asked for Asset number, Site',
    );
    expect(await story.ticket()).toMatchObject({
      status: 'waiting',
      waiting: { reason: 'Asset number, Site' },
      service: { name: 'printers', asks: ['asset', 'site'] },
      deadlines: {},
    });
    const told = await story.reply('Asset number: 4711\r\nSite: Porto');
    expect(await story.ticket()).toMatchObject({
      status: 'open',
      fields: { asset: '4711', site: 'Porto' },
      service: { asks: [] },
    });
    expect(told.map(({ kind }) => kind)).toEqual(['requester-message']);
    expect(told[0]?.text).toContain('4711');
  });

  test('are not asked when the mail says them', async () => {
    const story = await begin(
      'The printer is jammed',
      'It is PRN-4711, here in Porto, and it eats the paper.',
      facts,
    );
    expect(await story.ticket()).toMatchObject({ status: 'new', fields: { asset: '4711', site: 'Porto' } });
    expect(to(story.first, 'nora@example.org')?.text).not.toContain('So that we can begin');
  });

  test('of which one alone is asked for may be answered in plain words', async () => {
    const story = await begin('The printer is jammed', 'PRN-4711 eats the paper, please help me.', facts);
    await story.reply('Hello,\r\nat home\r\nNora');
    expect((await story.ticket()).fields).toEqual({ asset: '4711', site: 'at home' });
  });

  test.each([
    ['Hello,\n\n  4711.\nNora', '4711'],
    ['Hi Luis!\n4711', '4711'],
    ['4711 or 4712?\n4711', null],
    ['Hello,', null],
  ])('of which one alone is asked for is the first line that says something: %s', (text, value) => {
    const open = { ...ticket(), service: { name: 'printers', asks: ['asset'] } } as Ticket;
    const [first] = answered(open, text, 'nora@example.org', facts);
    expect(first).toMatchObject(value ? { kind: 'field-set', value } : { kind: 'facts-answered', given: [] });
    const both = { ...open, service: { name: 'printers', asks: ['asset', 'site'] } } as Ticket;
    expect(answered(both, text, 'nora@example.org', facts)).toHaveLength(1);
  });

  test('that the reply does not say are left to a person, and not asked again', async () => {
    const story = await begin('The printer is jammed', 'It eats the paper. Please help me with this.', facts);
    const told = await story.reply('I do not know, what is an asset?');
    expect(told.map(({ kind }) => kind)).toEqual(['requester-message']);
    expect(await story.ticket()).toMatchObject({ status: 'open', service: { asks: [] } });
    const said = (await story.world.tickets.events((await story.ticket()).id, 100)).find(
      ({ kind }) => kind === 'facts-answered',
    );
    expect(said).toMatchObject({ given: [], lacking: ['asset', 'site'] });
    await story.reply('Asset number: 4711');
    expect((await story.ticket()).fields ?? {}).toEqual({});
  });

  test('hold up nothing that cannot wait', async () => {
    const story = await begin(
      'All printers',
      'Printing is down in the whole company, we are at a standstill.',
      facts,
    );
    expect(await story.ticket()).toMatchObject({ priority: 'P1', status: 'new', service: { asks: [] } });
  });
});

describe('what the desk answers by itself', () => {
  test('goes with the acknowledgement, and one word of the requester ends the ticket', async () => {
    const story = await begin(
      'Forgot my password',
      'I am back from leave and forgot my password. Please help.',
    );
    const acknowledged = to(story.first, 'nora@example.org')?.text ?? '';
    expect(acknowledged).toContain('https://password.example.test');
    expect(acknowledged).toContain('solved');
    const assigned = story.first.find(({ kind }) => kind === 'assignment')?.to ?? '';
    expect(to(story.first, assigned)?.text).toContain('the words of desk.yaml went to the requester');
    expect(await story.ticket()).toMatchObject({
      status: 'new',
      deadlines: { firstResponse: expect.any(String) },
    });
    await story.reply('solved, thanks!');
    expect(await story.ticket()).toMatchObject({ status: 'resolved' });
    expect(await story.kinds()).toContain('self-served');
  });

  test('is in his language', async () => {
    const story = await begin(
      'Passwort vergessen',
      'Ich habe mein Passwort vergessen. Können Sie mir bitte helfen?',
    );
    expect(to(story.first, 'nora@example.org')?.text).toContain('Ein gesperrtes Konto öffnet sich');
    await story.reply('Gelöst');
    expect(await story.ticket()).toMatchObject({ status: 'resolved' });
  });

  test('changes nothing for whoever replies in other words', async () => {
    const story = await begin(
      'Forgot my password',
      'I am back from leave and forgot my password. Please help.',
    );
    const told = await story.reply('That did not help, it says unknown user.');
    expect(told.map(({ kind }) => kind)).toEqual(['requester-message']);
    expect((await story.ticket()).status).toBe('new');
    expect(await story.kinds()).not.toContain('self-served');
  });
});

test('a security incident is at least P2, its lead is told at once, and no machine answers it', async () => {
  const story = await begin(
    'Suspicious email',
    'I got a suspicious email, I clicked nothing. No rush, what shall I do?',
  );
  expect(await story.ticket()).toMatchObject({ category: 'security', priority: 'P2', status: 'new' });
  expect(to(story.first, MARTHA)).toMatchObject({ kind: 'note' });
  expect(to(story.first, MARTHA)?.text).toContain('This is a security incident');
  expect(to(story.first, 'nora@example.org')?.text).not.toContain('This may help you');
  expect(await story.ticket()).not.toHaveProperty('service');
});

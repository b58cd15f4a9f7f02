/** What one ticket taught helps the next: an article from its draft to its end, over the real handlers. */
import { beforeAll, describe, expect, test } from 'vitest';
import { articleIdOf } from '../../core/knowledge/article.ts';
import { replyAddress } from '../../core/mail/token.ts';
import { open } from '../../core/ticket/change.ts';
import type { Happening } from '../../core/ticket/ticket.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { sweep } from '../../functions/sweep.ts';
import { desk, keys, LUIS, later, MARTHA, MONDAY, NORA, opened, PROVEN } from '../sample.ts';
import { type LeavingWorld, type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const FIRST = 'T-7K4M2Q';
const ARTICLE = articleIdOf(FIRST);
const ADA = 'ada.osei@example.test';
/** Stands in nothing that leaves but to whom it was told. */
const CANARY = 'zinnoberrot-4711';

let world: LeavingWorld;
let sent = 0;
let letters = 0;

async function write(
  by: string,
  to: string,
  text: string,
  subject = 'Re: The printer is jammed',
): Promise<Left[]> {
  const mailId = `story-${++sent}`;
  const raw = [
    ...[`From: ${by}`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${mailId}@example.test>`],
    ...['Content-Type: text/plain; charset=utf-8', '', text],
  ].join('\r\n');
  await receiveEmail(deliver(world, raw, { mailId, recipients: [to], returnPath: by, ...PROVEN }), world);
  return world.relay();
}

function tokenOf(participant: string, id: string): string {
  const expires = Date.parse(MONDAY) + 900 * 86_400_000;
  return replyAddress('support@desk.example.test', { purpose: 'ticket', id, participant, expires }, keys);
}

const agent = (text: string, id = FIRST, by = LUIS) => write(by, tokenOf(by, id), text);

/** A mail of somebody new; returns the acknowledgement and the assignment. */
async function ask(text: string, subject: string, by = `person${++letters}@example.org`) {
  const mails = await write(by, 'support@desk.example.test', text, subject);
  const acknowledgement = mails.find(({ kind }) => kind === 'acknowledgement') as Left;
  return { by, acknowledgement, assignment: mails.find(({ kind }) => kind === 'assignment'), mails };
}

const article = () => world.knowledge.read(ARTICLE);

async function begin(
  id: string,
  given: Partial<Extract<Happening, { kind: 'opened' }>> = {},
  assignee = LUIS,
) {
  const event = {
    ...(opened().events[0] as Extract<Happening, { kind: 'opened' }>),
    messageId: null,
    ...given,
  };
  const assigned: Happening = { kind: 'assigned', assignee, previous: null, reason: '', by: 'desk' };
  const text = `Hello Luis,\n\nthe printer is jammed on floor 3 and eats paper. My number is +49 30 901820 17.\n\nBest regards\nNora Quist`;
  await world.tickets.commit(open(id, event, [assigned], world.now(), desk), [
    {
      ...{ id: `${id}-m1`, number: 1, at: world.now(), direction: 'in', visibility: 'public', text },
      from: event.requester,
      ...{ bodyKey: null, attachments: [], withheld: 0, mailId: 'x', messageId: null, cc: [] },
    },
  ]);
  await world.relay();
}

beforeAll(async () => {
  world = leavingWorld();
  await begin(FIRST);
  world.time = later(MONDAY, 1);
});

describe('an article', () => {
  let review: Left;

  test('is made by #kb with the resolution, and its team’s lead is asked to publish it', async () => {
    const mails = await agent(
      `#fix changed the roller of ${CANARY}\n#kb How to clear a paper jam in the printer\n#resolve\n\nHello Nora,\n\nOpen the rear door, pull the paper straight out and close the door until it clicks.\n\nBest regards\nLuis Ortega`,
    );
    review = mails.find(({ kind }) => kind === 'approval') as Left;
    expect(review.to).toBe(MARTHA);
    expect(review.text).toContain('pull the paper straight out');
    expect((await world.tickets.read(FIRST))?.status).toBe('resolved');
    expect(await article()).toMatchObject({
      ...{ state: 'draft', title: 'How to clear a paper jam in the printer', language: 'en', owner: LUIS },
      answer: 'Open the rear door, pull the paper straight out and close the door until it clicks.',
      question: 'the printer is jammed on floor 3 and eats paper. My number is ….',
      ...{ readers: 'public', category: 'printing' },
    });
  });

  test('is offered to nobody before', async () => {
    const { acknowledgement, assignment } = await ask(
      'There is a paper jam in our printer.',
      'Printer: paper jam',
    );
    expect(`${acknowledgement.text}${assignment?.text}`).not.toContain('rear door');
  });

  test('is not published by words that are not plain, nor by anybody else’s', async () => {
    await write(MARTHA, review.replyTo, 'publish, but make it shorter');
    await write(LUIS, review.replyTo, 'publish');
    expect((await article())?.state).toBe('draft');
  });

  test('is published by one word, with the answer as the lead writes it, and its owner hears so', async () => {
    const mails = await write(
      MARTHA,
      review.replyTo,
      'publish\n\nOpen the rear door, pull the paper straight out, and close the door until it clicks. Then print once more.',
    );
    expect(await article()).toMatchObject({ state: 'published', readers: 'public' });
    expect((await article())?.answer).toMatch(/print once more\.$/);
    expect(mails.map(({ to, kind }) => [to, kind])).toEqual(
      expect.arrayContaining([
        [LUIS, 'note'],
        [MARTHA, 'transcript'],
      ]),
    );
  });

  test('a second word of the same question changes nothing', async () => {
    const before = await article();
    await write(MARTHA, review.replyTo, 'reject');
    expect(await article()).toEqual(before);
  });

  let first: Awaited<ReturnType<typeof ask>>;

  test('goes with the next acknowledgement, and with what was done to whoever gets the ticket', async () => {
    first = await ask('Hello, the printer has a paper jam again. Please help.', 'Paper jam in the printer');
    expect(first.acknowledgement.text).toContain('How to clear a paper jam');
    expect(first.acknowledgement.text).toContain('print once more');
    expect(first.acknowledgement.text).toContain('solved');
    expect(first.acknowledgement.said).not.toContain(CANARY);
    expect(first.assignment?.text).toContain(`${ARTICLE}: How to clear a paper jam`);
    expect(first.assignment?.said).toContain(CANARY);
    expect(await world.tickets.read(first.acknowledgement.ticketId as string)).toMatchObject({
      offered: { articles: [ARTICLE] },
    });
  });

  test('goes to nobody who asks for something else', async () => {
    const { acknowledgement } = await ask('I cannot sign in to the payroll site.', 'Payroll sign-in');
    expect(acknowledgement.text).not.toContain('rear door');
  });

  test('a repeat of the event sends nothing again and offers the same', async () => {
    const id = first.acknowledgement.ticketId as string;
    const before = await world.tickets.read(id);
    const { sendUpdate } = await import('../../functions/send-update.ts');
    await sendUpdate({ pk: `T#${id}`, sk: 'EVENT#00000001' }, world);
    expect(await world.relay()).toEqual([]);
    expect(await world.tickets.read(id)).toEqual(before);
  });

  test('“solved” with more beside it is an answer like any other', async () => {
    const { by, acknowledgement } = first;
    await write(by, acknowledgement.replyTo, 'Solved? No, it still jams.');
    expect((await world.tickets.read(acknowledgement.ticketId as string))?.status).not.toBe('resolved');
    expect(await article()).toMatchObject({ helped: 0, failed: 0 });
  });

  test('one word solves the ticket, and the article rises', async () => {
    const { by, acknowledgement } = first;
    const mails = await write(by, acknowledgement.replyTo, 'Solved!\n\nThanks a lot');
    expect(await world.tickets.read(acknowledgement.ticketId as string)).toMatchObject({
      status: 'resolved',
    });
    expect(await article()).toMatchObject({ helped: 1, failed: 0 });
    expect(mails.find(({ kind }) => kind === 'resolved')?.to).toBe(by);
    expect(mails.find(({ kind }) => kind === 'note')?.text).toContain(ARTICLE);
  });

  test('said once more it neither counts again nor opens the ticket', async () => {
    const { by, acknowledgement } = first;
    await write(by, acknowledgement.replyTo, 'solved');
    expect((await world.tickets.read(acknowledgement.ticketId as string))?.status).toBe('resolved');
    expect(await article()).toMatchObject({ helped: 1, failed: 0 });
  });

  test('a ticket that comes back makes it sink, once', async () => {
    const { by, acknowledgement } = first;
    await write(by, acknowledgement.replyTo, 'It jams again, the paper is torn this time.');
    expect((await world.tickets.read(acknowledgement.ticketId as string))?.status).toBe('open');
    expect(await article()).toMatchObject({ helped: 0, failed: 1 });
    await write(by, acknowledgement.replyTo, 'solved');
    await write(by, acknowledgement.replyTo, 'No, still not, it jams.');
    expect(await article()).toMatchObject({ helped: 0, failed: 1 });
  });

  test('after enough of them nobody outside is offered it any more; the desk still sees it', async () => {
    for (let n = 0; n < 2; n++) {
      const { by, acknowledgement } = await ask(
        'The printer has a paper jam again.',
        'Paper jam in the printer',
      );
      await write(by, acknowledgement.replyTo, 'solved');
      await write(by, acknowledgement.replyTo, 'It jams again, sorry.');
    }
    expect(await article()).toMatchObject({ helped: 0, failed: 3 });
    const { acknowledgement, assignment } = await ask(
      'The printer has a paper jam.',
      'Paper jam in the printer',
    );
    expect(acknowledgement.text).not.toContain('rear door');
    expect(assignment?.text).toContain('rear door');
  });

  test('is found by #kb in a fresh mail', async () => {
    const mails = await write(LUIS, 'support@desk.example.test', '#kb paper jam', 'articles');
    expect(mails.find(({ kind }) => kind === 'transcript')?.text).toContain('How to clear a paper jam');
  });

  test('its owner is asked whether it still holds; without an answer it lapses and is found no more', async () => {
    world.time = later(MONDAY, 24 * 352);
    expect((await sweep(world)).articles).toBe(1);
    const asked = (await world.relay()).find(({ kind }) => kind === 'approval') as Left;
    expect(asked.to).toBe(LUIS);
    expect((await sweep(world)).articles).toBe(0);
    await write(LUIS, asked.replyTo, 'keep');
    const { validUntil } = (await article()) ?? {};
    expect(Date.parse(validUntil ?? '')).toBe(Date.parse(world.time) + desk.knowledge.validFor);
    world.time = later(world.time, 24 * 352);
    await sweep(world);
    await world.relay();
    world.time = later(world.time, 24 * 20);
    await sweep(world);
    const told = await world.relay();
    expect((await article())?.state).toBe('lapsed');
    expect(told.find(({ to, kind }) => to === LUIS && kind === 'note')?.text).toContain(ARTICLE);
    const mails = await write(LUIS, 'support@desk.example.test', '#kb paper jam', 'articles');
    expect(mails.find(({ kind }) => kind === 'transcript')?.text).not.toContain('rear door');
  });
});

describe('an article of a confidential team', () => {
  const SECRET = 'T-333333';

  test('is for that team alone, whatever its lead says, and leaks to nobody else', async () => {
    world = leavingWorld();
    await begin(SECRET, { team: 'hr', category: 'hr', subject: 'Parental leave form', language: 'en' }, ADA);
    const lead = desk.teams.find(({ name }) => name === 'hr')?.lead as string;
    const mails = await agent(
      `#kb Parental leave: the form\n\nThe form is in drawer ${CANARY}.`,
      SECRET,
      ADA,
    );
    const review = mails.find(({ kind }) => kind === 'approval');
    if (review) await write(lead, review.replyTo, 'publish');
    const made = await world.knowledge.read(articleIdOf(SECRET));
    expect(made).toMatchObject({ state: 'published', readers: 'team' });
    const asked = await ask('Where is the form for parental leave?', 'Parental leave form');
    for (const { to, said } of asked.mails)
      if (desk.people.find(({ address }) => address === to)?.team !== 'hr')
        expect(said, to).not.toContain(CANARY);
    for (const [by, sees] of [
      [LUIS, false],
      [ADA, true],
    ] as const) {
      const found = await write(by, 'support@desk.example.test', '#kb parental leave form', 'articles');
      expect(
        found
          .map(({ said }) => said)
          .join('')
          .includes(CANARY),
        by,
      ).toBe(sees);
    }
  });
});

describe('a ticket at tier 3', () => {
  const THIRD = 'T-444444';

  test.each(['#resolve\n\nDone.', '#close', '#status resolved'])('is not done by %s alone', async (text) => {
    world = leavingWorld();
    await begin(THIRD, { tier: 3, requester: { address: NORA, name: 'Nora Quist' } });
    const mails = await agent(text, THIRD);
    expect((await world.tickets.read(THIRD))?.status).toBe('new');
    expect(mails.map(({ kind }) => kind)).toEqual(['transcript']);
    expect(mails[0]?.text).toContain('#fix');
  });

  test('is with #fix in the same mail, wherever it stands', async () => {
    await agent('#resolve\n#fix the index was corrupt; rebuilt it\n\nIt is quick again.', THIRD);
    expect(await world.tickets.read(THIRD)).toMatchObject({
      status: 'resolved',
      fix: { words: 'the index was corrupt; rebuilt it', by: LUIS },
    });
  });
});

/** What people take back, put off and take out: on a desk that holds answers for two minutes. */
import { beforeAll, expect, test } from 'vitest';
import { MARTHA } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export function secondThoughts(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const IDA = 'ida@example.org';
  let assignment: Delivered;
  let agent: string;
  let id: string;

  const ticket = async () => (await laptop.tickets.read(id)) ?? expect.unreachable();
  /** The mail that leaves when its hold is over. */
  const held = async (kind: string) => {
    await laptop.setSpeed(60);
    const mail = await laptop.mail(kind, IDA, id);
    await laptop.setSpeed(1);
    return mail;
  };
  const kinds = async () => (await laptop.tickets.events(id, 200)).map(({ kind }) => kind);

  test('an answer that its agent takes back before it leaves never leaves, and its clock runs on', async () => {
    await laptop.write({
      from: IDA,
      subject: 'The printer eats the paper',
      text: 'It has jammed again. My password for it is tulip-77.',
      attachments: [{ filename: 'badge.txt', content: 'tulip-77 is on it' }],
    });
    ({ id } = await laptop.ticketOf(IDA));
    agent = (await ticket()).assignee ?? '';
    assignment = await laptop.mail('assignment', agent, id);
    const { deadlines } = await ticket();
    await laptop.reply(assignment, agent, 'Buy a new one.', { proven: true });
    await laptop.until('the answer', async () => (await ticket()).lastAnswer);
    expect((await ticket()).deadlines.firstResponse).toBeUndefined();
    await laptop.reply(assignment, agent, '#undo', { proven: true });
    expect((await laptop.mail('transcript', agent, id)).text).toContain('Message 2 did not leave');
    expect((await ticket()).deadlines.firstResponse).toBe(deadlines.firstResponse);
  });

  test('the next answer leaves when its hold is over, and then it is too late', async () => {
    await laptop.reply(assignment, agent, 'Please open flap B.\n\n#time 5m', { proven: true });
    expect((await laptop.mail('transcript', agent, id)).text).toContain('#undo takes');
    const answer = await held('answer');
    expect(answer.text).toContain('Please open flap B.');
    expect(await kinds()).toEqual(expect.arrayContaining(['undone', 'left']));
    await laptop.reply(assignment, agent, '#undo', { proven: true });
    expect((await laptop.mail('transcript', agent, id)).text).toContain('answer left');
    expect(laptop.delivered.filter(({ to, text }) => to === IDA && text.includes('Buy a new one'))).toEqual(
      [],
    );
  });

  test('a message that is taken out is nowhere any more, and nobody misses it', async () => {
    const message = await laptop.tickets.message(id, 1);
    const record = await laptop.ledger.read(message?.mailId ?? '');
    const keys = [record?.key, ...(message?.attachments ?? []).map(({ key }) => key)];
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await laptop.mailroom.size(key ?? '')).not.toBeNull();
    await laptop.reply(assignment, agent, '#redact 1 a password stands in it\n#history', { proven: true });
    const shown = await laptop.mail('transcript', agent, id);
    expect(shown.text).toContain(': a password stands in it]');
    expect(shown.text).toContain('[taken back before it left]');
    const history = shown.text.slice(shown.text.indexOf('#1 ·'));
    expect(history).not.toContain('tulip-77');
    await laptop.until('the objects to be gone', async () => {
      const sizes = await Promise.all(keys.map((key) => laptop.mailroom.size(key ?? '')));
      return sizes.every((size) => size === null);
    });
    expect(await laptop.tickets.message(id, 1)).toMatchObject({ attachments: [], withheld: 0 });
    expect(await laptop.ledger.read(message?.mailId ?? '')).toMatchObject({
      takenOut: { by: agent, ticketId: id, message: 1, reason: 'a password stands in it' },
    });
  });

  test('a thank-you leaves what is resolved resolved, and more than that opens it again', async () => {
    await laptop.reply(assignment, agent, 'A new roller is in.\n\n#resolve', { proven: true });
    await laptop.mail('transcript', agent, id);
    const resolved = await held('resolved');
    await laptop.reply(resolved, IDA, 'Perfect, thank you so much!\n\nIda');
    await laptop.until('the thank-you', async () => ((await ticket()).messages === 5 ? true : null));
    expect((await ticket()).status).toBe('resolved');
    await laptop.reply(resolved, IDA, 'Thanks, but it jams again.');
    const message = await laptop.mail('requester-message', agent, id);
    expect(message.text).toContain('but it jams again');
    expect((await ticket()).status).toBe('open');
    await laptop.quiet();
    expect(
      laptop.delivered.filter(({ kind, to }) => kind === 'requester-message' && to === agent),
    ).toHaveLength(1);
  });

  test('more time for the solution is asked of the lead, whose yes moves the promise', async () => {
    const { deadlines } = await ticket();
    await laptop.reply(assignment, agent, '#extend 4h the roller comes tomorrow', { proven: true });
    const asked = await laptop.mail('approval', MARTHA, id);
    expect(asked.text).toContain('4 h more are asked for until the solution: the roller comes tomorrow.');
    await laptop.mail('transcript', agent, id);
    await laptop.reply(asked, MARTHA, 'yes', { proven: true });
    const note = await laptop.mail('note', agent, id);
    expect(note.text).toContain('Martha Lind grants the time that you asked for');
    const told = await laptop.mail('decided', IDA, id);
    expect(told.text).toContain('takes longer than we thought');
    for (const inside of [MARTHA, agent]) expect(told.raw).not.toContain(inside);
    expect(Date.parse((await ticket()).deadlines.resolution ?? '')).toBeGreaterThan(
      Date.parse(deadlines.resolution ?? ''),
    );
  });

  test('an agent is reminded when he wants to be, and a due date warns', async () => {
    await laptop.reply(assignment, agent, '#snooze 30m whether the roller came\n#due 1h the audit', {
      proven: true,
    });
    await laptop.mail('transcript', agent, id);
    expect((await ticket()).due).toMatchObject({ reason: 'the audit', told: 'nothing' });
    await laptop.setSpeed(600);
    const notes = [await laptop.mail('note', agent, id), await laptop.mail('note', agent, id)];
    const texts = notes.map(({ text }) => text).join('\n');
    expect(texts).toContain('You wanted to be reminded of this ticket now: whether the roller came.');
    expect(texts).toContain('the audit');
    const late = await laptop.mail('note', MARTHA, id);
    await laptop.setSpeed(1);
    expect(late.text).toContain('and it is not done: the audit');
    expect(laptop.faults).toEqual([]);
  });
}

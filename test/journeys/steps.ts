/** A new colleague: approved, then done in steps by those who know how; whoever asked hears once that it is done. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openQueue } from '../../aws/queues.ts';
import type { Running } from '../../local/desk.ts';
import { MARTHA } from '../sample.ts';
import type { Laptop } from './laptop.ts';

export function steps(begin: () => Laptop): void {
  const IDA = 'ida@example.org';

  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  let id = '';
  const request = async () => {
    const ticket = await laptop.tickets.read(id);
    if (!ticket) throw new Error(`there is no ${id}`);
    return ticket;
  };
  /** The step's ticket, as soon as it stands so. */
  const stepThat = (name: string, state: string) =>
    laptop.until(`${name} ${state}`, async () =>
      (await request()).steps?.find((step) => step.key === `onboarding/${name}` && step.state === state),
    );
  const assignmentOf = async (name: string) => {
    const { id: task } = await stepThat(name, 'open');
    return laptop.until(`the assignment of ${name}`, async () =>
      laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === task),
    );
  };
  const toIda = () => laptop.delivered.filter(({ to }) => to === IDA).map(({ kind }) => kind);

  test('nothing begins before the approval; then what can be done at once goes to its teams', async () => {
    await laptop.write({
      from: `Ida Moll <${IDA}>`,
      subject: 'Onboarding of Max Frey',
      text: 'Max Frey starts on Monday as an intern in sales.',
    });
    id = (await laptop.ticketOf(IDA)).id;
    const approval = await laptop.mail('approval', MARTHA);
    expect((await request()).steps).toBeUndefined();
    await laptop.reply(approval, MARTHA, 'approve', { proven: true });

    const account = await assignmentOf('account');
    expect(account.subject).toContain('Account and permissions: Onboarding of Max Frey');
    expect(account.text.replace(/\s+/g, ' ')).toContain('Please set up, change or close the account');
    expect(account.text).toContain(`This is a step of ${id}. Ida Moll wrote there:`);
    expect(account.text).toContain('Max Frey starts on Monday as an intern in sales.');
    expect(account.text).toContain('It stays inside the desk');
    const contract = await assignmentOf('contract');
    expect(contract.from).toBe('hr@desk.example.test');
    expect((await request()).steps?.map(({ state }) => state)).toEqual(['open', 'open', 'waits']);
  });

  test('events that are handed out twice open nothing twice', async () => {
    const { outputs } = JSON.parse(readFileSync(join(laptop.dataDir, 'running.json'), 'utf8')) as Running;
    const queue = openQueue(outputs.UpdatesQueueUrl ?? '');
    for (const { kind, number } of await laptop.tickets.events(id, 100))
      if (kind === 'step-changed')
        await queue.send({ pk: `T#${id}`, sk: `EVENT#${String(number).padStart(8, '0')}` });
    // Handled after them.
    const first = laptop.delivered.find(({ kind, ticketId }) => kind === 'assignment' && ticketId === id);
    const holder = first?.to ?? '';
    if (first) await laptop.reply(first, holder, '#status', { proven: true });
    const transcript = await laptop.mail('transcript', holder, id);
    const account = await stepThat('account', 'open');
    expect(transcript.text).toContain(`Step: Account and permissions (${account.id}): being worked on`);
    expect(transcript.text).toContain('Step: Laptop and phone: to come');
    expect(await laptop.tickets.list(100, ({ partOf }) => partOf?.id === id)).toHaveLength(2);
  });

  test('what comes after a step begins when that is done, and one that is not needed is closed', async () => {
    const account = await assignmentOf('account');
    await laptop.reply(account, account.to, '#resolve', { proven: true });
    const hardware = await assignmentOf('hardware');
    const contract = await assignmentOf('contract');
    await laptop.reply(contract, contract.to, '#close interns have none', { proven: true });
    await stepThat('contract', 'skipped');
    expect((await request()).status).not.toBe('resolved');
    expect(toIda()).toEqual(['acknowledgement']);
    await laptop.reply(hardware, hardware.to, '#resolve', { proven: true });
    const resolved = await laptop.mail('resolved', IDA);
    expect(resolved.text.replace(/\s+/g, ' ')).toContain(
      'What was done: Account and permissions; Laptop and phone.',
    );
    expect(resolved.text).not.toMatch(/interns have none|@example\.test/);
  });

  test('taken up again, a step takes up its request; closing that closes the step', async () => {
    const { id: task } = await stepThat('hardware', 'done');
    const hardware = laptop.delivered.find(
      ({ kind, ticketId }) => kind === 'assignment' && ticketId === task,
    );
    if (!hardware) throw new Error('there is no such assignment');
    await laptop.reply(hardware, hardware.to, '#reopen the phone is missing', { proven: true });
    await stepThat('hardware', 'open');
    expect((await request()).status).toBe('open');
    await laptop.reply(await laptop.mail('acknowledgement', IDA), IDA, '#close', { proven: true });
    await stepThat('hardware', 'off');
    expect((await laptop.tickets.read(task ?? ''))?.status).toBe('closed');
    await laptop.quiet();
    expect(toIda().filter((kind) => kind === 'resolved')).toHaveLength(1);
    expect(laptop.delivered.filter(({ to }) => to.endsWith('@desk.example.test'))).toEqual([]);
  });
}

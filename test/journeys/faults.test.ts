/** Services fail by order, and what could not be done meanwhile is done later, once, or put back by hand. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Laptop, startLaptop } from './laptop.ts';

let laptop: Laptop;
const folder = mkdtempSync(join(tmpdir(), 'replydesk-faults-'));
beforeAll(async () => {
  laptop = await startLaptop({ changed: impatient });
});
afterAll(async () => {
  await laptop.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The same stack, but what failed is tried again after two seconds instead of six minutes. */
function impatient(assembly: string): string {
  for (const name of readdirSync(assembly)) {
    if (!name.endsWith('.template.json')) {
      symlinkSync(join(assembly, name), join(folder, name));
      continue;
    }
    const template = JSON.parse(readFileSync(join(assembly, name), 'utf8'));
    for (const id of ['MailQueue', 'UpdatesQueue']) {
      template.Resources[id].Properties.VisibilityTimeout = 2;
    }
    // How long a drill lasts here is up to the machine; five tries are over in ten seconds.
    template.Resources.UpdatesQueue.Properties.RedrivePolicy.maxReceiveCount = 1000;
    writeFileSync(join(folder, name), JSON.stringify(template));
  }
  return folder;
}

/** As an admin types it, with --json. */
function desk(...args: string[]): Promise<{ code: number; said: string; answer: Record<string, unknown> }> {
  const line = ['cli/desk.ts', '--json', '--data', laptop.dataDir, ...args];
  // The journey itself has pointed the SDK at its desk; the command has to find it by its folder.
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  return new Promise((resolve) =>
    execFile(process.execPath, line, { env }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code),
        said: stderr,
        answer: stdout === '' ? {} : JSON.parse(stdout),
      }),
    ),
  );
}

test('a mail that comes in while DynamoDB is down is a ticket once that is over', async () => {
  const { answer } = await desk('drill', 'outage', 'dynamodb', '--for', '4s');
  expect(answer.drills).toMatchObject([{ kind: 'outage', service: 'dynamodb', share: 1 }]);
  await laptop.write({ from: 'ann@example.org', subject: 'Lamp', text: 'My lamp is out.' });
  const ticket = await laptop.ticketOf('ann@example.org');
  await laptop.mail('acknowledgement', 'ann@example.org', ticket.id);
  expect((await desk('drill')).answer).toEqual({ drills: [] });
  const log = readFileSync(join(laptop.dataDir, 'logs', 'desk.log'), 'utf8');
  expect(log).toMatch(/A drill: outage of dynamodb for 4 seconds/);
  expect(log).toMatch(/The drill of dynamodb has ended: [1-9]\d* calls met its outage/);
});

test('while SES is throttled an acknowledgement waits, and then goes out once', async () => {
  await desk('drill', 'throttle', 'ses', '--for', '1h');
  await laptop.write({ from: 'bob@example.org', subject: 'Chair', text: 'My chair squeaks.' });
  await laptop.until('a refused call', async () => {
    const { answer } = await desk('drill');
    return (answer.drills as { struck: number }[]).some(({ struck }) => struck > 0);
  });
  expect(laptop.delivered.filter(({ to }) => to === 'bob@example.org')).toEqual([]);
  expect((await desk('drill', 'end')).answer).toEqual({ drills: [] });
  await laptop.mail('acknowledgement', 'bob@example.org');
  await laptop.quiet();
  expect(laptop.delivered.filter(({ to }) => to === 'bob@example.org')).toHaveLength(1);
});

test('what was tried too often can be looked into and put back', async () => {
  await desk('drill', 'outage', 'dynamodb', '--for', '1h');
  await laptop.write({ from: 'cid@example.org', subject: 'Mouse', text: 'My mouse is dead.' });
  await laptop.until('a dead letter', async () =>
    ((await desk('dlq')).answer.queues as { queue: string; messages: number }[]).some(
      ({ queue, messages }) => queue === 'mail' && messages === 1,
    ),
  );
  const { messages } = (await desk('dlq', 'mail')).answer as { messages: { mailId: string }[] };
  expect(messages).toMatchObject([
    { about: `mail ${messages[0]?.mailId}`, received: expect.any(Number), sentAt: expect.any(String) },
  ]);
  expect(await laptop.mailroom.read(`in/${messages[0]?.mailId}`)).not.toBeNull();
  await desk('drill', 'end');
  const { answer } = await desk('dlq', 'redrive', '--all');
  expect(answer.redriven).toContainEqual({ queue: 'mail', outcome: 'moved', moved: 1, reason: null });
  expect(answer.redriven).toContainEqual({ queue: 'updates', outcome: 'empty', moved: 0, reason: null });
  await laptop.ticketOf('cid@example.org');
});

test.each([
  [['drill', 'outage', 's3', '--stack', 'Desk'], 1, 'A drill is for a desk on a laptop'],
  [['drill', 'outage', 'ec2'], 2, 'Allowed choices are dynamodb'],
  [['drill', 'throttle', 'ses', '--for', 'ever'], 2, 'allowed is 30s, 5m or 1h'],
  [['drill', 'throttle', 'ses', '--share', '2'], 2, 'allowed is a number above 0'],
  [['dlq', 'redrive'], 2, 'name one queue, or say --all'],
  [['dlq', 'redrive', 'relay'], 1, 'did not come from a queue'],
  [['dlq', 'letters'], 1, 'There is no dead-letter queue letters; there are mail, updates'],
])('desk %j is refused with exit code %i', async (args, code, words) => {
  const answer = await desk(...args);
  expect(answer.code).toBe(code);
  expect(answer.said).toContain(words);
});

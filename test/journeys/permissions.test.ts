/**
 * Every right that the template grants is used, and is missed when it is taken away. One desk does everything that a
 * desk does; each call and delivery that its policies allowed is recorded. Then each grant of the template is taken out
 * of the policies, and one of those calls has to be refused. A right that is missing in the template fails by the name
 * of its call, one that is too much by its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openQueue } from '../../aws/queues.ts';
import { openRecurringWork } from '../../aws/recurring.ts';
import { openTable } from '../../aws/table.ts';
import { readDesk } from '../../cli/config.ts';
import { emptyIndex, writeIndex } from '../../core/knowledge/search.ts';
import { updateId } from '../../core/ticket/audience.ts';
import type { Running } from '../../local/desk.ts';
import { type Call, isAllowed, type Policies, refusalOf } from '../../local/permissions.ts';
import { readPlan } from '../../local/plan.ts';
import { synthesize } from '../../local/synthesize.ts';
import { readAssembly } from '../../local/template.ts';
import { type Grant, grantsOf, spelled, without } from '../local/grants.ts';
import { KIM, LUIS, MARTHA } from '../sample.ts';
import { type Laptop, leaveUntold, startLaptop } from './laptop.ts';

/** What only AWS itself asks for. An exception for what is not granted, or for what a call needs, has to go. */
const ONLY_AWS: [grant: RegExp, reason: string][] = [
  [
    /: logs:(CreateLogStream|PutLogEvents) on arn:aws:logs:[^*]*:log-group:[^*]*:\*$/,
    'Lambda writes the log of a function with the role of the function; a laptop keeps it in a file.',
  ],
  [
    /: xray:Put(TraceSegments|TelemetryRecords) on \*$/,
    'Lambda writes the traces of a function with the role of the function; a laptop takes none.',
  ],
  [
    /-SendCanaryRole: dynamodb:PutItem on /,
    'No canary sets out on a laptop. test/functions/canary.test.ts sends one.',
  ],
  [
    /WatchMachineRole: logs:\w+ on \*$/,
    'Step Functions sets up the delivery of its log; a laptop keeps its history instead.',
  ],
  [
    /^cloudwatch\.amazonaws\.com, by .*AlarmTopic: sns:Publish on /,
    'Alarms ring in the account alone. test/infra/alarms.test.ts looks at who may ring.',
  ],
];

const calls = new Map<string, Call>();
/** By the action: a grant can be missed by no other call. */
const callsTo = new Map<string, Call[]>();
let laptop: Laptop;
let outputs: Record<string, string>;
let policies: Policies;
/** What is granted and could be taken away without a call being refused. */
let unmissed: Grant[];
let ended: string;

beforeAll(async () => {
  laptop = await startLaptop({
    speed: 1200,
    onCall: (call) => void calls.set(JSON.stringify(call), call),
    // Six stories at once make a busy machine slow.
    patience: 90_000,
  });
  const running = JSON.parse(readFileSync(join(laptop.dataDir, 'running.json'), 'utf8')) as Running;
  outputs = running.outputs;
  const assembly = readAssembly(await synthesize('desk.yaml', () => {}));
  const place = { endpoint: running.endpoint, region: running.region, accountId: '000000000000' };
  policies = readPlan(assembly, place).policies;
  // A right that is missing stops the story somewhere; its name says more than where.
  ended = await everything().then(
    () => 'well',
    (error: Error) => error.message,
  );
  for (const call of calls.values()) callsTo.set(call.action, [...(callsTo.get(call.action) ?? []), call]);
  unmissed = grantsOf(policies).filter((grant) => missed(grant, policies) === undefined);
}, 180_000);
afterAll(() => laptop.stop());

test('the desk did all that it does, and no call was refused', () => {
  expect(laptop.faults.filter((fault) => fault.includes('not authorized'))).toEqual([]);
  expect(ended).toBe('well');
});

test('whatever is taken away from what is granted is missed by a call', () => {
  expect(unmissed.map(spelled).filter(isOurs)).toEqual([]);
});

test('a call without its grant is refused by its name', () => {
  const grant = grantsOf(policies).find(
    ({ of, action }) => of.endsWith('-ReceiveEmailRole') && action === 'dynamodb:BatchGetItem',
  );
  expect(grant && missed(grant, policies)).toMatch(
    /role\/\w+-ReceiveEmailRole is not authorized to perform: dynamodb:BatchGetItem on resource: \S+-Table$/,
  );
});

test('a grant too many is named, and so is one that is made twice', () => {
  const [role = '', statements = []] =
    Object.entries(policies.roles).find(([arn]) => arn.endsWith('-StartWatchRole')) ?? [];
  const before = new Set(unmissed.map(spelled));
  const withMore = (Action: string) => {
    const roles = {
      ...policies.roles,
      [role]: [...statements, { Effect: 'Allow' as const, Action, Resource: '*' }],
    };
    const more = { ...policies, roles };
    return grantsOf(more).filter(
      (grant) => grant.of === role && missed(grant, more) === undefined && !before.has(spelled(grant)),
    );
  };
  expect(withMore('dynamodb:PutItem').map(spelled)).toEqual([`${role}: dynamodb:PutItem on *`]);
  expect(withMore('states:StartExecution')).toHaveLength(2);
});

test.each(ONLY_AWS)('%s stands for something that is granted and that no call needs', (grant) => {
  expect(unmissed.map(spelled)).toContainEqual(expect.stringMatching(grant));
});

function isOurs(grant: string): boolean {
  return !ONLY_AWS.some(([pattern]) => pattern.test(grant));
}

/** What is refused when the grant is gone, in IAM's words. */
function missed(grant: Grant, granted: Policies): string | undefined {
  const left = without(granted, grant);
  const about = grant.action.includes('*') ? [...calls.values()] : (callsTo.get(grant.action) ?? []);
  const call = about.find((each) => isAllowed(granted, each) && !isAllowed(left, each));
  return call && refusalOf(call);
}

/** All at once, as far as one does not wait for the other. Three seconds are an hour, and each hour brings a sweep. */
async function everything(): Promise<void> {
  await Promise.all([
    conversation(),
    lookingAround(),
    climbing(),
    undeliverable(),
    forgottenMail(),
    deadWatch(),
    quarantineAndReplay(),
    mailWithoutRecord(),
    recurring(),
    morning(),
    knowledge(),
    expired(),
  ]);
}

const NORA = 'nora@example.org';

/** Files, a long text, an answer, a code that is wrong and one that is right, and a file that is gone. */
async function conversation(): Promise<void> {
  await laptop.write({
    from: NORA,
    subject: 'The printer is jammed',
    text: 'It eats the paper on floor 3.\n'.repeat(4000),
    attachments: [{ filename: 'noise.txt', content: 'krrr' }],
  });
  const { id, assignee } = await laptop.ticketOf(NORA);
  const agent = assignee ?? '';
  const assignment = await laptop.mail('assignment', agent, id);
  await laptop.reply(assignment, agent, 'Please open flap B.', {
    proven: true,
    attachments: [{ filename: 'flap.txt', content: 'B' }],
  });
  const answer = await laptop.mail('answer', NORA);
  const other = agent === KIM ? LUIS : KIM;
  await laptop.reply(assignment, other, 'Is it the roller?', { proven: true });
  const code = await laptop.mail('code', other);
  const digits = /\b\d{6}\b/.exec(code.text)?.[0] ?? '';
  await laptop.reply(code, other, digits === '111111' ? '222222' : '111111');
  await laptop.mail('refusal', other);
  await laptop.reply(code, other, digits, { proven: true });
  await laptop.mail('answer', NORA);
  await laptop.reply(answer, NORA, 'It is open.');
  // Whoever has it by now.
  await laptop.until('her message', async () =>
    laptop.delivered.some(({ kind, ticketId }) => kind === 'requester-message' && ticketId === id),
  );
  await fileGone(id);
  await takenOut(id);
}

/** What an agent asks to see beyond a ticket: what he has, and what holds a word. */
async function lookingAround(): Promise<void> {
  await laptop.write({
    from: MARTHA,
    subject: 'My day',
    text: '#queue\n#find headset\n#report',
    proven: true,
  });
  await laptop.mail('transcript', MARTHA);
  await laptop.mail('report', MARTHA);
}

/** The answer with the file is sent once more, as after a fault, and the file has been erased meanwhile. */
async function fileGone(ticketId: string): Promise<void> {
  const messages = await laptop.tickets.messages(ticketId, 50);
  const file = messages.flatMap(({ attachments }) => attachments).find(({ name }) => name === 'flap.txt');
  await new S3Client({}).send(new DeleteObjectCommand({ Bucket: outputs.BucketName, Key: file?.key }));
  const answered = (await laptop.tickets.events(ticketId, 100)).find(({ kind }) => kind === 'answered');
  const number = answered?.number ?? 0;
  const TableName = outputs.TableName ?? '';
  const pk = `UPDATE#${updateId(`${ticketId}-${number}`, 'answer', NORA)}`;
  await openTable(TableName).transact([{ Delete: { TableName, Key: { pk, sk: 'UPDATE' } } }]);
  const sk = `EVENT#${String(number).padStart(8, '0')}`;
  await openQueue(outputs.UpdatesQueueUrl ?? '').send({ pk: `T#${ticketId}`, sk });
  await laptop.until('a look for what is gone', async () =>
    [...calls.values()].some(
      ({ by, action }) => by.endsWith('-SendUpdateRole') && action === 's3:ListBucket',
    ),
  );
}

/** Nora's first message goes with its text, its file and its raw mail. Its lead may say so, wherever the ticket has climbed. */
async function takenOut(ticketId: string): Promise<void> {
  await laptop.write({ from: MARTHA, subject: 'Hers', text: `#show ${ticketId}`, proven: true });
  const to = await laptop.until('her own address for it', async () => {
    const texts = laptop.delivered.filter((mail) => mail.to === MARTHA && mail.kind === 'transcript');
    return texts.map(({ text }) => /support\+\w+@desk\.example\.test/.exec(text)?.[0]).find((found) => found);
  });
  await laptop.write({ from: MARTHA, to, subject: 'Re: Hers', text: '#redact 1 a password', proven: true });
  await laptop.until('three empty places', async () =>
    ['/bodies/', '/files/', '/mail/'].every((place) =>
      [...calls.values()].some(
        ({ by, action, resource }) =>
          by.endsWith('-ReceiveEmailRole') && action === 's3:DeleteObject' && resource.includes(place),
      ),
    ),
  );
}

async function climbing(): Promise<void> {
  await laptop.write({
    from: 'eve@example.org',
    subject: 'Email is down for everyone',
    text: 'Nobody in the whole company can send or receive email. It is a complete outage.',
  });
  await laptop.mail('escalated', 'eve@example.org');
}

/** Somebody began to take out a ticket and did not end: the next sweep does, with its files, its long text and its raw mail. */
async function expired(): Promise<void> {
  const table = openTable(outputs.TableName ?? '');
  const pk = 'T#T-GGGGGG';
  const attachments = [{ key: 'files/old/1-plan.pdf' }];
  const message = { attachments, bodyKey: 'bodies/old', mailId: 'old', from: { address: NORA, name: '' } };
  const mail = { mailId: 'old', key: 'mail/2025/01/01/old', version: 1, receipt: {}, history: [] };
  const left = { goneAt: '2025-01-01T00:00:00.000Z', events: 0, version: 2, emptying: { links: [] } };
  // Put back, as by a restore: nobody counts it as new mail.
  await table.put({ pk: 'MAIL#old', sk: 'MAIL', mail, version: 1, restored: true });
  await table.put({ pk, sk: 'MESSAGE#00000001', message });
  await table.put({ pk, sk: 'TICKET', openPk: 'GOING#0', openSk: '2025-01-01#T-GGGGGG', ...left });
  await laptop.until('an empty grave', async () => !(await table.get({ pk, sk: 'TICKET' }))?.emptying);
}

/** SES refuses one for now, and says of others later that they did not arrive or were not wanted. */
async function undeliverable(): Promise<void> {
  const addresses = ['bounce', 'complaint', 'throttle', 'quota'].map((name) => `${name}@example.test`);
  for (const from of addresses)
    await laptop.write({ from, subject: 'Headset', text: 'My headset is broken.' });
  for (const [address, kind] of [
    ['bounce@example.test', 'delivery-failed'],
    ['complaint@example.test', 'complained'],
  ] as const) {
    const { id } = await laptop.ticketOf(address);
    await laptop.until(kind, async () =>
      (await laptop.tickets.events(id, 100)).some((event) => event.kind === kind),
    );
  }
  await laptop.ticketOf('throttle@example.test');
  await laptop.until('an update that waits for another day', async () =>
    [...calls.values()].some(
      ({ by, action }) => by.endsWith('-SendUpdateRole') && action === 'sqs:SendMessage',
    ),
  );
  // Mail from there: the desk forgets that nothing arrived.
  await laptop.write({ from: 'bounce@example.test', subject: 'Mouse', text: 'And my mouse.' });
  await laptop.until('the second mail', async () => {
    const mails = await laptop.ledger.list(200, ({ from }) => from === 'bounce@example.test');
    return mails.length === 2;
  });
}

async function forgottenMail(): Promise<void> {
  await leaveUntold(laptop);
  await laptop.mail('acknowledgement', 'ida@example.org');
}

/** Yesterday was counted, before there was a desk; counted again, it has a mail that nobody knows. */
async function mailWithoutRecord(): Promise<void> {
  const yesterday = () => new Date(laptop.now() - 25 * 3_600_000).toISOString().slice(0, 10);
  const day = yesterday();
  await laptop.until('the first count', () => laptop.ledger.count(day));
  await new S3Client({}).send(
    new PutObjectCommand({
      ...{ Bucket: outputs.BucketName, Key: `mail/${day.replaceAll('-', '/')}/lost2` },
      Body: 'From: Uma <uma@example.org>\r\nTo: support@desk.example.test\r\n\r\nHello?\r\n',
    }),
  );
  await openTable(outputs.TableName ?? '').remove({ pk: `COUNT#${day}`, sk: 'COUNT' });
  await laptop.until('a record', () => laptop.ledger.read('lost2'));
}

/** What was owed a month ago is opened by the next sweep, once. */
async function recurring(): Promise<void> {
  const [work] = (await readDesk('desk.yaml')).desk.recurring;
  if (!work) throw new Error('the sample desk has recurring work');
  const until = new Date(laptop.now() - 31 * 86_400_000).toISOString();
  const recurringWork = openRecurringWork(openTable(outputs.TableName ?? ''));
  const before = await laptop.until('the first sweep', () => recurringWork.read(work.name));
  await recurringWork.begin(work.name, { ...before, until }, before);
  await laptop.until('its ticket', async () =>
    (await laptop.tickets.list(1, ({ subject }) => subject === work.title)).at(0),
  );
}

/** The lead's day began before she had anything; asked anew, there is a digest of what waits for her, and she answers it. */
async function morning(): Promise<void> {
  const [asker, lead, TableName] = ['otto@example.org', 'helene.roth@example.test', outputs.TableName ?? ''];
  await laptop.write({ from: asker, to: 'hr@desk.example.test', subject: 'Payslip', text: 'It is wrong.' });
  const { id, assignee } = await laptop.ticketOf(asker);
  const assignment = await laptop.mail('assignment', assignee ?? '', id);
  await laptop.reply(assignment, assignee ?? '', `#assign ${lead}`, { proven: true });
  await laptop.until('news for the lead', async () => (await laptop.digests.news(lead)).length > 0);
  const day = Math.floor((laptop.now() + 3_600_000) / 86_400_000);
  const Key = { pk: `DIGEST#${lead}`, sk: `EVENT#${String(day).padStart(8, '0')}` };
  await openTable(TableName).transact([{ Delete: { TableName, Key } }]);
  const digest = await laptop.mail('digest', lead);
  await laptop.reply(digest, lead, '1 tag payslips', { proven: true });
  await laptop.mail('transcript', lead);
}

/** An article is made and published; two indexes become one with the next sweep; the next who asks is offered it. */
async function knowledge(): Promise<void> {
  await laptop.write({ from: 'ugo@example.org', subject: 'Headset whistles', text: 'My headset whistles.' });
  const { id, assignee } = await laptop.ticketOf('ugo@example.org');
  const assignment = await laptop.mail('assignment', assignee ?? '', id);
  await laptop.reply(assignment, assignee ?? '', '#kb A headset that whistles\n\nTurn it off and on.', {
    proven: true,
  });
  const review = await laptop.mail('approval', MARTHA, id);
  await laptop.reply(review, MARTHA, 'publish', { proven: true });
  const Body = await writeIndex(emptyIndex());
  for (const name of ['one', 'two'])
    await new S3Client({}).send(
      new PutObjectCommand({ Bucket: outputs.BucketName, Key: `knowledge/en/all/${name}`, Body }),
    );
  await laptop.until('one index', async () => called('-SweepRole', 's3:DeleteObject', '/knowledge/'));
  await laptop.write({
    from: 'ulla@example.org',
    subject: 'Headset whistles',
    text: 'A headset that whistles.',
  });
  await laptop.until('a look into it', async () => called('-SendUpdateRole', 's3:GetObject', '/knowledge/'));
}

function called(role: string, action: string, place: string): boolean {
  return [...calls.values()].some(
    (call) => call.by.endsWith(role) && call.action === action && call.resource.includes(place),
  );
}

async function deadWatch(): Promise<void> {
  await laptop.write({ from: 'ann@example.org', subject: 'Screen', text: 'My screen is a bit dark.' });
  const { id } = await laptop.ticketOf('ann@example.org');
  const executionArn = `${outputs.WatchMachineArn?.replace(':stateMachine:', ':execution:')}:${id}-g1`;
  await laptop.until('its watch', () =>
    new SFNClient({}).send(new StopExecutionCommand({ executionArn })).then(
      () => true,
      () => false,
    ),
  );
  await laptop.until(
    'a second generation',
    async () => ((await laptop.tickets.read(id))?.watch?.generation ?? 0) > 1,
  );
}

/** Replayed, it is looked for where handled mail lies; its notification comes twice, and the mail is no longer there. */
async function quarantineAndReplay(): Promise<void> {
  const messageId = await laptop.write({
    from: 'x@example.com',
    subject: 'Win',
    text: 'Hello',
    headers: { 'X-Local-Verdict': 'spam=FAIL' },
  });
  const { mailId } = await laptop.until(
    'the quarantine',
    async () => (await laptop.ledger.list(1, (record) => record.messageId === messageId))[0],
  );
  await laptop.mails.send({ replay: mailId });
  await laptop.until('the second look', async () => ((await laptop.ledger.read(mailId))?.version ?? 0) > 1);
}

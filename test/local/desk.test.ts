import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type DeskSetting, startDesk } from '../../local/desk.ts';
import { type Resources, smallDesk, writeAssembly } from './assembly.ts';
import { clientFor, temporaryFolder } from './world.ts';

const FOLDERS = () => {
  const root = temporaryFolder();
  return { dataDir: join(root, 'data'), assembly: join(root, 'cdk.out') };
};
const setting = (dataDir: string, more: Partial<DeskSetting> = {}): DeskSetting => ({
  dataDir,
  fresh: false,
  smtpPort: 0,
  webPort: 0,
  relay: null,
  speed: 1,
  ...more,
});

async function open(
  { dataDir, assembly } = FOLDERS(),
  { resources, ...more }: Partial<DeskSetting> & { resources?: Resources } = {},
) {
  writeAssembly(assembly, resources);
  const desk = await startDesk(setting(dataDir, more), async () => assembly);
  onTestFinished(() => desk.stop());
  return { ...desk, ...reach(desk), dataDir, assembly };
}

function reach({ smtpPort, endpoint, webPort }: { smtpPort: number; endpoint: string; webPort: number }) {
  const dynamodb = new DynamoDBClient({ ...clientFor(endpoint), maxAttempts: 3 });
  return {
    write: (from: string) =>
      createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true }).sendMail({
        from,
        to: 'support@desk.example.test',
        text: 'x',
      }),
    items: async () =>
      ((await dynamodb.send(new ScanCommand({ TableName: 'Desk-Table' }))).Items ?? []).map(({ pk, sk }) => ({
        pk: pk?.S ?? '',
        sk: sk?.S ?? '',
      })),
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${webPort}${path}`, { headers }),
  };
}

const kinds = (items: { sk: string }[]) => items.map(({ sk }) => sk).sort();

test('a mail goes the whole way: door, bucket, topic, queue, function, table, stream, SES and back, and its watch wakes in time', async () => {
  const { write, items, dataDir, get } = await open(FOLDERS(), { speed: 3600 });
  await write('ada@customer.test');
  await vi.waitFor(async () => expect(kinds(await items())).toEqual(['EVENT#1', 'LOOKED', 'SENT', 'SWEEP']), {
    timeout: 15_000,
  });
  const [sent] = readdirSync(join(dataDir, 'sent')).filter((name) => name.endsWith('.json'));
  expect(JSON.parse(readFileSync(join(dataDir, 'sent', sent ?? ''), 'utf8'))).toMatchObject({
    recipients: ['ada@customer.test'],
    update: 'acknowledgement',
  });
  expect(await (await get('/mailbox/ada@customer.test')).text()).toContain('got it');
});

test('health says that it is ready, the desk time and the speed; running.json tells the command line where it is', async () => {
  const desk = await open(FOLDERS(), { speed: 60 });
  expect(await (await desk.get('/health')).json()).toMatchObject({
    ready: true,
    speed: 60,
    now: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const file = join(desk.dataDir, 'running.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    pid: process.pid,
    endpoint: desk.endpoint,
    accessKeyId: 'admin',
    outputs: { TableName: 'Desk-Table' },
    smtpPort: desk.smtpPort,
    webPort: desk.webPort,
  });
  await desk.stop();
  expect(existsSync(file)).toBe(false);
});

test('a page of another name is not answered', async () => {
  const { webPort } = await open();
  const { request } = await import('node:http');
  const status = await new Promise((resolve) =>
    request({ port: webPort, host: '127.0.0.1', path: '/', headers: { host: 'evil.example' } }, (response) =>
      resolve(response.statusCode),
    ).end(),
  );
  expect(status).toBe(403);
});

/** Takes one grant away from a role. */
function without(roleId: string, action: string): Resources {
  const resources = smallDesk();
  const properties = resources[roleId]?.Properties as {
    Policies: { PolicyDocument: { Statement: { Action: string | string[] }[] } }[];
  };
  for (const { PolicyDocument } of properties.Policies) {
    for (const statement of PolicyDocument.Statement)
      statement.Action = [statement.Action].flat().filter((each) => each !== action);
  }
  return resources;
}

test.each([
  ['ReceiveRole', 'dynamodb:PutItem'],
  ['ReceiveRole', 'states:StartExecution'],
  ['SendRole', 'ses:SendRawEmail'],
  ['FeedbackRole', 'dynamodb:PutItem'],
  ['AdvanceRole', 'dynamodb:PutItem'],
  ['MachineRole', 'lambda:InvokeFunction'],
])('without %s’s %s the desk says by name what was denied', async (role, action) => {
  const { write, dataDir } = await open(FOLDERS(), { resources: without(role, action), speed: 36_000 });
  await write('ada@customer.test');
  const log = join(dataDir, 'logs', 'desk.log');
  await vi.waitFor(
    () =>
      expect(readFileSync(log, 'utf8')).toContain(
        `role/Desk-${role} is not authorized to perform: ${action} on`,
      ),
    { timeout: 10_000, interval: 50 },
  );
});

test.each([
  ['ReceiveRole', 'sqs:ReceiveMessage'],
  ['RelayRole', 'dynamodb:GetRecords'],
  ['RelayRole', 'sqs:SendMessage'],
  ['ScheduleRole', 'lambda:InvokeFunction'],
  ['ProvisionRole', 'ssm:PutParameter'],
])('without %s’s %s the desk does not start', async (role, action) => {
  await expect(open(FOLDERS(), { resources: without(role, action) })).rejects.toThrow(
    `not authorized to perform: ${action}`,
  );
});

test.each<[string, string]>([
  ['MailQueuePolicy', 'sns.amazonaws.com is not authorized to perform: sqs:SendMessage'],
  ['MailTopicPolicy', 'ses.amazonaws.com is not authorized to perform: sns:Publish'],
  ['BucketPolicy', 'ses.amazonaws.com is not authorized to perform: s3:PutObject'],
])('without %s a mail is not taken in', async (id, reason) => {
  const resources = smallDesk();
  delete resources[id];
  if (id !== 'MailQueuePolicy' && id !== 'MailTopicPolicy')
    return expect(open(FOLDERS(), { resources })).rejects.toThrow(reason);
  const { write, dataDir } = await open(FOLDERS(), { resources });
  await expect(write('ada@customer.test')).rejects.toMatchObject({ responseCode: 451 });
  expect(readFileSync(join(dataDir, 'logs', 'desk.log'), 'utf8')).toContain(reason);
});

test('a custom resource is made once, and updated when its properties have changed', async () => {
  const folders = FOLDERS();
  const made = async (more: object = {}) => {
    const resources = smallDesk();
    Object.assign(resources.Activation?.Properties ?? {}, more);
    const { endpoint, stop } = await open(folders, { resources });
    const { Parameter } = await new SSMClient(clientFor(endpoint)).send(
      new GetParameterCommand({ Name: '/desk/keys', WithDecryption: true }),
    );
    await stop();
    return [Parameter?.Value, Parameter?.Version];
  };
  expect(await made()).toEqual(['Create', 1]);
  expect(await made()).toEqual(['Create', 1]);
  expect(await made({ More: 'now' })).toEqual(['Update', 2]);
});

test('a custom resource that fails ends the start with its reason', async () => {
  const resources = smallDesk();
  Object.assign(resources.Activation?.Properties ?? {}, { Fail: 'another system receives here' });
  await expect(open(FOLDERS(), { resources })).rejects.toThrow('Activation: another system receives here');
});

test('a second desk on the same folder is refused, and told who has it', async () => {
  const { dataDir, assembly } = await open();
  await expect(startDesk(setting(dataDir), async () => assembly)).rejects.toThrow(
    `in use by another desk (process ${process.pid})`,
  );
  await expect(startDesk(setting(dataDir, { fresh: true }), async () => assembly)).rejects.toThrow('in use');
});

test('a folder of another format is refused, unless it is to be forgotten', async () => {
  const folders = FOLDERS();
  await (await open(folders)).stop();
  const db = new DatabaseSync(join(folders.dataDir, 'state.db'));
  db.exec('PRAGMA user_version = 999');
  db.close();
  await expect(open(folders)).rejects.toThrow('written by another version of the desk. Start with --fresh');
  await open(folders, { fresh: true });
});

test('a port that is taken is named with its way out', async () => {
  const { smtpPort, webPort } = await open();
  const folders = FOLDERS();
  await expect(open(folders, { smtpPort })).rejects.toThrow(
    `Port ${smtpPort} is taken by another program. Choose another one with --smtp-port`,
  );
  await expect(open(folders, { webPort })).rejects.toThrow('--web-port');
  await open(folders);
});

test('a folder of somebody else’s files is neither used nor emptied', async () => {
  const { dataDir, assembly } = FOLDERS();
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');
  await expect(startDesk(setting(dataDir, { fresh: true }), async () => assembly)).rejects.toThrow(
    'not a desk',
  );
  expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
});

test('a fresh start forgets everything that the desk wrote, and nothing else', async () => {
  const folders = FOLDERS();
  const first = await open(folders);
  await first.write('ada@customer.test');
  await vi.waitFor(async () => expect(kinds(await first.items())).toContain('SENT'), { timeout: 10_000 });
  await first.stop();
  writeFileSync(join(folders.dataDir, 'notes.txt'), 'mine');
  const { items } = await open(folders, { fresh: true });
  expect(kinds(await items()).filter((sk) => sk !== 'SWEEP')).toEqual([]);
  expect(readdirSync(join(folders.dataDir, 'sent'))).toEqual(['.unfinished']);
  expect(existsSync(join(folders.dataDir, 'notes.txt'))).toBe(true);
});

/** Finds the desk that a command is for: the one that runs on this laptop, through its data folder, or a stack in AWS. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Addresses, openAddresses } from '../aws/addresses.ts';
import { type DeadLetters, openDeadLetters } from '../aws/dead-letters.ts';
import { type Digests, openDigests } from '../aws/digests.ts';
import { openKeys, readKeyRing, writeKeyRing } from '../aws/keys.ts';
import { type Knowledge, openKnowledge } from '../aws/knowledge.ts';
import { type Ledger, openLedger } from '../aws/ledger.ts';
import { openMailroom } from '../aws/mailroom.ts';
import { openQueue, type Queue } from '../aws/queues.ts';
import { openTable, type Table } from '../aws/table.ts';
import { openTickets, type Tickets } from '../aws/tickets.ts';
import type { KeyRing } from '../core/mail/key-ring.ts';
import type { Keys } from '../core/mail/token.ts';
import { Refused } from './refused.ts';

export interface DeskConnection {
  table: Table;
  tickets: Tickets;
  ledger: Ledger;
  digests: Digests;
  knowledge: Knowledge;
  addresses: Addresses;
  mailroom: ReturnType<typeof openMailroom>;
  mails: Queue;
  /** By the first word of their names: `mail`, `updates` … */
  deadLetters: ReadonlyMap<string, DeadLetters>;
  keys(): Promise<Keys>;
  keyRing: { read(): Promise<KeyRing>; write(ring: KeyRing): Promise<void> };
  /** Desk time, epoch ms. */
  now(): number;
  /** The checked configuration that a laptop's desk runs with; null for a stack in AWS. */
  deskFile: string | null;
}

export interface Where {
  data: string;
  stack?: string;
  region?: string;
}

const Outputs = z
  .object({
    TableName: z.string(),
    BucketName: z.string(),
    MailQueueUrl: z.string(),
    KeysParameter: z.string(),
  })
  .catchall(z.string());

/** What a running laptop desk says of itself in its data folder. */
const Running = z.object({
  pid: z.int(),
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  outputs: Outputs,
  deskFile: z.string(),
  /** `<real ms>,<desk ms>,<speed>` */
  clock: z.string(),
});

export async function connect(where: Where): Promise<DeskConnection> {
  if (where.stack) return open(await outputsOfStack(where.stack, where.region), null, Date.now);
  const running = await runningDesk(where.data);
  // The SDK reads these when its clients are made, which is later.
  // A profile of the owner's would be preferred to them.
  delete process.env.AWS_PROFILE;
  delete process.env.AWS_SESSION_TOKEN;
  process.env.AWS_ENDPOINT_URL = running.endpoint;
  process.env.AWS_REGION = running.region;
  process.env.AWS_ACCESS_KEY_ID = running.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = running.accessKeyId;
  const [real = 0, desk = 0, speed = 1] = running.clock.split(',').map(Number);
  return open(running.outputs, running.deskFile, () => desk + (Date.now() - real) * speed);
}

export async function runningDesk(data: string): Promise<z.output<typeof Running>> {
  const file = join(data, 'running.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null)
    throw new Refused(
      `No desk is running with its data in ${data}. Start one with npm start, name its folder with --data, or a stack in AWS with --stack.`,
    );
  const running = Running.parse(JSON.parse(text));
  try {
    process.kill(running.pid, 0);
  } catch {
    throw new Refused(
      `The desk with its data in ${data} has ended without a word. Start it again with npm start.`,
    );
  }
  return running;
}

async function outputsOfStack(stack: string, region: string | undefined): Promise<z.output<typeof Outputs>> {
  if (region) process.env.AWS_REGION = region;
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: stack }));
  const outputs = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
  const read = Outputs.safeParse(outputs);
  if (!read.success)
    throw new Refused(
      `The stack ${stack} is no Replydesk: it has no output ${read.error.issues.map(({ path }) => path.join('.')).join(', ')}.`,
    );
  return read.data;
}

function open(outputs: z.output<typeof Outputs>, deskFile: string | null, now: () => number): DeskConnection {
  const { TableName, BucketName, MailQueueUrl, KeysParameter } = outputs;
  const table = openTable(TableName);
  const mailroom = openMailroom(BucketName);
  return {
    table,
    tickets: openTickets(table),
    ledger: openLedger(table),
    digests: openDigests(table),
    addresses: openAddresses(table),
    knowledge: openKnowledge(table, mailroom),
    mailroom,
    mails: openQueue(MailQueueUrl),
    deadLetters: deadLettersOf(outputs),
    keys: openKeys(KeysParameter, () => Date.now()),
    keyRing: {
      read: () => readKeyRing(KeysParameter),
      write: (ring) => writeKeyRing(KeysParameter, ring),
    },
    now,
    deskFile,
  };
}

/** `MailDeadLettersUrl` is the queue of what `MailQueueUrl` gave up on; the relay, the sweep and the digests have no queue before theirs. */
function deadLettersOf(outputs: Readonly<Record<string, string>>): Map<string, DeadLetters> {
  return new Map(
    Object.entries(outputs).flatMap(([output, url]) => {
      const name = /^(\w+)DeadLettersUrl$/.exec(output)?.[1];
      if (!name) return [];
      return [[name.toLowerCase(), openDeadLetters(url, outputs[`${name}QueueUrl`] ?? null)] as const];
    }),
  );
}

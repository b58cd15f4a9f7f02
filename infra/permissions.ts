/**
 * What each function may do, and to what: one entry per function, nothing shared but the vocabulary at the end.
 *
 * No `grant*` method of the CDK is used: those give families of actions (`s3:GetObject*`), and an action that stands
 * here is one that the function's code calls. A missing one fails on the laptop, where every call is checked
 * against these; test/journeys/permissions.test.ts names one that nothing calls.
 */
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { FunctionName } from './lambda.ts';

interface Memory {
  table: ITable;
  bucket: IBucket;
}

/** `triage.bedrock` of desk.yaml. */
export interface ModelOfDesk {
  model: string;
  region?: string | undefined;
}

export const permissions = {
  receiveEmail: ({
    table,
    bucket,
    mailQueue,
    keysParameter,
    model,
  }: Memory & { mailQueue: IQueue; keysParameter: string; model: ModelOfDesk | undefined }) => [
    // Converse is granted as InvokeModel: one model, and only where desk.yaml names it.
    ...(model ? [on(modelArn(model), 'bedrock:InvokeModel')] : []),
    // What is remembered of an address at which nothing arrived is forgotten when mail comes from it. What a team's requesters
    // reported lately is one Query, and so are the last messages of a ticket that is split.
    items(table, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    // Who had what its requester asked for last, where desk.yaml goes by it.
    on(`${table.tableArn}/index/hands`, 'dynamodb:Query'),
    objects(bucket, 's3:GetObject', 'in/*', 'mail/*'),
    objects(bucket, 's3:PutObject', 'mail/*', 'files/*', 'bodies/*'),
    // Handled mail moves out of in/; the rest is what #redact takes out for good, which the ledger then says.
    objects(bucket, 's3:DeleteObject', 'in/*', 'mail/*', 'files/*', 'bodies/*'),
    knowingWhatIsMissing(bucket),
    // A mail that was held is put back into the queue when its code has come; one that came too early goes back itself.
    on(mailQueue.queueArn, 'sqs:SendMessage'),
    on(parameterArn(keysParameter), 'ssm:GetParameter'),
  ],

  relayEvents: ({ updatesQueue, watchesQueue }: { updatesQueue: IQueue; watchesQueue: IQueue }) => [
    on(updatesQueue.queueArn, 'sqs:SendMessage'),
    on(watchesQueue.queueArn, 'sqs:SendMessage'),
  ],

  sendUpdate: ({
    table,
    bucket,
    keysParameter,
    domain,
    configurationSet,
    updatesQueue,
  }: Memory & {
    keysParameter: string;
    domain: string;
    configurationSet: string;
    updatesQueue: IQueue;
  }) => [
    // What SES takes no more of today waits there again.
    on(updatesQueue.queueArn, 'sqs:SendMessage'),
    // How much went to somebody outside is counted by UpdateItem.
    items(table, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    // What a report tells of is all that is open.
    on(`${table.tableArn}/index/open`, 'dynamodb:Query'),
    // #mine, #queue and a requester's own tickets; the words by which #find finds one stand in the listing.
    on(`${table.tableArn}/index/hands`, 'dynamodb:Query'),
    on(`${table.tableArn}/index/listing`, 'dynamodb:Query'),
    objects(bucket, 's3:GetObject', 'files/*', 'bodies/*', 'knowledge/*'),
    // What an article has become, beside the index.
    objects(bucket, 's3:PutObject', 'knowledge/*'),
    knowingWhatIsMissing(bucket),
    on(parameterArn(keysParameter), 'ssm:GetParameter'),
    // What is really allowed is in the condition: to write as the desk. The configuration set has to be named as well,
    // or each call that uses it is refused.
    new PolicyStatement({
      actions: ['ses:SendRawEmail'],
      resources: [sesArn('identity', '*'), sesArn('configuration-set', configurationSet)],
      conditions: { StringLike: { 'ses:FromAddress': `*@${domain}` } },
    }),
  ],

  startWatch: ({ watchMachine }: { watchMachine: StateMachine }) => [
    on(watchMachine.stateMachineArn, 'states:StartExecution'),
  ],

  advanceWatch: ({ table }: { table: ITable }) => [
    items(table, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'),
  ],

  receiveFeedback: ({ table }: { table: ITable }) => [
    // A ticket that waits because nothing reaches its requester is no load of its agent's.
    // What is audited names people by their pseudonyms, whose keys are one batch; so are the updates of which SES tells at once.
    items(table, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'),
  ],

  sweep: ({
    table,
    bucket,
    mailQueue,
    watchMachine,
  }: Memory & { mailQueue: IQueue; watchMachine: StateMachine }) => [
    // Recurring work that it opens is one ticket more of whoever gets it.
    // What is kept no longer is taken out, ticket by ticket.
    items(table, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    on(`${table.tableArn}/index/open`, 'dynamodb:Query'),
    // What somebody has who is away, and what others have for him.
    on(`${table.tableArn}/index/hands`, 'dynamodb:Query'),
    // The count of a day: its records are a range of the listing.
    on(`${table.tableArn}/index/listing`, 'dynamodb:Query'),
    objects(bucket, 's3:GetObject', 'in/*', 'mail/*', 'knowledge/*'),
    // What lies beside the index of articles is folded into it.
    objects(bucket, 's3:PutObject', 'knowledge/*'),
    objects(bucket, 's3:DeleteObject', 'knowledge/*', 'mail/*', 'files/*', 'bodies/*'),
    knowingWhatIsMissing(bucket),
    on(mailQueue.queueArn, 'sqs:SendMessage'),
    on(
      Stack.of(table).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${watchMachine.stateMachineName}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      'states:DescribeExecution',
    ),
    // How much of the day's mail is used up.
    on('*', 'ses:GetSendQuota'),
  ],

  sendDigests: ({ table }: { table: ITable }) => [
    // Whether there is one of the day; who is away; what waits to be told, which is taken away when it is.
    items(table, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'),
    on(`${table.tableArn}/index/hands`, 'dynamodb:Query'),
  ],

  sendCanary: ({ table }: { table: ITable }) => [items(table, 'PutItem')],

  countMeasures: ({ table }: { table: ITable }) => [
    // What was counted, what happened since, and what has become of mails; markers and rollups in one transaction.
    items(table, 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    ...readingStream(table),
  ],

  sendReport: ({ table }: { table: ITable }) => [
    // Whether there is one of the number; who is away; the tickets that are not closed; what was counted.
    items(table, 'GetItem', 'BatchGetItem', 'Query', 'PutItem'),
    on(`${table.tableArn}/index/open`, 'dynamodb:Query'),
  ],

  provision: ({ keysParameter }: { keysParameter: string }) => [
    on('*', 'ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet'),
    on(parameterArn(keysParameter), 'ssm:PutParameter'),
  ],
};

/**
 * Those that a mail passes on its way in and out: what people wait for. The others' calls are short and many, and their lines
 * in the log say how long each took; a trace of each would cost more than the calls do.
 */
export const TRACED: readonly FunctionName[] = ['receive-email', 'send-update'];

/** Lambda writes the traces of a function with the function's role. */
export const TRACING = on('*', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords');

/**
 * Where a right names more than one resource, and why it cannot name fewer: cdk-nag refuses every wildcard that is not
 * listed here for its function. `<Bucket.Arn>` is how it spells a reference.
 */
export const wildcards: Partial<Record<FunctionName, Record<string, string>>> = {
  'receive-email': {
    '<Bucket.Arn>/in/*': 'The key is the id that SES gives the mail.',
    '<Bucket.Arn>/mail/*': 'The key holds the day and the id that SES gave the mail.',
    '<Bucket.Arn>/files/*': 'The key holds the id of the mail that the attachment came with.',
    '<Bucket.Arn>/bodies/*': 'The key is the id of a message.',
  },
  'send-update': {
    '<Bucket.Arn>/files/*': 'Which attachments ride along, the ticket says.',
    '<Bucket.Arn>/bodies/*': 'Which message is sent, the ticket says.',
    '<Bucket.Arn>/knowledge/*': 'The key holds the language, and the id and version of the article.',
    'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*':
      "In the SES sandbox the recipient's identity is checked as well; the condition allows no other sender than the desk.",
  },
  'relay-events': {
    '*': 'Lambda lists streams when it is given one to read, and DynamoDB knows no narrower resource for it.',
  },
  'count-measures': {
    '*': 'Lambda lists streams when it is given one to read, and DynamoDB knows no narrower resource for it.',
  },
  sweep: {
    '*': 'What an account may send is the whole account’s.',
    '<Bucket.Arn>/in/*': 'What lies unhandled is only known by listing it.',
    '<Bucket.Arn>/mail/*': 'Which handled mail has no record is only known by counting the day.',
    '<Bucket.Arn>/knowledge/*': 'What lies beside an index of articles is only known by listing it.',
    '<Bucket.Arn>/files/*': 'What goes with a ticket whose time is over, the ticket says.',
    '<Bucket.Arn>/bodies/*': 'The same.',
    'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<WatchMachine.Name>:*':
      'The name of an execution holds the id of its ticket.',
  },
  provision: {
    '*': 'The choice of the active receipt rule set is one per account and region, and has no ARN.',
  },
};

/** Throws when the table has none. */
export function streamOf({ tableStreamArn }: ITable): string {
  if (!tableStreamArn) throw new Error('The table has no stream.');
  return tableStreamArn;
}

export function readingStream(table: ITable): PolicyStatement[] {
  return [
    on(streamOf(table), 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'),
    // Lambda asks for it when the mapping is made, and it knows no narrower resource.
    on('*', 'dynamodb:ListStreams'),
  ];
}

/** A transaction is checked item by item, each as what it does. An index is a resource of its own. */
function items(
  table: ITable,
  ...actions: ('GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem')[]
): PolicyStatement {
  return on(table.tableArn, ...actions.map((action) => `dynamodb:${action}`));
}

function objects(bucket: IBucket, action: string, ...keys: string[]): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: keys.map((key) => bucket.arnForObjects(key)) });
}

/** To whoever may not list, S3 answers "access denied" where an object is missing; a repeat would end as a fault. */
function knowingWhatIsMissing(bucket: IBucket): PolicyStatement {
  return on(bucket.bucketArn, 's3:ListBucket');
}

function on(resource: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}

function parameterArn(name: string): string {
  return `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${name}`;
}

function modelArn({ model, region = Aws.REGION }: ModelOfDesk): string {
  return `arn:${Aws.PARTITION}:bedrock:${region}::foundation-model/${model}`;
}

function sesArn(resource: string, name: string): string {
  return `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}/${name}`;
}

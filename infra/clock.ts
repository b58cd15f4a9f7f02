/**
 * THE CLOCK: one execution of the state machine for each ticket and generation, begun by `start-watch`, the sweep that
 * comes by every hour for whatever was left lying anywhere, the digests, which each come in somebody's morning, and the
 * hour's canary.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Bundles, deskFunction } from './lambda.ts';
import type { Memory } from './memory.ts';
import { keepLogicalId } from './names.ts';
import { permissions } from './permissions.ts';
import { deadLetterQueue, deskQueue } from './queue.ts';

const START_WATCH_TIMEOUT = 30;
/**
 * Seconds. A watch sleeps for minutes at least, and wakes when it should however late it began: those that begin together
 * cost one call. Where little comes Lambda may take up to 20.
 */
const WATCHES_WINDOW = 2;

export class Clock extends Construct {
  readonly watchesQueue: Queue;
  readonly deadLetters: Queue;
  readonly sweepDeadLetters: Queue;
  readonly digestsDeadLetters: Queue;
  readonly reportsDeadLetters: Queue;
  readonly canaryDeadLetters: Queue;
  readonly watchMachine: StateMachine;
  readonly advanceWatch: LambdaFunction;
  readonly sweep: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    { memory, bundles, mailQueue }: { memory: Memory; bundles: Bundles; mailQueue: Queue },
  ) {
    super(scope, id);
    const { table, bucket } = memory;

    this.advanceWatch = deskFunction(this, {
      name: 'advance-watch',
      bundles,
      description:
        'Looks at a ticket when its watch wakes: warns, climbs, reminds, closes; says when to wake next.',
      memory: 512,
      timeout: 30,
      environment: { DESK_TABLE: table.tableName, DESK_CLOCK: '' },
      permissions: permissions.advanceWatch({ table }),
    });
    this.watchMachine = this.machine(this.advanceWatch);

    const { queue, deadLetters } = deskQueue(this, 'WatchesQueue', {
      timeout: START_WATCH_TIMEOUT,
      window: WATCHES_WINDOW,
    });
    this.watchesQueue = queue;
    this.deadLetters = deadLetters;
    deskFunction(this, {
      name: 'start-watch',
      bundles,
      description: 'Starts the execution that keeps the time of a ticket.',
      memory: 512,
      timeout: START_WATCH_TIMEOUT,
      environment: { DESK_WATCH_MACHINE: this.watchMachine.stateMachineArn, DESK_CLOCK: '' },
      permissions: permissions.startWatch({ watchMachine: this.watchMachine }),
      queue: { queue, batchSize: 10, window: WATCHES_WINDOW, maxConcurrency: 2 },
    });

    this.sweepDeadLetters = deadLetterQueue(this, 'SweepDeadLetters');
    this.sweep = deskFunction(this, {
      name: 'sweep',
      bundles,
      description:
        'Every hour: mail that nobody handled, watches that died, tickets reckoned with an older desk.',
      memory: 512,
      // A desk that was down for days comes back with much to sweep; what is left over is for the next hour.
      timeout: 300,
      environment: {
        DESK_TABLE: table.tableName,
        DESK_BUCKET: bucket.bucketName,
        DESK_MAIL_QUEUE: mailQueue.queueUrl,
        DESK_WATCH_MACHINE: this.watchMachine.stateMachineArn,
        DESK_CLOCK: '',
      },
      permissions: permissions.sweep({ table, bucket, mailQueue, watchMachine: this.watchMachine }),
      tells: true,
      failures: this.sweepDeadLetters,
    });
    this.schedule('Sweep', this.sweep, this.sweepDeadLetters, {
      description: 'Every hour: the sweep.',
      scheduleExpression: 'rate(1 hour)',
    });

    this.digestsDeadLetters = deadLetterQueue(this, 'DigestsDeadLetters');
    const sendDigests = deskFunction(this, {
      name: 'send-digests',
      bundles,
      description: 'Every quarter of an hour: whose digest has come due, and what stands in it.',
      memory: 512,
      timeout: 120,
      environment: { DESK_TABLE: table.tableName, DESK_CLOCK: '' },
      permissions: permissions.sendDigests({ table }),
      failures: this.digestsDeadLetters,
    });
    this.schedule('Digests', sendDigests, this.digestsDeadLetters, {
      description: 'Every quarter of an hour: the digests that have come due.',
      // On the clock's own quarters, so that whoever begins at eight has it at eight. All zones keep to them.
      scheduleExpression: 'cron(0/15 * * * ? *)',
    });

    this.reportsDeadLetters = deadLetterQueue(this, 'ReportsDeadLetters');
    const sendReport = deskFunction(this, {
      name: 'send-report',
      bundles,
      description:
        'Every quarter of an hour: whose report has come due by his own clock, and what he has to decide.',
      memory: 512,
      timeout: 120,
      environment: { DESK_TABLE: table.tableName, DESK_CLOCK: '' },
      permissions: permissions.sendReport({ table }),
      failures: this.reportsDeadLetters,
    });
    this.schedule('Reports', sendReport, this.reportsDeadLetters, {
      description: 'Every quarter of an hour: the reports that have come due.',
      // As the digests.
      scheduleExpression: 'cron(0/15 * * * ? *)',
    });

    this.canaryDeadLetters = deadLetterQueue(this, 'CanaryDeadLetters');
    const sendCanary = deskFunction(this, {
      name: 'send-canary',
      bundles,
      description: 'Every hour: a mail from the desk to itself, through all of it.',
      memory: 256,
      timeout: 30,
      environment: { DESK_TABLE: table.tableName, DESK_CLOCK: '' },
      permissions: permissions.sendCanary({ table }),
      failures: this.canaryDeadLetters,
    });
    this.schedule('Canary', sendCanary, this.canaryDeadLetters, {
      description: 'Every hour: the canary.',
      scheduleExpression: 'rate(1 hour)',
    });
  }

  private machine(advanceWatch: LambdaFunction): StateMachine {
    // Under this prefix the rights to write are part of Lambda's and Step Functions' one policy for vended logs, which
    // otherwise grows with each log group until it is full.
    const logs = new LogGroup(this, 'WatchMachineLogs', {
      logGroupName: `/aws/vendedlogs/states/${Aws.STACK_NAME}-watch`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'WatchMachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        Rights: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [advanceWatch.functionArn],
            }),
          ],
        }),
      },
    });
    const machine = new StateMachine(this, 'WatchMachine', {
      comment: 'The running clock of one ticket.',
      stateMachineType: StateMachineType.STANDARD,
      // In the template itself, where CloudFormation's own validation reads it.
      definitionBody: DefinitionBody.fromString(readFileSync(WATCH, 'utf8')),
      definitionSubstitutions: { AdvanceWatchArn: advanceWatch.functionArn },
      role: keepLogicalId(role, 'WatchMachineRole'),
      logs: {
        destination: keepLogicalId(logs, 'WatchMachineLogs'),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    // Its logical id is kept for more than looks: replacing the machine ends every watch that is running.
    keepLogicalId(machine, 'WatchMachine');
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: "The calls that deliver a machine's log to CloudWatch know no resource.",
    });
    Validations.of(machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason:
          'Each state of each execution in the log costs more than the machine; the ticket records what each wake did, and faults are logged.',
      },
      {
        id: 'AwsSolutions-SF2',
        reason:
          'A watch waits for days and weeks, and X-Ray takes nothing of a trace after seven days. Each execution has its history, and each wake of advance-watch its lines in the log.',
      },
    );
    return machine;
  }

  private schedule(
    name: 'Sweep' | 'Digests' | 'Reports' | 'Canary',
    called: LambdaFunction,
    deadLetters: Queue,
    when: { description: string; scheduleExpression: string },
  ): void {
    // Scheduler calls asynchronously: it only learns that Lambda took the call, and Lambda has to say how it went.
    const failures = new CfnEventInvokeConfig(this, `${name}Failures`, {
      functionName: called.functionName,
      qualifier: '$LATEST',
      destinationConfig: { onFailure: { destination: deadLetters.queueArn } },
      // The next call does it all again.
      maximumRetryAttempts: 1,
    });
    keepLogicalId(failures, `${name}Failures`);
    const role = new Role(this, `${name}ScheduleRole`, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        Rights: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [called.functionArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
          ],
        }),
      },
    });
    const schedule = new CfnSchedule(this, `${name}Schedule`, {
      ...when,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: called.functionArn,
        roleArn: keepLogicalId(role, `${name}ScheduleRole`).roleArn,
        input: '{}',
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 1800 },
      },
    });
    keepLogicalId(schedule, `${name}Schedule`);
  }
}

const WATCH = join(import.meta.dirname, '..', 'workflows', 'watch.asl.json');

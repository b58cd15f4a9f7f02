/**
 * The whole desk as one stack: MEMORY, the three doors and the clock, and the alarms. It names neither account nor
 * region, so that it is synthesized without either.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Clock } from './clock.ts';
import { Board } from './dashboard.ts';
import { In } from './in.ts';
import { Insight } from './insight.ts';
import type { Bundles } from './lambda.ts';
import { Memory } from './memory.ts';
import { Out } from './out.ts';
import type { ModelOfDesk } from './permissions.ts';

export interface DeskStackProps extends StackProps {
  bundles: Bundles;
  /** The domain of desk.yaml. */
  domain: string;
  /** `triage.bedrock` of desk.yaml. */
  model?: ModelOfDesk;
  existingRuleSetName?: string;
  takeOverActiveRuleSet?: boolean;
  /** The Route 53 zone in which the desk's MX and DKIM records are written. Without it they are outputs. */
  zone?: { hostedZoneId: string; zoneName: string };
  /** `retention` of desk.yaml, in days; null for ever. */
  retention: { rawMail: number | null; logs: number };
  /** Is told by mail when an alarm rings. */
  alarmAddress?: string;
  /** `sending.mostADay` of desk.yaml. */
  mostADay: number;
  /** An account has three dashboards for nothing; each further one is $3 a month. */
  dashboard?: boolean;
}

export class DeskStack extends Stack {
  constructor(scope: Construct, id: string, props: DeskStackProps) {
    super(scope, id, { description: 'Replydesk: a help desk by mail.', ...props });
    const { bundles, domain } = props;
    const keysParameter = `/replydesk/${Aws.STACK_NAME}/keys`;

    const memory = new Memory(this, 'Memory', { rawMailDays: props.retention.rawMail });
    const mailIn = new In(this, 'In', {
      memory,
      bundles,
      domain,
      keysParameter,
      model: props.model,
      existingRuleSetName: props.existingRuleSetName,
      takeOverActiveRuleSet: props.takeOverActiveRuleSet ?? false,
    });
    const clock = new Clock(this, 'Clock', { memory, bundles, mailQueue: mailIn.mailQueue });
    const out = new Out(this, 'Out', {
      memory,
      bundles,
      domain,
      keysParameter,
      watchesQueue: clock.watchesQueue,
    });
    const insight = new Insight(this, 'Insight', { memory, bundles });
    const alarms = new Alarms(this, 'Alarms', {
      memory,
      mailIn,
      out,
      clock,
      insight,
      address: props.alarmAddress,
    });
    if (props.dashboard ?? true)
      new Board(this, 'Board', { memory, mailIn, out, clock, alarms, mostADay: props.mostADay });
    mailIn.rule.node.addDependency(clock, out, insight);
    // One period for whatever logs, so that no construct can forget it.
    for (const each of this.node.findAll())
      if (each instanceof CfnLogGroup) each.retentionInDays = props.retention.logs;

    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
    const mx = `10 inbound-smtp.${Aws.REGION}.amazonaws.com`;
    const outputs: Record<string, string> = {
      TableName: memory.table.tableName,
      BucketName: memory.bucket.bucketName,
      MailQueueUrl: mailIn.mailQueue.queueUrl,
      UpdatesQueueUrl: out.updatesQueue.queueUrl,
      WatchesQueueUrl: clock.watchesQueue.queueUrl,
      FeedbackQueueUrl: out.feedbackQueue.queueUrl,
      MailDeadLettersUrl: mailIn.deadLetters.queueUrl,
      UpdatesDeadLettersUrl: out.updatesDeadLetters.queueUrl,
      WatchesDeadLettersUrl: clock.deadLetters.queueUrl,
      FeedbackDeadLettersUrl: out.feedbackDeadLetters.queueUrl,
      RelayDeadLettersUrl: out.relayDeadLetters.queueUrl,
      SweepDeadLettersUrl: clock.sweepDeadLetters.queueUrl,
      DigestsDeadLettersUrl: clock.digestsDeadLetters.queueUrl,
      ReportsDeadLettersUrl: clock.reportsDeadLetters.queueUrl,
      CanaryDeadLettersUrl: clock.canaryDeadLetters.queueUrl,
      MeasuresDeadLettersUrl: insight.measuresDeadLetters.queueUrl,
      WatchMachineArn: clock.watchMachine.stateMachineArn,
      KeysParameter: keysParameter,
      ConfigurationSet: out.configurationSet.configurationSetName,
      MxRecord: `${domain} MX ${mx}`,
      Version: version,
    };
    out.identity.dkimRecords.forEach(({ name, value }, n) => {
      outputs[`DkimRecord${n + 1}`] = Fn.join(' CNAME ', [name, value]);
    });
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });

    if (!props.zone) return;
    const { hostedZoneId } = props.zone;
    const record = (recordId: string, name: string, type: string, value: string): CfnRecordSet =>
      new CfnRecordSet(this, recordId, { hostedZoneId, name, type, ttl: '1800', resourceRecords: [value] });
    record('MxRecordSet', domain, 'MX', mx);
    out.identity.dkimRecords.forEach(({ name, value }, n) => {
      record(`DkimRecordSet${n + 1}`, name, 'CNAME', value);
    });
  }
}

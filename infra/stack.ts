/**
 * The whole desk as one stack: MEMORY, the three doors and the clock, and the alarms. It names neither account nor
 * region, so that it is synthesized without either.
 */
import { Aws, CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Clock } from './clock.ts';
import { In } from './in.ts';
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
  /** Is told by mail when an alarm rings. */
  alarmAddress?: string;
}

export class DeskStack extends Stack {
  constructor(scope: Construct, id: string, props: DeskStackProps) {
    super(scope, id, { description: 'Replydesk: a help desk by mail.', ...props });
    const { bundles, domain } = props;
    const keysParameter = `/replydesk/${Aws.STACK_NAME}/keys`;

    const memory = new Memory(this, 'Memory');
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
    new Alarms(this, 'Alarms', { mailIn, out, clock, address: props.alarmAddress });
    mailIn.rule.node.addDependency(clock, out);

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
      WatchMachineArn: clock.watchMachine.stateMachineArn,
      KeysParameter: keysParameter,
      ConfigurationSet: out.configurationSet.configurationSetName,
      MxRecord: `${domain} MX ${mx}`,
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

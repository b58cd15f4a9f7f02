/**
 * A topic to which one AWS service publishes, with a policy that says so.
 *
 * The policy is written out because `enforceSSL` would make one that holds nothing but its own denial, and a policy of
 * ours replaces the default one, under which the account's services may publish: SES and CloudWatch would be refused.
 */
import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { keepLogicalId } from './names.ts';

/** Whoever makes the service publish must depend on `policy`: SES tries the topic when a rule or destination is made. */
export function deskTopic(
  scope: Construct,
  id: string,
  { publisher }: { publisher: string },
): { topic: Topic; policy: TopicPolicy } {
  const topic = keepLogicalId(new Topic(scope, id), id);
  const policy = new TopicPolicy(scope, `${id}Policy`, { topics: [topic] });
  policy.document.addStatements(
    new PolicyStatement({
      sid: 'PublisherOfThisAccount',
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal(publisher)],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    new PolicyStatement({
      sid: 'NothingInClear',
      effect: Effect.DENY,
      actions: ['sns:Publish'],
      principals: [new AnyPrincipal()],
      resources: [topic.topicArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
  return { topic, policy: keepLogicalId(policy, `${id}Policy`) };
}

/** What of a template holds something that a deployment must not replace, and what CloudFormation would replace it for. */
import { type DeskTemplate, resources } from './desk-template.ts';

/** By type, the properties whose change makes CloudFormation begin with an empty one. */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['KeySchema', 'TableName'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SES::EmailIdentity': ['EmailIdentity'],
  'AWS::SES::ConfigurationSet': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
  // It makes the keys that everything is signed with, under this name.
  'Custom::Preparation': ['KeysParameter'],
  'AWS::SES::ReceiptRuleSet': ['RuleSetName'],
};

export interface Released {
  type: string;
  /** Those of its properties that must not change. */
  fixed: Record<string, unknown>;
}

export function statefulIn(template: DeskTemplate): Record<string, Released> {
  return Object.fromEntries(
    Object.entries(STATEFUL).flatMap(([type, properties]) =>
      resources(template, type).map(([id, { Properties = {} }]): [string, Released] => {
        const fixed = properties.flatMap((name) => (name in Properties ? [[name, Properties[name]]] : []));
        return [id, { type, fixed: Object.fromEntries(fixed) }];
      }),
    ),
  );
}

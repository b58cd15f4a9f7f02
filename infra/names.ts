import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Gives a resource the logical id under which the deployed desk knows it, in place of one derived from where its
 * construct stands. Moving a construct to another file then never replaces a table that holds tickets, or a machine
 * whose watches are running; and logs and laptop speak of `MailQueue`.
 */
export function keepLogicalId<C extends IConstruct>(construct: C, id: string): C {
  const resource = (construct.node.defaultChild ?? construct) as CfnResource;
  resource.overrideLogicalId(id);
  return construct;
}

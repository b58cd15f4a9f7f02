/** Takes the stack away and leaves the data. */
import type { DeployedStack } from '../aws/account.ts';
import type { Cdk } from './cdk.ts';
import { Refused } from './refused.ts';

export interface Remains {
  what: string;
  /** How that goes as well. */
  command: string;
}

export interface Uninstalled {
  outcome: 'looked' | 'deleted';
  remains: Remains[];
}

export async function uninstall(
  { stackName, domain, region }: { stackName: string; domain: string; region: string },
  { dryRun }: { dryRun: boolean },
  {
    stack,
    cdk,
    typed,
    say,
  }: { stack(): Promise<DeployedStack | null>; cdk: Cdk; typed(): Promise<string>; say(words: string): void },
): Promise<Uninstalled> {
  const found = await stack();
  if (!found) throw new Refused(`There is no stack ${stackName} in ${region}.`);
  // Asked before: afterwards nothing knows their names any more.
  const remains = whatRemains(found.outputs, domain, region);
  if (dryRun) return { outcome: 'looked', remains };
  say(
    `All functions, queues, topics, alarms and watches of ${stackName} go, and mail to ${domain} bounces from then on. These remain:`,
  );
  for (const { what } of remains) say(`  ${what}`);
  if ((await typed()) !== stackName) throw new Refused('That is not its name. Nothing was deleted.');
  if ((await cdk(['destroy', '--force'])) !== 0)
    throw new Refused(
      'The stack could not be deleted; the words of the CDK are above. Doing it again goes on.',
    );
  return { outcome: 'deleted', remains };
}

export function whatRemains(
  { TableName, BucketName, KeysParameter }: Readonly<Record<string, string>>,
  domain: string,
  region: string,
): Remains[] {
  const aws = `aws --region ${region}`;
  return [
    ...(TableName
      ? [
          {
            what: `the table ${TableName}: tickets, events, messages, the record of every mail`,
            command: `${aws} dynamodb delete-table --table-name ${TableName}`,
          },
        ]
      : []),
    ...(BucketName
      ? [
          {
            what: `the bucket ${BucketName}: raw mail, attachments, articles' index`,
            command: `${aws} s3 rb --force s3://${BucketName}`,
          },
        ]
      : []),
    ...(KeysParameter
      ? [
          {
            what: `the keys ${KeysParameter}: a later desk of this name takes them over, so that replies to old mail are known`,
            command: `${aws} ssm delete-parameter --name ${KeysParameter}`,
          },
        ]
      : []),
    {
      what: `the DNS records of ${domain}: its MX, three CNAMEs of DKIM, DMARC`,
      command: "by hand, where the domain's DNS is kept",
    },
    {
      what: "the CDK's bootstrap stack CDKToolkit, which other stacks of the account may use",
      command: `${aws} cloudformation delete-stack --stack-name CDKToolkit`,
    },
  ];
}

export function describeUninstalled({ outcome, remains }: Uninstalled): string {
  return [
    outcome === 'deleted' ? 'The stack is gone. These remain:' : 'Nothing was deleted. These would remain:',
    ...remains.flatMap(({ what, command }) => ['', `  ${what}`, `    to delete it: ${command}`]),
  ].join('\n');
}

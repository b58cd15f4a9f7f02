/**
 * What an account is like before and after a deployment, for whoever is about to blame the desk. Every call only reads, gives
 * up after `LONGEST_LOOK`, answers null for what is not there, and throws for what it cannot say.
 */
import { lazy } from './clients.ts';

/** Milliseconds, each call. Somebody sits in front of it. */
export const LONGEST_LOOK = 10_000;

export interface MailAccount {
  /** False: the account is in the SES sandbox in this region. */
  production: boolean;
  /** Of the request to leave the sandbox; null when there was none. */
  review: 'PENDING' | 'DENIED' | 'GRANTED' | 'FAILED' | null;
  sendingEnabled: boolean;
  enforcement: string | null;
  /** Mails in 24 hours and a second; `max24h` is -1 for without limit. */
  quota: { max24h: number; perSecond: number; sent24h: number } | null;
  suppresses: string[];
  plan: string | null;
}

export interface MailIdentity {
  verified: boolean;
  dkim: { status: string; tokens: string[]; zone: string };
  mailFrom: { domain: string; status: string } | null;
}

export interface ActiveRules {
  name: string;
  /** Of rules that are enabled. A rule without recipients is for all. */
  recipients: string[];
  takesAll: boolean;
}

export interface DeployedStack {
  status: string;
  outputs: Record<string, string>;
}

export interface Account {
  region(): Promise<string>;
  /** The account's number. */
  who(): Promise<string>;
  /** The version of the CDK's bootstrap stack. */
  bootstrap(): Promise<number | null>;
  stack(name: string): Promise<DeployedStack | null>;
  /** The name of the receipt rule set that the stack made; null where there is no stack, or somebody else keeps the rule set. */
  ruleSet(stack: string): Promise<string | null>;
  mail(): Promise<MailAccount>;
  identity(domain: string): Promise<MailIdentity | null>;
  activeRules(): Promise<ActiveRules | null>;
  /** `most` addresses at the most. */
  suppressed(most: number): Promise<string[]>;
  /** Executions at once that no function has reserved. */
  concurrency(): Promise<number>;
}

export function openAccount(): Account {
  return {
    async region() {
      const { client } = await callers();
      return client.config.region();
    },
    async who() {
      const { sts, client } = await callers();
      const { Account } = await client.send(new sts.GetCallerIdentityCommand({}), soon());
      return Account ?? '';
    },
    async bootstrap() {
      const { ssm, client } = await parameters();
      try {
        const { Parameter } = await client.send(
          new ssm.GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }),
          soon(),
        );
        return Number(Parameter?.Value);
      } catch (error) {
        if (named(error, 'ParameterNotFound')) return null;
        throw error;
      }
    },
    async stack(name) {
      const { cloudFormation, client } = await stacks();
      try {
        const { Stacks } = await client.send(
          new cloudFormation.DescribeStacksCommand({ StackName: name }),
          soon(),
        );
        const [stack] = Stacks ?? [];
        const outputs = (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
        return { status: stack?.StackStatus ?? 'UNKNOWN', outputs: Object.fromEntries(outputs) };
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    async ruleSet(stack) {
      const { cloudFormation, client } = await stacks();
      try {
        const { StackResources } = await client.send(
          new cloudFormation.DescribeStackResourcesCommand({
            StackName: stack,
            LogicalResourceId: 'MailRuleSet',
          }),
          soon(),
        );
        return StackResources?.[0]?.PhysicalResourceId ?? null;
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    async mail() {
      const { ses, client } = await sending();
      const account = await client.send(new ses.GetAccountCommand({}), soon());
      const { SendQuota: quota } = account;
      return {
        production: account.ProductionAccessEnabled === true,
        review: account.Details?.ReviewDetails?.Status ?? null,
        sendingEnabled: account.SendingEnabled === true,
        enforcement: account.EnforcementStatus ?? null,
        quota: quota
          ? {
              max24h: quota.Max24HourSend ?? 0,
              perSecond: quota.MaxSendRate ?? 0,
              sent24h: quota.SentLast24Hours ?? 0,
            }
          : null,
        suppresses: account.SuppressionAttributes?.SuppressedReasons ?? [],
        plan: account.PricingAttributes?.CurrentPlan ?? null,
      };
    },
    async identity(domain) {
      const { ses, client } = await sending();
      try {
        const {
          VerifiedForSendingStatus: verified,
          DkimAttributes: dkim,
          MailFromAttributes: from,
        } = await client.send(new ses.GetEmailIdentityCommand({ EmailIdentity: domain }), soon());
        return {
          verified: verified === true,
          dkim: {
            status: dkim?.Status ?? 'NOT_STARTED',
            tokens: dkim?.Tokens ?? [],
            zone: dkim?.SigningHostedZone ?? 'dkim.amazonses.com',
          },
          mailFrom: from?.MailFromDomain
            ? { domain: from.MailFromDomain, status: from.MailFromDomainStatus ?? 'PENDING' }
            : null,
        };
      } catch (error) {
        if (named(error, 'NotFoundException')) return null;
        throw error;
      }
    },
    async activeRules() {
      const { ses, client } = await receiving();
      const { Metadata, Rules } = await client.send(new ses.DescribeActiveReceiptRuleSetCommand({}), soon());
      if (!Metadata?.Name) return null;
      const enabled = (Rules ?? []).filter(({ Enabled }) => Enabled);
      return {
        name: Metadata.Name,
        recipients: enabled.flatMap(({ Recipients }) => Recipients ?? []),
        takesAll: enabled.some(({ Recipients }) => !Recipients || Recipients.length === 0),
      };
    },
    async suppressed(most) {
      const { ses, client } = await sending();
      const found: string[] = [];
      let next: string | undefined;
      do {
        const page = await client.send(
          new ses.ListSuppressedDestinationsCommand({ PageSize: 1000, NextToken: next }),
          soon(),
        );
        for (const { EmailAddress } of page.SuppressedDestinationSummaries ?? [])
          if (EmailAddress) found.push(EmailAddress.toLowerCase());
        next = page.NextToken;
      } while (next && found.length < most);
      return found.slice(0, most);
    },
    async concurrency() {
      const { lambda, client } = await functions();
      const { AccountLimit } = await client.send(new lambda.GetAccountSettingsCommand({}), soon());
      return AccountLimit?.UnreservedConcurrentExecutions ?? 0;
    },
  };
}

function soon(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(LONGEST_LOOK) };
}

/** CloudFormation has no name of its own for what is not there. */
function isAbsent(error: unknown): boolean {
  return named(error, 'ValidationError') && /does not exist/.test((error as Error).message);
}

function named(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** A laptop that is offline should hear so, and not wait for three attempts. */
const ONCE_MORE = { maxAttempts: 2 };

const callers = lazy(async () => {
  const sts = await import('@aws-sdk/client-sts');
  return { sts, client: new sts.STSClient(ONCE_MORE) };
});
const parameters = lazy(async () => {
  const ssm = await import('@aws-sdk/client-ssm');
  return { ssm, client: new ssm.SSMClient(ONCE_MORE) };
});
const stacks = lazy(async () => {
  const cloudFormation = await import('@aws-sdk/client-cloudformation');
  return { cloudFormation, client: new cloudFormation.CloudFormationClient(ONCE_MORE) };
});
const sending = lazy(async () => {
  const ses = await import('@aws-sdk/client-sesv2');
  return { ses, client: new ses.SESv2Client(ONCE_MORE) };
});
const receiving = lazy(async () => {
  const ses = await import('@aws-sdk/client-ses');
  return { ses, client: new ses.SESClient(ONCE_MORE) };
});
const functions = lazy(async () => {
  const lambda = await import('@aws-sdk/client-lambda');
  return { lambda, client: new lambda.LambdaClient(ONCE_MORE) };
});

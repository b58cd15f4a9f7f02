/** SES, receiving: which of the account's receipt rule sets is active. There is one in each region, or none. */
import { lazy } from './clients.ts';

export interface Receiving {
  /** The name of the active rule set. */
  active(): Promise<string | null>;
  /**
   * Makes it the active one; null: none, and then the whole account receives nothing in this region. What was active
   * before stops receiving without a word to anyone: look first.
   */
  activate(ruleSetName: string | null): Promise<'activated' | 'unknown-rule-set'>;
}

export function openReceiving(): Receiving {
  return {
    async active() {
      const { ses, client } = await receiving();
      const { Metadata } = await client.send(new ses.DescribeActiveReceiptRuleSetCommand({}));
      return Metadata?.Name ?? null;
    },
    async activate(ruleSetName) {
      const { ses, client } = await receiving();
      try {
        await client.send(new ses.SetActiveReceiptRuleSetCommand({ RuleSetName: ruleSetName ?? undefined }));
        return 'activated';
      } catch (error) {
        if (error instanceof Error && error.name === 'RuleSetDoesNotExistException')
          return 'unknown-rule-set';
        throw error;
      }
    },
  };
}

const receiving = lazy(async () => {
  const ses = await import('@aws-sdk/client-ses');
  // These calls are allowed once a second in the whole account, and repeating one does no harm.
  return { ses, client: new ses.SESClient({ maxAttempts: 8, retryMode: 'adaptive' }) };
});

/**
 * What the functions tell CloudWatch, beside what AWS itself measures. Few, with no dimension but the stack's name, and
 * told only when there is something to tell: CloudWatch takes $0.30 a month for each name in whose every hour something
 * was told. test/infra/metrics.test.ts holds alarms, dashboard and functions to this list.
 */
export const METRICS = {
  /** Seconds from the hour's canary being written to its being read again. */
  CanaryRoundTrip: 'Seconds',
  /** Mails of which SES said that it took them. */
  MailsSent: 'Count',
  /** Updates that wait because no more may leave today, by desk.yaml or by SES; each time that one is put back. */
  HeldBack: 'Count',
  /** SES asked to slow down. */
  SendThrottled: 'Count',
  /** Of what SES lets the account send in 24 hours, how much is used. */
  SendQuotaUsed: 'Percent',
  /** Mails that the desk itself failed at. */
  Poison: 'Count',
  /** Age of the oldest mail under `in/` that the sweep had to hand in again. */
  OldestUnhandled: 'Seconds',
  /** Mails that were handed in again before and lie there all the same. */
  StuckMail: 'Count',
  /** Mails by which a day and its records differ. */
  Unbalanced: 'Count',
  /** Tickets whose watch had to be started again. */
  Overdue: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;

/** The stack's name is the one dimension, under the name that Powertools gives it. */
export const METRICS_NAMESPACE = 'Replydesk';
export const METRICS_DIMENSION = 'service';

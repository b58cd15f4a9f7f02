/**
 * What AWS asks for a unit of each thing that the desk uses: us-east-1, à la carte, without tax, as of 2026-11-21.
 * Whoever runs the desk elsewhere pays up to a third more. The pages:
 * https://aws.amazon.com/ses/pricing/ https://aws.amazon.com/s3/pricing/ https://aws.amazon.com/sns/pricing/
 * https://aws.amazon.com/sqs/pricing/ https://aws.amazon.com/lambda/pricing/ https://aws.amazon.com/dynamodb/pricing/on-demand/
 * https://aws.amazon.com/step-functions/pricing/ https://aws.amazon.com/eventbridge/pricing/
 * https://aws.amazon.com/cloudwatch/pricing/ https://aws.amazon.com/kms/pricing/ https://aws.amazon.com/xray/pricing/
 */

export const PRICED_AT = '2026-11-21';
export const PRICED_IN = 'us-east-1';

export interface Price {
  service: string;
  /** The unit in words, plural. */
  unit: string;
  /** Of one unit, in USD. */
  dollars: number;
  /** Units a month that every account has for nothing, however old it is; 0 where there are none. */
  free: number;
}

export const PRICES = {
  'ses-received': { service: 'SES', unit: 'mails received', dollars: 0.1 / 1_000, free: 0 },
  // Only full chunks of 256 KB count.
  'ses-received-chunks': { service: 'SES', unit: '256 KB of mail received', dollars: 0.09 / 1_000, free: 0 },
  'ses-sent': { service: 'SES', unit: 'mails sent', dollars: 0.1 / 1_000, free: 0 },
  'ses-sent-gb': { service: 'SES', unit: 'GB sent', dollars: 0.12, free: 0 },
  's3-writes': { service: 'S3', unit: 'writes and lists', dollars: 0.005 / 1_000, free: 0 },
  's3-reads': { service: 'S3', unit: 'reads', dollars: 0.0004 / 1_000, free: 0 },
  's3-gb-months': { service: 'S3', unit: 'GB kept for a month', dollars: 0.023, free: 0 },
  'sns-published': { service: 'SNS', unit: 'publications (64 KB)', dollars: 0.5 / 1e6, free: 1e6 },
  'sqs-requests': { service: 'SQS', unit: 'requests (64 KB)', dollars: 0.4 / 1e6, free: 1e6 },
  'lambda-requests': { service: 'Lambda', unit: 'calls', dollars: 0.2 / 1e6, free: 1e6 },
  'lambda-gb-seconds': { service: 'Lambda', unit: 'GB-seconds, arm64', dollars: 0.0000133334, free: 400_000 },
  // Billed as the rest since 2025-08; apart, because nobody knows how often AWS starts a function anew.
  'lambda-init-gb-seconds': {
    service: 'Lambda',
    unit: 'GB-seconds of starting',
    dollars: 0.0000133334,
    free: 0,
  },
  'dynamodb-writes': { service: 'DynamoDB', unit: 'write units', dollars: 0.625 / 1e6, free: 0 },
  'dynamodb-reads': { service: 'DynamoDB', unit: 'read units', dollars: 0.125 / 1e6, free: 0 },
  'dynamodb-gb-months': { service: 'DynamoDB', unit: 'GB kept for a month', dollars: 0.25, free: 25 },
  'dynamodb-backup-gb-months': {
    service: 'DynamoDB',
    unit: 'GB of backup for a month',
    dollars: 0.2,
    free: 0,
  },
  'states-transitions': {
    service: 'Step Functions',
    unit: 'transitions',
    dollars: 0.025 / 1_000,
    free: 4_000,
  },
  'scheduler-calls': { service: 'Scheduler', unit: 'calls', dollars: 1 / 1e6, free: 14e6 },
  'log-gb': { service: 'CloudWatch', unit: 'GB of logs', dollars: 0.5, free: 5 },
  'alarm-months': { service: 'CloudWatch', unit: 'alarms', dollars: 0.1, free: 10 },
  'metric-months': { service: 'CloudWatch', unit: 'metrics of our own', dollars: 0.3, free: 10 },
  'dashboard-months': { service: 'CloudWatch', unit: 'dashboards', dollars: 3, free: 3 },
  // A SecureString of the standard tier costs nothing to read but its decryption.
  'kms-requests': { service: 'KMS', unit: 'decryptions', dollars: 0.03 / 10_000, free: 20_000 },
  'xray-traces': { service: 'X-Ray', unit: 'traces', dollars: 5 / 1e6, free: 100_000 },
} as const satisfies Record<string, Price>;

export type Unit = keyof typeof PRICES;
export const UNITS = Object.keys(PRICES) as Unit[];
export type Amounts = Partial<Record<Unit, number>>;

export interface Bill {
  /** USD; exactly the sum of `byService`. */
  total: number;
  byService: Record<string, number>;
  lines: { unit: Unit; service: string; amount: number; dollars: number }[];
}

/** `free`: after what every account has for nothing each month, which only a whole month may ask. */
export function billOf(amounts: Amounts, { free = false } = {}): Bill {
  const lines = UNITS.flatMap((unit) => {
    const { service, dollars, free: allowance } = PRICES[unit];
    const used = amounts[unit] ?? 0;
    const amount = free ? Math.max(0, used - allowance) : used;
    return used === 0 ? [] : [{ unit, service, amount, dollars: amount * dollars }];
  });
  const byService: Record<string, number> = {};
  for (const { service, dollars } of lines) byService[service] = (byService[service] ?? 0) + dollars;
  const total = Object.values(byService).reduce((sum, dollars) => sum + dollars, 0);
  return { total, byService, lines };
}

export function together(...all: readonly Amounts[]): Amounts {
  const sum: Amounts = {};
  for (const amounts of all)
    for (const unit of UNITS)
      if (amounts[unit] !== undefined) sum[unit] = (sum[unit] ?? 0) + (amounts[unit] ?? 0);
  return sum;
}

export function times(amounts: Amounts, factor: number): Amounts {
  return Object.fromEntries(Object.entries(amounts).map(([unit, amount]) => [unit, amount * factor]));
}

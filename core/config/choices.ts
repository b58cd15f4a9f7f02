/**
 * What desk.yaml and mails choose from. Apart from the schema, because functions, which are given a desk that was
 * checked, would spend a third of a cold start on building it.
 */
export const IMPACTS = ['one', 'team', 'everyone'] as const;
export const URGENCIES = ['routine', 'degraded', 'outage'] as const;
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export const TYPES = ['incident', 'problem', 'change', 'request'] as const;
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** In which the desk has words for everything that it says. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ja'] as const;

export const QUORUMS = ['all', 'any'] as const;
export const MOST_APPROVERS = 10;

/** Of what CloudWatch Logs knows, up to ten years. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const LOG_PERIODS = [
  ...(['1d', '3d', '5d', '7d', '14d', '30d', '60d', '90d', '120d', '150d', '180d', '365d', '400d'] as const),
  ...(['545d', '731d', '1096d', '1827d', '2192d', '2557d', '2922d', '3288d', '3653d'] as const),
] as const;

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

/**
 * What a deployment may be asked for, as CDK context. A name that nobody knows is refused: a misspelt
 * `existingRuleSetName` would otherwise make a desk that tries to take over the mail of others.
 */
import { resolve } from 'node:path';
import * as z from 'zod';

const Yes = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')],
  'true or false',
);

const Options = z
  .strictObject({
    /** Path of desk.yaml. */
    config: z.string().min(1).optional(),
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'letters, digits and hyphens, beginning with a letter')
      .default('Replydesk'),
    existingRuleSetName: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'the name of a receipt rule set')
      .optional(),
    takeOverActiveRuleSet: Yes.default(false),
    hostedZoneId: z
      .string()
      .regex(/^Z[A-Z0-9]+$/, 'the id of a Route 53 zone, such as Z0123456789ABC')
      .optional(),
    zoneName: z.string().min(1).optional(),
    alarmAddress: z.email('an email address').optional(),
    /** The fourth and each further dashboard of an account is $3 a month. */
    dashboard: Yes.default(true),
  })
  .refine(({ hostedZoneId, zoneName }) => (hostedZoneId === undefined) === (zoneName === undefined), {
    path: ['hostedZoneId'],
    error: 'hostedZoneId and zoneName belong together',
  });

export interface DeskOptions {
  /** Absolute path of desk.yaml. */
  config: string;
  stackName: string;
  existingRuleSetName?: string;
  takeOverActiveRuleSet: boolean;
  zone?: { hostedZoneId: string; zoneName: string };
  alarmAddress?: string;
  dashboard: boolean;
}

/** `context`: all of the app's; what belongs to the CDK has a colon in its name, or begins with cli-. `fallback`: a desk.yaml if it names none. */
export function readOptions(
  context: Record<string, unknown>,
  fallback: string | undefined,
): { ok: true; options: DeskOptions } | { ok: false; problem: string } {
  const ours = Object.fromEntries(
    Object.entries(context).filter(([name]) => !name.includes(':') && !name.startsWith('cli-')),
  );
  const parsed = Options.safeParse(ours);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      ({ path, message }) => `  ${path.length > 0 ? `-c ${path.join('.')}: ` : ''}${message}`,
    );
    return { ok: false, problem: ['These options do not work:', ...lines].join('\n') };
  }
  const { config, hostedZoneId, zoneName, ...rest } = parsed.data;
  return {
    ok: true,
    options: {
      ...rest,
      config: resolve(config ?? fallback ?? 'desk.yaml'),
      zone: hostedZoneId !== undefined && zoneName !== undefined ? { hostedZoneId, zoneName } : undefined,
    },
  };
}

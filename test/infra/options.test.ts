import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOptions } from '../../infra/options.ts';

function options(context: Record<string, unknown>, fallback?: string) {
  const read = readOptions(context, fallback);
  if (!read.ok) throw new Error(read.problem);
  return read.options;
}

function problem(context: Record<string, unknown>): string {
  const read = readOptions(context, undefined);
  if (read.ok) throw new Error('These options work.');
  return read.problem;
}

describe('a deployment’s options', () => {
  test('without any, a stack Replydesk of the desk.yaml at hand, which takes nothing over', () => {
    expect(options({})).toEqual({
      config: join(process.cwd(), 'desk.yaml'),
      stackName: 'Replydesk',
      takeOverActiveRuleSet: false,
      dashboard: true,
      zone: undefined,
    });
  });

  test('the desk.yaml is that of -c config, else that of DESK_CONFIG', () => {
    expect(options({ config: '/etc/desk/a.yaml' }, '/etc/desk/b.yaml').config).toBe('/etc/desk/a.yaml');
    expect(options({}, '/etc/desk/b.yaml').config).toBe('/etc/desk/b.yaml');
  });

  test('a yes comes from the command line as a word', () => {
    expect(options({ takeOverActiveRuleSet: 'true' }).takeOverActiveRuleSet).toBe(true);
    expect(options({ takeOverActiveRuleSet: 'false' }).takeOverActiveRuleSet).toBe(false);
    expect(problem({ takeOverActiveRuleSet: 'yes' })).toContain('-c takeOverActiveRuleSet: true or false');
  });

  test('a name that nobody knows is refused: misspelt, it would make a desk that takes over others’ mail', () => {
    expect(problem({ existingRulesetName: 'company-mail' })).toContain('existingRulesetName');
  });

  test('what belongs to the CDK itself passes by', () => {
    expect(() =>
      options({ '@aws-cdk/core:newStyle': true, 'aws:cdk:bundling-stacks': [], 'cli-telemetry': false }),
    ).not.toThrow();
  });

  test('a zone is named by its id and its name, together', () => {
    expect(options({ hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' }).zone).toEqual({
      hostedZoneId: 'Z0123456789ABC',
      zoneName: 'example.com',
    });
    expect(problem({ hostedZoneId: 'Z0123456789ABC' })).toContain('belong together');
    expect(problem({ zoneName: 'example.com' })).toContain('belong together');
  });

  test.each([
    ['alarmAddress', 'ops at example.com'],
    ['existingRuleSetName', 'no spaces please'],
    ['stackName', '1st-desk'],
    ['hostedZoneId', 'example.com'],
  ])('%s «%s» is refused', (name, value) => {
    expect(problem({ [name]: value })).toContain(`-c ${name}: `);
  });
});

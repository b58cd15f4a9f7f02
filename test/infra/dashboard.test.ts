/** The dashboard: everything that rings, everything that lies undelivered, and no more than costs nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deskTemplate, resource, resources } from './desk-template.ts';

interface Widget {
  type: 'text' | 'alarm' | 'metric';
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { markdown?: string; alarms?: string[]; title?: string; metrics?: unknown[][] };
}

const template = await deskTemplate();
const widgets = widgetsOf(template.Resources.Dashboard?.Properties.DashboardBody);
const everything = JSON.stringify(widgets);
const alarms = resources(template, 'AWS::CloudWatch::Alarm');

/** With `<Queue.Arn>` where CloudFormation fills in a name. */
function widgetsOf(body: unknown): Widget[] {
  const [, parts] = (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  const name = (part: unknown) => {
    const { Ref, 'Fn::GetAtt': att } = part as { Ref?: string; 'Fn::GetAtt'?: string[] };
    return `<${Ref ?? att?.join('.')}>`;
  };
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : name(part))).join('')).widgets;
}

describe('the dashboard', () => {
  test('shows the state of every alarm, each in one of its parts', () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(shown.sort()).toEqual(alarms.map(([id]) => `<${id}.Arn>`).sort());
  });

  test('says of each alarm which heading of the runbook it has', () => {
    const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
    const said = widgets.map(({ properties }) => properties.markdown ?? '').join('\n');
    for (const [id] of alarms) {
      const [, heading] = new RegExp(`^${id}: \\*(.+?)\\* *$`, 'm').exec(said) ?? [];
      expect(runbook, id).toContain(`\n## ${heading}\n`);
    }
  });

  test('shows what lies in each dead-letter queue', () => {
    for (const [id] of resources(template, 'AWS::SQS::Queue').filter(([name]) =>
      name.endsWith('DeadLetters'),
    ))
      expect(everything).toContain(
        `"AWS/SQS","ApproximateNumberOfMessagesVisible","QueueName","<${id}.QueueName>"`,
      );
  });

  test('shows the age of the oldest mail, update and feedback that waits, and of mail that nobody handled', () => {
    for (const queue of ['MailQueue', 'UpdatesQueue', 'FeedbackQueue'])
      expect(everything).toContain(`"ApproximateAgeOfOldestMessage","QueueName","<${queue}.QueueName>"`);
    expect(everything).toContain('"OldestUnhandled"');
  });

  test('has no more metrics than the fifty that one of the three free ones may show', () => {
    const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    expect(metrics.length).toBeGreaterThan(20);
    expect(metrics.length).toBeLessThanOrEqual(50);
  });

  test('draws the mails of a day beside the most that desk.yaml lets leave', () => {
    const day = JSON.stringify(widgets.find(({ properties }) => properties.title === 'Mails sent in a day'));
    expect(day).toContain('"MailsSent"');
    expect(day).toContain('"value":10000');
  });

  test('no widget lies upon another', () => {
    for (const [n, a] of widgets.entries())
      for (const b of widgets.slice(n + 1)) {
        const apart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${JSON.stringify(a.properties)} ${JSON.stringify(b.properties)}`).toBe(true);
      }
  });

  test('is left out where the account has three already', async () => {
    const without = await deskTemplate({ dashboard: false });
    expect(resources(without, 'AWS::CloudWatch::Dashboard')).toEqual([]);
    expect(resource(without, 'CanaryAlarm')).toBeDefined();
  });
});

/** What the functions tell and what alarms and the dashboard listen for are the same list. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { METRICS, METRICS_DIMENSION, METRICS_NAMESPACE } from '../../core/metrics.ts';
import { openWorld } from '../../functions/handler.ts';
import { desk } from '../sample.ts';
import { deskTemplate, ref, resources } from './desk-template.ts';

const template = await deskTemplate();
const FOLDER = join(import.meta.dirname, '..', '..', 'functions');
const names = Object.keys(METRICS).sort();

/** The metrics that a source tells. */
function toldIn(file: string): string[] {
  return [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/\bmetric\('(\w+)'/g)].map(
    ([, name]) => name as string,
  );
}

describe('a metric of the desk’s own', () => {
  test('is told by a function, each of them', () => {
    expect([...new Set(readdirSync(FOLDER).flatMap(toldIn))].sort()).toEqual(names);
  });

  test('is looked at by an alarm or on the dashboard, each of them; and nothing is looked for that nobody tells', () => {
    const looking = JSON.stringify([
      ...resources(template, 'AWS::CloudWatch::Alarm'),
      ...resources(template, 'AWS::CloudWatch::Dashboard'),
    ]);
    const inAlarms = [...looking.matchAll(/"MetricName":"(\w+)","Namespace":"Replydesk"/g)];
    const onBoard = [...looking.matchAll(/\\"Replydesk\\",\\"(\w+)\\"/g)];
    const looked = [...inAlarms, ...onBoard].map(([, name]) => name as string);
    expect([...new Set(looked)].sort()).toEqual(names);
  });

  test('is told under the stack’s name, by the functions whose code tells any, and by no other', () => {
    for (const [id, { Properties }] of resources(template, 'AWS::Lambda::Function')) {
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      const file = id.replace(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
      const tells = toldIn(`${file}.ts`).length > 0;
      expect(Variables.DESK_STACK, id).toEqual(tells ? ref('AWS::StackName') : undefined);
    }
  });

  test('is one line in CloudWatch’s embedded format, with no dimension but that name', async () => {
    const printed: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    onTestFinished(() => write.mockRestore());
    const world = openWorld({ DESK_STACK: 'Helpdesk' }, desk, async () => new Uint8Array());
    await world.metric('CanaryRoundTrip', 14.5);
    await world.metric('MailsSent', 1);
    write.mockRestore();
    const lines = printed.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ CanaryRoundTrip: 14.5, [METRICS_DIMENSION]: 'Helpdesk' });
    expect(lines[0]._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: METRICS_NAMESPACE,
        Dimensions: [[METRICS_DIMENSION]],
        Metrics: [{ Name: 'CanaryRoundTrip', Unit: 'Seconds' }],
      },
    ]);
    expect(Object.keys(lines[1]).sort()).toEqual(['MailsSent', '_aws', METRICS_DIMENSION].sort());
  });
});

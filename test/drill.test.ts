/** A small slice of the fault sweep; all of it is `npm run drill`. */
import { beforeAll, expect, test, vi } from 'vitest';
import { differenceOf } from '../bench/drill/compare.ts';
import { openRun } from '../bench/drill/desk.ts';
import { BEGIN, SCENARIOS, type Scenario } from '../bench/drill/scenarios.ts';
import { type Answer, type Call, textOf } from '../bench/drill/services.ts';
import { emptySite } from '../bench/drill/site.ts';
import { sweepScenario } from '../bench/drill/sweep.ts';
import { openTables } from '../local/dynamodb.ts';
import { startGateway } from '../local/gateway.ts';
import { definition } from './aws/definition.ts';
import { EVERYTHING, openGround } from './local/world.ts';
import { desk } from './sample.ts';

// The pauses between two tries are drawn, and nobody waits for them here.
beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0));

const scenario = (name: string) => SCENARIOS.find((each) => each.name === name) as Scenario;

test('whatever goes wrong at a call of a bounce, the desk comes to what it comes to when nothing does', async () => {
  let n = 0;
  const swept = await sweepScenario(scenario('bounce'), desk, { isChosen: () => n++ % 27 === 0 });
  expect(swept.points).toBeGreaterThan(4);
  expect(swept).toMatchObject({ survived: swept.points, lost: 0, doubled: 0, failures: [] });
});

test('a mail that SES took leaves once, although its sender died before it could say so, or heard of a fault', async () => {
  const swept = await sweepScenario(scenario('bounce'), desk, {
    isChosen: ({ kind }, call) =>
      call === 'send-update ses:SendRawEmail' && ['error after', 'timeout', 'crash after'].includes(kind),
  });
  expect(swept).toMatchObject({ points: 3, survived: 3, lost: 0, doubled: 0, window: 3, failures: [] });
});

test('what is missing is lost, and what is there twice is doubled', () => {
  const facts = (mails: number, events: number) =>
    new Map([
      ['mail answer to nora@example.org', mails],
      ['event of “It is jammed”: answered', events],
    ]);
  expect(differenceOf(facts(1, 1), facts(1, 1))).toEqual({ lost: [], doubled: [], other: [] });
  expect(differenceOf(facts(1, 1), facts(2, 1)).doubled).toEqual(['mail answer to nora@example.org']);
  expect(differenceOf(facts(2, 1), facts(0, 1)).lost).toHaveLength(2);
  expect(differenceOf(facts(1, 1), facts(1, 2)).other).toEqual(['more: event of “It is jammed”: answered']);
});

test('the table in memory answers each call as the engine of the laptop does', async () => {
  const ground = openGround();
  const gateway = await startGateway(EVERYTHING, () => {});
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Drill';
  const setting = { name: 'Drill', arn, definition, expiry: null };
  const tables = await openTables(ground.dataDir, ground.state, EVERYTHING, [setting], () => {});
  gateway.add('dynamodb', tables.service);
  let compared = 0;
  const both = async ({ service, action, request }: Call, answer: Answer) => {
    if (service !== 'dynamodb') return;
    compared++;
    const there = await fetch(gateway.endpoint, {
      method: 'POST',
      headers: {
        ...{
          'x-amz-target': request.headers['x-amz-target'] ?? '',
          'content-type': 'application/x-amz-json-1.0',
        },
        authorization: 'AWS4-HMAC-SHA256 Credential=admin/20261123/us-east-1/dynamodb/aws4_request',
      },
      body: textOf(request.body),
    });
    expect([action, there.status, shown((await there.json()) as Record<string, unknown>)]).toEqual([
      ...[action, answer.statusCode],
      shown(JSON.parse(String(answer.body))),
    ]);
  };
  try {
    const run = await openRun(emptySite(BEGIN, 1), desk);
    run.witness = both;
    const { begin, act } = scenario('approval');
    await begin(run);
    await act(run);
  } finally {
    await tables.stop();
    await gateway.stop();
    ground.close();
  }
  expect(compared).toBeGreaterThan(60);
});

/** What an adapter reads of an answer. */
function shown({ Item, Items, Attributes, Responses, ...more }: Record<string, unknown>): unknown {
  const found = Object.values(
    (Responses ?? {}) as Record<string, { pk: { S: string }; sk: { S: string } }[]>,
  ).flat();
  const nameOf = (item: (typeof found)[number]) => `${item.pk.S} ${item.sk.S}`;
  return {
    ...{ Item, Items, Attributes, found: found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) },
    fault: String(more.__type ?? '').replace(/^.*#/, ''),
  };
}

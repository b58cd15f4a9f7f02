import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classifyFile, describeClassified } from '../../cli/classify.ts';
import { closedTickets } from '../../cli/closed-tickets.ts';
import { readFiled, readTexts } from '../../cli/records.ts';
import { Refused } from '../../cli/refused.ts';
import { describeDeskTraining, describeTraining, trainDesk, trainFile } from '../../cli/train.ts';
import { openLearned } from '../../core/triage/learned.ts';
import { writeModel } from '../../core/triage/model.ts';
import { smallWorld } from '../functions/world.ts';
import { desk, opened as openedNow } from '../sample.ts';
import { FILED, modelOf } from '../triage/filed.ts';
import { commitClosed } from './closed.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-train-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what was learned from a file files the texts of another, in their order', async () => {
  const model = join(folder, 'desk.model');
  const training = await trainFile(await jsonLines(FILED), model, () => {});
  expect(training).toMatchObject({ tickets: 108, labels: 3, heldOut: { folds: 5 } });
  expect(training.octets).toBe((await readFile(model)).length);
  expect(describeTraining(training)).toContain('before: all to the commonest label');

  const texts = await file(
    'texts.jsonl',
    '{"text":"toner"}\n{"text":"wifi"}\n{"text":"","label":"passed over"}\n',
  );
  const classified = await classifyFile(texts, model);
  expect(classified.items.map(({ label }) => label).slice(0, 2)).toEqual(['printing', 'network']);
  expect(classified.items).toHaveLength(3);
  expect(Object.keys(classified.items[0] ?? {})).toEqual(['label', 'confidence']);
  expect(describeClassified(classified)).toMatch(/printing .*toner/);
});

test('teams and priorities that stand beside the labels are learned as well, and travel in the same file', async () => {
  const of: Record<string, [team: string, priority: string]> = {
    printing: ['desk', 'P4'],
    network: ['wires', 'P2'],
    access: ['desk', 'P3'],
  };
  const whole = FILED.map((ticket) => {
    const [team, priority] = of[ticket.label] ?? ['', ''];
    return { ...ticket, team, priority };
  });
  const model = join(folder, 'whole.model');
  const training = await trainFile(await jsonLines(whole), model, () => {});
  expect(Object.keys(training.aspects)).toEqual(['team', 'priority']);
  expect(describeTraining(training)).toMatch(/The team: .* right .*\nThe priority: .* right/);
  const learned = openLearned(await readFile(model));
  expect(learned('the wifi drops').aspects).toMatchObject({
    team: { label: 'wires' },
    priority: { label: 'P2' },
  });
  expect((await readFile(model)).length).toBeLessThan(2_000_000);
});

test('CSV and JSON lines say the same', async () => {
  const tickets = [
    { text: 'two\nlines, and a "quote"', label: 'access' },
    { text: '', label: 'network' },
  ];
  const csv = await file(
    'tickets.csv',
    '\uFEFFid,Label,text\r\n1,access,"two\nlines, and a ""quote"""\r\n2,network,\r\n\r\n',
  );
  expect(await readFiled(csv)).toEqual(tickets);
  expect(await readFiled(await jsonLines(tickets))).toEqual(tickets);
});

test('a cell of megabytes, and many cells, are read', async () => {
  const long = `${'"" '.repeat(300_000)}`;
  const csv = await file('long.csv', `text\n"${long}"\n${'short\n'.repeat(5_000)}`);
  const texts = await readTexts(csv);
  expect([texts.length, texts[0]?.length, texts.at(-1)]).toEqual([5_001, 600_000, 'short']);
});

const GOOD = '{"text":"t","label":"l"}\n';
test.each([
  [
    'no JSON',
    'a.jsonl',
    `${GOOD}{"text": oops}\n`,
    /line 2 is «\{"text": oops\}»; allowed is one JSON object/,
  ],
  ['a list', 'a.jsonl', `\n${GOOD}["t","l"]`, /line 3 is «\["t","l"\]»; allowed/],
  ['no label', 'a.jsonl', '{"text":"t"}', /line 1: label is missing; allowed is a string of 1 to 100/],
  ['an empty label', 'a.jsonl', '{"text":"t","label":" "}', /line 1: label is «»; allowed/],
  [
    'a text that is a number',
    'a.jsonl',
    '{"text":7,"label":"l"}',
    /line 1: text is «7»; allowed is a string/,
  ],
  [
    'a row with too few cells',
    'a.csv',
    'text,label\n"a\nb",l\nc\n',
    /line 4 has 1 columns: «c»; allowed are 2/,
  ],
  ['a quote that does not end', 'a.csv', 'text,label\na,l\n"b,l\n', /line 3: «"b,l» is no cell/],
  ['no column of labels', 'a.csv', 'text,kind\na,l\n', /line 2: label is missing/],
])('%s is refused, with its line, what was seen and what is allowed', async (_, name, content, words) => {
  const refused = await readFiled(await file(name, content)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).message).toMatch(words);
});

test('what cannot be learned from is refused, and no model is written', async () => {
  const model = join(folder, 'none.model');
  await expect(trainFile(await jsonLines([]), model, () => {})).rejects.toThrow(/0 tickets; at least 10/);
  const alike = FILED.map(({ text }) => ({ text, label: 'one' }));
  await expect(trainFile(await jsonLines(alike), model, () => {})).rejects.toThrow(
    /label «one»; at least two/,
  );
  await expect(readFile(model)).rejects.toThrow('ENOENT');
  const nowhere = join(folder, 'absent', 'desk.model');
  await expect(trainFile(await jsonLines(FILED), nowhere, () => {})).rejects.toThrow(
    /no folder .*absent to keep/,
  );
});

test('a file or a model that is not there, or is none, is refused by name', async () => {
  const texts = await jsonLines(FILED);
  await expect(readFiled(join(folder, 'absent.jsonl'))).rejects.toThrow(/There is no file .*absent/);
  await expect(classifyFile(texts, join(folder, 'absent.model'))).rejects.toThrow(
    /There is no model .*absent/,
  );
  await expect(classifyFile(texts, texts)).rejects.toThrow(/is no model: it does not begin/);
});

describe('from the desk', () => {
  const silent = { read: () => {}, learned: () => {} };
  const spam = { text: 'win a prize', label: 'network', tags: ['spam'] };
  const gone = { text: 'the lift is stuck', label: 'building' };
  const corrected = FILED.map((ticket, at) => (at % 9 === 0 ? { ...ticket, before: 'general' } : ticket));

  test('closed tickets count with the category that they have in the end, corrected ones twice; spam and what is no category do not', async () => {
    const { tickets } = smallWorld();
    await commitClosed(tickets, [...corrected, spam, gone]);
    await tickets.commit(openedNow(), []);
    const shown: string[] = [];
    const filed = await closedTickets(tickets, desk, (done, all) => void shown.push(`${done}/${all}`));
    expect(filed).toHaveLength(FILED.length);
    expect(filed.filter(({ times }) => times === 2)).toHaveLength(12);
    expect(filed).toContainEqual({
      text: `Question\n${FILED[0]?.text}`,
      label: 'printing',
      times: 2,
      at: '2026-01-05T09:00:00.000Z',
      aspects: { team: 'service-desk', priority: 'P3' },
    });
    expect(shown.at(-1)).toBe('108/108');
  });

  test('a model is written, with how many tickets it used, and against the model in use', async () => {
    const { tickets } = smallWorld();
    await commitClosed(tickets, corrected);
    const out = join(folder, 'of-desk.model');
    const first = await trainDesk(tickets, { desk, model: null }, { out, onlyBetter: true }, silent);
    expect(first).toMatchObject({
      ...{ tickets: 108, corrected: 12, present: null, isBetter: true, written: true },
    });
    expect(describeDeskTraining(first)).toMatch(
      /^108 closed tickets were used; 12 .*No model is in use.*of-desk\.model was written\./s,
    );

    const model = await readFile(out);
    const again = await trainDesk(tickets, { desk, model }, { out, onlyBetter: false }, silent);
    expect(again).toMatchObject({ present: { tickets: 0 }, isBetter: false, written: true });
    expect(describeDeskTraining(again)).toMatch(/0 came after .* though it is not shown to be better/s);
  });

  test('one that is to be better, and is not, is not written; one that is better is', async () => {
    const { tickets } = smallWorld();
    await commitClosed(tickets, FILED);
    const out = join(folder, 'adopted.model');
    const knowsAll = writeModel(modelOf());
    const beaten = await trainDesk(tickets, { desk, model: knowsAll }, { out, onlyBetter: true }, silent);
    expect(beaten).toMatchObject({ present: { tickets: 108 }, isBetter: false, written: false });
    expect(describeDeskTraining(beaten)).toMatch(/neither had seen.*was not written: it is not shown/s);
    await expect(readFile(out)).rejects.toThrow('ENOENT');

    const wrong = FILED.map(({ text, label }) => ({
      text,
      label: label === 'access' ? 'network' : label === 'network' ? 'access' : label,
    }));
    const model = writeModel(modelOf(wrong));
    const better = await trainDesk(tickets, { desk, model }, { out, onlyBetter: true }, silent);
    expect(better).toMatchObject({ isBetter: true, written: true });
    expect(await readFile(out)).toHaveLength(better.octets);
  });

  test('a desk with nothing to learn from is told so', async () => {
    const { tickets } = smallWorld();
    const out = join(folder, 'none.model');
    await expect(
      trainDesk(tickets, { desk, model: null }, { out, onlyBetter: false }, silent),
    ).rejects.toThrow(/^The closed tickets: there are 0 tickets; at least 10/);
  });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function jsonLines(records: readonly object[]): Promise<string> {
  return file('tickets.jsonl', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifyFile, describeClassified } from '../../cli/classify.ts';
import { readFiled, readTexts } from '../../cli/records.ts';
import { Refused } from '../../cli/refused.ts';
import { describeTraining, trainFile } from '../../cli/train.ts';
import { FILED } from '../triage/filed.ts';

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

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function jsonLines(records: readonly object[]): Promise<string> {
  return file('tickets.jsonl', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/**
 * How often the sample desk files a mail as a person would: precision and recall on the invented mails of
 * test/triage/mails.ts, and what it costs. With files of filed tickets: what is learned from them, on the folds that are held
 * out, in size, and in time; in memory with `node --expose-gc`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFiled } from '../cli/records.ts';
import { trainFile } from '../cli/train.ts';
import { IMPACTS, URGENCIES } from '../core/config/choices.ts';
import { describeProblems, loadDesk } from '../core/config/load.ts';
import { classify } from '../core/triage/classify.ts';
import { guesser } from '../core/triage/guess.ts';
import { foldsOf } from '../core/triage/learn.ts';
import { readModel } from '../core/triage/model.ts';
import { FRESH, LATER } from '../test/triage/fresh.ts';
import { DEVELOPMENT, HELD_OUT, type LabelledMail } from '../test/triage/labelled.ts';
import { MAILS, type SortedMail, UNSEEN } from '../test/triage/mails.ts';
import { described, machine, rounded, table } from './figures.ts';
import { argument, flag, optionsOf } from './options.ts';

const loaded = loadDesk(readFileSync(new URL('../desk.yaml', import.meta.url), 'utf8'));
if (!loaded.ok) throw new Error(describeProblems('desk.yaml', loaded.problems));
const { desk } = loaded;
const ANSWERS = ['category', 'impact', 'urgency', 'priority', 'language'] as const;

const { files, misses, folds } = optionsOf('How often the sample desk files a mail as a person would.', {
  files: argument('[file.jsonl...]', 'of filed tickets: measure what is learned from them instead'),
  misses: flag('show also the mails that it files otherwise'),
  folds: flag('of the files: only the fold of each ticket, for another classifier to be measured on'),
});
if (folds) {
  for (const file of files) console.log(JSON.stringify(foldsOf(await readFiled(file))));
} else if (files.length > 0) {
  console.log(described(machine()));
  await learned();
} else {
  console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]?.model}`);
  report('Mails that the words of desk.yaml were chosen with', MAILS);
  report('Mails that they were not', UNSEEN);
  judged('Labelled mails, development half', DEVELOPMENT);
  judged('Labelled mails, held out', HELD_OUT);
  judged('Labelled mails, written before the words were widened', FRESH);
  judged('Labelled mails, written after', LATER);
  cost();
}

async function learned(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'desk-bench-'));
  const rows: string[][] = [];
  for (const file of files) {
    const model = join(folder, 'bench.model');
    const { heldOut, octets, seconds, labels } = await trainFile(file, model, () => {});
    const octetsRead = readFileSync(model);
    const held = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    globalThis.gc?.();
    const heldBefore = held();
    const beganLoad = performance.now();
    const read = readModel(octetsRead);
    if (!read.ok) throw new Error(read.detail);
    const { guess } = guesser(read.model);
    const load = performance.now() - beganLoad;
    globalThis.gc?.();
    const memory = (held() - heldBefore) / 1_000_000;
    const texts = (await readFiled(file)).map(({ text }) => text);
    const beganGuess = performance.now();
    for (const text of texts) guess(text);
    const each = (performance.now() - beganGuess) / texts.length;
    const { before, after, sure } = heldOut;
    rows.push(
      [file.slice(file.lastIndexOf('/') + 1), texts.length, labels].map(String).concat(
        [before.accuracy, after.accuracy, before.macroF1, after.macroF1].map((value) => value.toFixed(4)),
        after.calibrationError.toFixed(4),
        sure ? `${sure.confidence.toFixed(2)} (${percent(sure.coverage, 1).trim()})` : 'never',
        [octets / 1000, rounded(load, 1), memory, seconds, 1000 / each].map((value) =>
          String(rounded(value, 1)),
        ),
      ),
    );
  }
  rmSync(folder, { recursive: true });
  const heads = [
    'Learned from',
    'Tickets',
    'Labels',
    'Commonest',
    'Accuracy',
    'Commonest F1',
    'Macro-F1',
    'ECE',
  ];
  console.log(table([[...heads, 'Sure from', 'kB', 'Load ms', 'MB held', 'Train s', 'Guesses/s'], ...rows]));
}

function report(title: string, mails: readonly SortedMail[]): void {
  console.log(`\n# ${title}: ${mails.length}`);
  const filed = mails.map((mail) => {
    const { subject, text, from = 'somebody@example.org', to = 'support@desk.example.test' } = mail;
    const meant = { ...mail, priority: desk.matrix[mail.impact][mail.urgency] };
    return { meant, got: classify({ subject, text, from, to: [to] }, desk) };
  });
  for (const what of ANSWERS) {
    const pairs = filed.map(({ meant, got }) => ({ meant: meant[what], got: got[what] }));
    const right = pairs.filter(({ meant, got }) => meant === got).length;
    console.log(`\n${what}: ${right} of ${pairs.length} right (${percent(right, pairs.length).trim()})`);
    for (const label of [...new Set(pairs.map(({ meant }) => meant))].sort()) {
      const hits = pairs.filter(({ meant, got }) => meant === label && got === label).length;
      const said = pairs.filter(({ got }) => got === label).length;
      const meant = pairs.filter((pair) => pair.meant === label).length;
      console.log(
        `  ${label.padEnd(12)} precision ${percent(hits, said)}  recall ${percent(hits, meant)}  of ${meant}`,
      );
    }
  }
  if (!misses) return;
  for (const { meant, got } of filed)
    for (const what of ANSWERS)
      if (meant[what] !== got[what])
        console.log(
          `\n${meant.subject}: ${what} should be ${meant[what]}\n  ${got.reasons.find((reason) => reason.what === what)?.why}`,
        );
}

/** How many and how bad, for each language: of each answer its precision, its recall and how often it was meant. */
function judged(title: string, mails: readonly LabelledMail[]): void {
  console.log(`\n# ${title}: ${mails.length}`);
  const filed = mails.map((meant) => {
    const { subject, text } = meant;
    const from = 'somebody@example.org';
    return { meant, got: classify({ subject, text, from, to: ['support@desk.example.test'] }, desk) };
  });
  for (const what of ['impact', 'urgency', 'category'] as const) {
    const labels = what === 'impact' ? IMPACTS : what === 'urgency' ? URGENCIES : [];
    const rows = [...new Set(mails.map(({ language }) => language)), 'all'].map((language) => {
      const some = filed.filter(
        ({ meant }) => (language === 'all' || meant.language === language) && meant[what] !== null,
      );
      const right = some.filter(({ meant, got }) => meant[what] === got[what]).length;
      const each = labels.map((label) => {
        const hits = some.filter(({ meant, got }) => meant[what] === label && got[what] === label).length;
        const said = some.filter(({ got }) => got[what] === label).length;
        const count = some.filter(({ meant }) => meant[what] === label).length;
        return `${percent(hits, said).trim()} / ${percent(hits, count).trim()} of ${count}`;
      });
      return [language, `${percent(right, some.length).trim()} of ${some.length}`, ...each];
    });
    console.log(
      `\n${table([[what, 'right', ...labels.map((label) => `${label}: precision / recall`)], ...rows])}`,
    );
  }
  if (!misses) return;
  for (const { meant, got } of filed)
    for (const what of ['impact', 'urgency'] as const)
      if (meant[what] !== got[what])
        console.log(
          `${meant.language} ${what} should be ${meant[what]}: ${meant.subject} | ${got.reasons.find((reason) => reason.what === what)?.why}`,
        );
}

function cost(): void {
  const rounds = 50;
  const began = performance.now();
  for (let round = 0; round < rounds; round++)
    for (const { subject, text } of MAILS)
      classify({ subject, text, from: 'somebody@example.org', to: [] }, desk);
  const each = (performance.now() - began) / rounds / MAILS.length;
  const long = 'the printer of our team is '.repeat(40_000);
  const beganLong = performance.now();
  classify({ subject: 'Log', text: long, from: 'somebody@example.org', to: [] }, desk);
  const longest = performance.now() - beganLong;
  console.log(
    `\n${each.toFixed(3)} ms a mail; ${longest.toFixed(0)} ms for one of ${Math.round(long.length / 1000)} kB`,
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '     –' : `${((100 * part) / whole).toFixed(1).padStart(5)}%`;
}

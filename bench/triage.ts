/**
 * How often the sample desk files a mail as a person would: precision and recall on the invented mails of
 * test/triage/mails.ts, and what it costs. `node bench/triage.ts [--misses]`
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { describeProblems, loadDesk } from '../core/config/load.ts';
import { classify } from '../core/triage/classify.ts';
import { MAILS, type SortedMail, UNSEEN } from '../test/triage/mails.ts';

const loaded = loadDesk(readFileSync(new URL('../desk.yaml', import.meta.url), 'utf8'));
if (!loaded.ok) throw new Error(describeProblems('desk.yaml', loaded.problems));
const { desk } = loaded;
const ANSWERS = ['category', 'impact', 'urgency', 'priority', 'language'] as const;

console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]?.model}`);
report('Mails that the words of desk.yaml were chosen with', MAILS);
report('Mails that they were not', UNSEEN);
cost();

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
  if (!process.argv.includes('--misses')) return;
  for (const { meant, got } of filed)
    for (const what of ANSWERS)
      if (meant[what] !== got[what])
        console.log(
          `\n${meant.subject}: ${what} should be ${meant[what]}\n  ${got.reasons.find((reason) => reason.what === what)?.why}`,
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

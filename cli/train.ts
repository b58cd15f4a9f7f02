/** Learns from filed tickets and keeps what was learned in a file. */
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FEWEST_TICKETS, type Filed, type Lack, lackOf, type Trained, train } from '../core/triage/learn.ts';
import { MOST_LABELS, writeModel } from '../core/triage/model.ts';
import { readFiled } from './records.ts';
import { Refused } from './refused.ts';
import { table } from './table.ts';

export interface Training {
  model: string;
  octets: number;
  tickets: number;
  labels: number;
  features: number;
  seconds: number;
  heldOut: Trained['heldOut'];
}

/** `progress` is told the share of the work that is done, from 0 to 1. */
export async function trainFile(
  file: string,
  out: string,
  progress: (share: number) => void,
): Promise<Training> {
  const began = performance.now();
  await access(dirname(out)).catch(() => {
    throw new Refused(`There is no folder ${dirname(out)} to keep the model in.`);
  });
  const tickets = await readFiled(file);
  const lack = lackOf(tickets);
  if (lack) throw new Refused(`${file}: ${lacking(lack, tickets)}`);
  const { model, heldOut } = finish(train(tickets), progress);
  const octets = writeModel(model);
  await writeFile(out, octets).catch((error: Error) => {
    throw new Refused(`${out} cannot be written: ${error.message}`);
  });
  return {
    model: out,
    octets: octets.length,
    tickets: tickets.length,
    labels: model.labels.length,
    features: model.features.length,
    seconds: Math.round(performance.now() - began) / 1000,
    heldOut,
  };
}

export function describeTraining({
  model,
  octets,
  tickets,
  labels,
  features,
  seconds,
  heldOut,
}: Training): string {
  const { before, after, sure, folds } = heldOut;
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  return [
    `${model}: ${labels} labels and ${features} features from ${tickets} tickets, ${Math.ceil(octets / 1000)} kB, in ${seconds.toFixed(1)} s`,
    '',
    table(
      [`On tickets held out, ${folds} folds`, 'Right', 'Macro-F1', 'Calibration error'],
      [
        ['before: all to the commonest label', share(before.accuracy), before.macroF1.toFixed(3), '–'],
        [
          'after: as was learned',
          share(after.accuracy),
          after.macroF1.toFixed(3),
          after.calibrationError.toFixed(3),
        ],
      ],
      '',
    ),
    '',
    sure
      ? `From confidence ${sure.confidence.toFixed(2)} on ${share(sure.precision)} of the guesses are right; ${share(sure.coverage)} of all tickets have so much.`
      : 'No confidence is enough for nine of ten guesses to be right.',
  ].join('\n');
}

function lacking(lack: Lack, tickets: readonly Filed[]): string {
  const labels = new Set(tickets.map(({ label }) => label));
  switch (lack) {
    case 'few-tickets':
      return `it has ${tickets.length} tickets; at least ${FEWEST_TICKETS} are needed, and hundreds to learn something.`;
    case 'one-label':
      return `all tickets have the label «${[...labels].join()}»; at least two labels are needed.`;
    case 'many-labels':
      return `it has ${labels.size} labels; allowed are ${MOST_LABELS}.`;
  }
}

function finish(work: Generator<number, Trained>, progress: (share: number) => void): Trained {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    progress(step.value);
  }
}

/** Learns from filed tickets, of a file or of the desk itself, and keeps what was learned in a file. */
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Tickets } from '../aws/tickets.ts';
import type { Desk } from '../core/config/desk.ts';
import {
  byAspect,
  FEWEST_TICKETS,
  type Filed,
  type Lack,
  lackOf,
  type Trained,
  train,
} from '../core/triage/learn.ts';
import {
  ASPECT_OCTETS,
  ASPECTS,
  type Aspect,
  MOST_LABELS,
  type Model,
  readModel,
  writeModel,
} from '../core/triage/model.ts';
import { closedTickets } from './closed-tickets.ts';
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
  /** Of what else the tickets say, where they say it: how well it was learned. */
  aspects: Partial<Record<Aspect, Trained['heldOut']>>;
}

export interface DeskTraining extends Training {
  /** Of the tickets, those whose category somebody corrected: they counted twice. */
  corrected: number;
  /** On tickets that came after those of the model in use; null when none is in use. */
  present: Trained['present'];
  /** Whether it files more of them as people did. */
  isBetter: boolean;
  written: boolean;
}

/** `progress` is told the share of the work that is done, from 0 to 1. */
export async function trainFile(
  file: string,
  out: string,
  progress: (share: number) => void,
): Promise<Training> {
  await folderOf(out);
  const { training, octets } = learn(await readFiled(file), file, out, progress);
  await keep(out, octets);
  return training;
}

/** `onlyBetter`: nothing is written when the model in use, or without one the commonest category, does as well. */
export async function trainDesk(
  tickets: Tickets,
  { desk, model }: { desk: Desk; model: Uint8Array | null },
  { out, onlyBetter }: { out: string; onlyBetter: boolean },
  progress: { read: (done: number, all: number) => void; learned: (share: number) => void },
): Promise<DeskTraining> {
  await folderOf(out);
  const filed = await closedTickets(tickets, desk, progress.read);
  const inUse = model && readModel(model);
  const { training, octets, present } = learn(
    filed,
    'The closed tickets',
    out,
    progress.learned,
    inUse?.ok ? inUse.model : undefined,
  );
  const { before, after } = present ?? training.heldOut;
  const enough = present === null || present.tickets >= FEWEST_TICKETS;
  const isBetter = enough && after.accuracy > before.accuracy;
  const written = isBetter || !onlyBetter;
  if (written) await keep(out, octets);
  const corrected = filed.filter(({ times }) => times === 2).length;
  return { ...training, corrected, present, isBetter, written };
}

async function folderOf(out: string): Promise<void> {
  await access(dirname(out)).catch(() => {
    throw new Refused(`There is no folder ${dirname(out)} to keep the model in.`);
  });
}

function learn(
  tickets: readonly Filed[],
  whence: string,
  out: string,
  progress: (share: number) => void,
  inUse?: Model,
): { training: Training; octets: Uint8Array; present: Trained['present'] } {
  const lack = lackOf(tickets);
  if (lack) throw new Refused(`${whence}: ${lacking(lack, tickets)}`);
  const began = performance.now();
  const { model, heldOut, present } = finish(train(tickets, inUse), progress);
  const beside = ASPECTS.flatMap((aspect) => {
    const same = byAspect(tickets, aspect);
    return lackOf(same) ? [] : [{ aspect, ...finish(train(same, undefined, ASPECT_OCTETS), progress) }];
  });
  const aspects = Object.fromEntries(beside.map((each) => [each.aspect, each.model]));
  const octets = writeModel(beside.length > 0 ? { ...model, aspects } : model);
  const training = {
    model: out,
    octets: octets.length,
    tickets: tickets.length,
    labels: model.labels.length,
    features: model.features.length,
    seconds: Math.round(performance.now() - began) / 1000,
    heldOut,
    aspects: Object.fromEntries(beside.map((each) => [each.aspect, each.heldOut])),
  };
  return { training, octets, present };
}

async function keep(out: string, octets: Uint8Array): Promise<void> {
  await writeFile(out, octets).catch((error: Error) => {
    throw new Refused(`${out} cannot be written: ${error.message}`);
  });
}

export function describeTraining({
  model,
  octets,
  tickets,
  labels,
  features,
  seconds,
  heldOut,
  aspects,
}: Training): string {
  const { before, after, sure, folds } = heldOut;
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
    ...Object.entries(aspects).map(
      ([aspect, { before, after, sure }]) =>
        `The ${aspect}: ${share(after.accuracy)} right (${share(before.accuracy)} if all had the commonest), macro-F1 ${after.macroF1.toFixed(3)}; ${sure ? `sure from ${sure.confidence.toFixed(2)} on, ${share(sure.coverage)} of all` : 'never sure'}.`,
    ),
  ].join('\n');
}

export function describeDeskTraining(training: DeskTraining): string {
  const { model, tickets, corrected, present, isBetter, written } = training;
  const row = (name: string, { accuracy, macroF1 }: { accuracy: number; macroF1: number }) => [
    name,
    share(accuracy),
    macroF1.toFixed(3),
  ];
  const against =
    present === null
      ? ['No model is in use.']
      : present.tickets < FEWEST_TICKETS
        ? [
            `Of these tickets ${present.tickets} came after those that the model in use was learned from; at least ${FEWEST_TICKETS} are needed to compare them.`,
          ]
        : [
            table(
              [`On ${present.tickets} tickets that neither had seen`, 'Right', 'Macro-F1'],
              [row('before: the model in use', present.before), row('after: as was learned', present.after)],
              '',
            ),
          ];
  return [
    `${tickets} closed tickets were used; ${corrected} had been filed anew by hand and counted twice.`,
    describeTraining(training),
    '',
    ...against,
    '',
    written
      ? `${model} was written${isBetter ? '' : ', though it is not shown to be better'}. In desk.yaml triage.model names it; the next deployment takes it along.`
      : `${model} was not written: it is not shown to be better.`,
  ].join('\n');
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function lacking(lack: Lack, tickets: readonly Filed[]): string {
  const labels = new Set(tickets.map(({ label }) => label));
  switch (lack) {
    case 'few-tickets':
      return `there are ${tickets.length} tickets; at least ${FEWEST_TICKETS} are needed, and hundreds to learn something.`;
    case 'one-label':
      return `all tickets have the label «${[...labels].join()}»; at least two labels are needed.`;
    case 'many-labels':
      return `there are ${labels.size} labels; allowed are ${MOST_LABELS}.`;
  }
}

function finish(work: Generator<number, Trained>, progress: (share: number) => void): Trained {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    progress(step.value);
  }
}

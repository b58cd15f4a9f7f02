/**
 * What was learned, and how it is kept in a file: some numbers for each feature and label.
 *
 * The file: `DESKMODL`, the format's version as 32 bits, the length of the head as 32 bits, SHA-256 of all that is not
 * itself, the head as JSON, then the arrays in the order of `Model`, then a file of the same kind for each aspect. Numbers are little-endian, as all processors are
 * that Lambda has. The arrays are read without being parsed, so it loads in milliseconds.
 */
import { createHash } from 'node:crypto';

/** What else filed tickets teach: into whose hands they went in the end, and how soon they had to be done. */
export const ASPECTS = ['team', 'priority'] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface Model extends Head {
  /** Each a small model of its own, of the same tickets. */
  aspects?: Partial<Record<Aspect, Model>>;
  /** Hashes, ascending: `features.ts`. */
  features: Uint32Array;
  /** One for each feature: the logarithm of its inverse frequency among the tickets. */
  rarity: Float32Array;
  /** One for each feature: what its weights are multiplied with. */
  scales: Float32Array;
  /** One for each label. */
  biases: Float32Array;
  /** For each feature one for each label. */
  weights: Int8Array;
}

/** A label is shown in tables and mails. */
export const LONGEST_LABEL = 100;
/** With more labels fewer features fit, until nothing can be told apart. */
export const MOST_LABELS = 200;

/** From scores to a confidence: `confidence.ts`. */
export interface Calibration {
  /** More than 0. */
  steepness: number;
  /** Not below 0. */
  slope: number;
  offset: number;
}

interface Head {
  /** From two to `MOST_LABELS`, none empty or longer than `LONGEST_LABEL`. */
  labels: string[];
  calibration: Calibration;
  /** From which confidence on nine of ten were right on tickets that were held out; null when no confidence was enough. */
  sure: number | null;
  /** When the newest of its tickets came in, ISO 8601 UTC, where that was known: it has seen none that came later. */
  until?: string;
  /** How many octets of the file, at its end and in this order, are the models of the aspects. */
  lengths?: [Aspect, number][];
}

/** What a file of so many octets has room for. */
export function mostFeatures(labels: number, octets = MOST_OCTETS): number {
  return Math.floor(octets / (12 + labels));
}

/** Two of these beside the categories stay below two megabytes. */
export const ASPECT_OCTETS = 200_000;

/** The file travels beside a function's bundle and is loaded when it starts. */
const MOST_OCTETS = 1_500_000;

const MAGIC = 'DESKMODL';
/** 2 has aspects; what has none is written as 1, for desks that know no other. */
const VERSION = 2;
const DIGEST_AT = MAGIC.length + 8;
const HEAD_AT = DIGEST_AT + 32;

export function writeModel({
  features,
  rarity,
  scales,
  biases,
  weights,
  aspects = {},
  ...head
}: Model): Uint8Array {
  const beside = ASPECTS.flatMap((of) => (aspects[of] ? [{ of, file: writeModel(aspects[of]) }] : []));
  const lengths = beside.map(({ of, file }) => [of, file.length]);
  const json = Buffer.from(JSON.stringify(beside.length > 0 ? { ...head, lengths } : head));
  const start = Buffer.from(MAGIC + ' '.repeat(8), 'latin1');
  start.writeUInt32LE(beside.length > 0 ? VERSION : 1, MAGIC.length);
  start.writeUInt32LE(json.length, MAGIC.length + 4);
  const arrays = [features, rarity, scales, biases, weights];
  const content = Buffer.concat([
    json,
    ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    ...beside.map(({ file }) => file),
  ]);
  return Buffer.concat([start, digest(start, content), content]);
}

export type ReadModel =
  | { ok: true; model: Model }
  | { ok: false; reason: 'no-model' | 'newer' | 'damaged'; detail: string };

export function readModel(file: Uint8Array): ReadModel {
  const octets = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const start = octets.subarray(0, DIGEST_AT);
  if (octets.length < HEAD_AT || start.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return { ok: false, reason: 'no-model', detail: 'it does not begin as a model does' };
  const version = start.readUInt32LE(MAGIC.length);
  if (version > VERSION)
    return {
      ok: false,
      reason: 'newer',
      detail: `its format is ${version}; this desk reads up to ${VERSION}`,
    };
  const content = octets.subarray(HEAD_AT);
  if (!digest(start, content).equals(octets.subarray(DIGEST_AT, HEAD_AT)))
    return { ok: false, reason: 'damaged', detail: 'its content is not what was written' };
  return { ok: true, model: take(content, start.readUInt32LE(MAGIC.length + 4)) };
}

/** What carries the right digest was written by `writeModel`: its shape need not be checked again. */
function take(content: Uint8Array, headLength: number): Model {
  const { lengths = [], ...head }: Head = JSON.parse(
    Buffer.from(content.subarray(0, headLength)).toString('utf8'),
  );
  const own = content.length - lengths.reduce((sum, [, length]) => sum + length, 0);
  const aspects: NonNullable<Model['aspects']> = {};
  let at = own;
  for (const [of, length] of lengths) {
    const read = readModel(content.subarray(at, at + length));
    if (read.ok) aspects[of] = read.model;
    at += length;
  }
  // Copied, because arrays of 32 bits may begin only at a multiple of four octets.
  const { buffer } = Uint8Array.from(content.subarray(headLength, own));
  const labels = head.labels.length;
  const count = (buffer.byteLength - 4 * labels) / (12 + labels);
  return {
    ...head,
    ...(lengths.length > 0 ? { aspects } : {}),
    features: new Uint32Array(buffer, 0, count),
    rarity: new Float32Array(buffer, 4 * count, count),
    scales: new Float32Array(buffer, 8 * count, count),
    biases: new Float32Array(buffer, 12 * count, labels),
    weights: new Int8Array(buffer, 12 * count + 4 * labels),
  };
}

function digest(start: Uint8Array, content: Uint8Array): Buffer {
  return createHash('sha256').update(start).update(content).digest();
}

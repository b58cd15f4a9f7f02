/**
 * What was learned, and how it is kept in a file: some numbers for each feature and label.
 *
 * The file: `DESKMODL`, the format's version as 32 bits, the length of the head as 32 bits, SHA-256 of all that is not
 * itself, the head as JSON, then the arrays in the order of `Model`. Numbers are little-endian, as all processors are
 * that Lambda has. The arrays are read without being parsed, so it loads in milliseconds.
 */
import { createHash } from 'node:crypto';

export interface Model extends Head {
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
}

/** What a file of `MOST_OCTETS` has room for. */
export function mostFeatures(labels: number): number {
  return Math.floor(MOST_OCTETS / (12 + labels));
}

/** The file travels beside a function's bundle and is loaded when it starts. */
const MOST_OCTETS = 1_500_000;

const MAGIC = 'DESKMODL';
const VERSION = 1;
const DIGEST_AT = MAGIC.length + 8;
const HEAD_AT = DIGEST_AT + 32;

export function writeModel({ features, rarity, scales, biases, weights, ...head }: Model): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const start = Buffer.from(MAGIC + ' '.repeat(8), 'latin1');
  start.writeUInt32LE(VERSION, MAGIC.length);
  start.writeUInt32LE(json.length, MAGIC.length + 4);
  const arrays = [features, rarity, scales, biases, weights];
  const content = Buffer.concat([
    json,
    ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
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
  const head: Head = JSON.parse(Buffer.from(content.subarray(0, headLength)).toString('utf8'));
  // Copied, because arrays of 32 bits may begin only at a multiple of four octets.
  const { buffer } = Uint8Array.from(content.subarray(headLength));
  const labels = head.labels.length;
  const count = (buffer.byteLength - 4 * labels) / (12 + labels);
  return {
    ...head,
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

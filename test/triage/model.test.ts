import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guesser } from '../../core/triage/guess.ts';
import { type Model, readModel, writeModel } from '../../core/triage/model.ts';

const model: Model = {
  labels: ['access', 'Drucker ⎙'],
  calibration: { steepness: 3, slope: 0.8, offset: 0.1 },
  sure: 0.75,
  features: Uint32Array.of(7, 4_000_000_000),
  rarity: Float32Array.of(1.5, 2.5),
  scales: Float32Array.of(0.25, 0.5),
  biases: Float32Array.of(-1, 1),
  weights: Int8Array.of(127, -127, 3, 4),
};
const file = writeModel(model);

test('a model comes back from its file as it went in, wherever in memory the file is', () => {
  expect(readModel(file)).toEqual({ ok: true, model });
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  expect(readModel(shifted.subarray(3))).toEqual({ ok: true, model });
});

test('a file of which any octet is another one is refused', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] as number) ^ change;
      expect(readModel(changed).ok).toBe(false);
    }),
  );
});

test('a file that was cut off is refused', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), (length) => {
      expect(readModel(file.subarray(0, length)).ok).toBe(false);
    }),
  );
});

test('a file of another kind is no model, and one of a later format is newer', () => {
  expect(readModel(Buffer.from('{"text":"hello"}'))).toMatchObject({ ok: false, reason: 'no-model' });
  const later = Buffer.from(file);
  later.writeUInt32LE(3, 8);
  expect(readModel(later)).toMatchObject({ ok: false, reason: 'newer' });
});

test('a model that knows no feature of a text goes by its biases', () => {
  expect(guesser(model).guess('').label).toBe('Drucker ⎙');
});

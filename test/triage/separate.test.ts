import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Rows, seeded, separate } from '../../core/triage/separate.ts';

const COSTS = { inside: 10, outside: 10 };

test('rows that a plane can separate lie on their own sides of it, whatever the seed', () => {
  const point = fc.tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(point, { minLength: 2, maxLength: 20 }), fc.nat(), (points, seed) => {
      // Three columns: the two of the point, and one that tells the side beyond doubt.
      const sides = points.map((_, at) => (at % 2 === 0 ? 1 : -1));
      const rows = rowsOf(points.map(([x, y], at) => [x, y, 2 * (sides[at] as number)]));
      const plane = separate(rows, 3, (row) => sides[row] === 1, COSTS, seeded(seed));
      expect(points.map((_, row) => Math.sign(score(rows, row, plane)))).toEqual(sides);
    }),
  );
});

test('rows that contradict each other end at the side of the more, or of the dearer', () => {
  const rows = rowsOf([[1], [1], [1], [1]]);
  const isInside = (row: number) => row === 0;
  expect(score(rows, 0, separate(rows, 1, isInside, COSTS, seeded(1)))).toBeLessThan(0);
  const dear = separate(rows, 1, isInside, { inside: 100, outside: 10 }, seeded(1));
  expect(score(rows, 0, dear)).toBeGreaterThan(0);
});

test('a seed gives the same numbers each time, another one others, all from 0 to below 1', () => {
  const numbers = (seed: number) => {
    const chance = seeded(seed);
    return Array.from({ length: 1_000 }, () => chance());
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  expect(numbers(7).every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers(7).reduce((sum, number) => sum + number) / 1_000).toBeCloseTo(0.5, 1);
});

function rowsOf(points: readonly (readonly number[])[]): Rows {
  const width = points[0]?.length ?? 0;
  return {
    starts: Uint32Array.from({ length: points.length + 1 }, (_, row) => row * width),
    columns: Uint32Array.from(points.flatMap((point) => [...point.keys()])),
    values: Float32Array.from(points.flat()),
  };
}

function score(
  { starts, columns, values }: Rows,
  row: number,
  { weights, bias }: ReturnType<typeof separate>,
): number {
  let sum = bias;
  for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
    sum += (weights[columns[at] as number] as number) * (values[at] as number);
  return sum;
}

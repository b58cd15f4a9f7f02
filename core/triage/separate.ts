/**
 * A linear support vector machine with squared hinge loss, trained by dual coordinate descent with shrinking: Hsieh et
 * al., “A Dual Coordinate Descent Method for Large-scale Linear SVM”, ICML 2008, algorithm 3. Deterministic: the order
 * in which rows are visited comes from a seed.
 */

/** A sparse matrix by rows: row r has the values `starts[r]` to `starts[r + 1]`, each in its column. */
export interface Rows {
  starts: Uint32Array;
  columns: Uint32Array;
  values: Float32Array;
}

export interface Plane {
  /** One for each column. */
  weights: Float64Array;
  bias: number;
}

/** Of the largest violation of the optimality conditions; liblinear's own choice. */
const PRECISE_ENOUGH = 0.1;
/** Reached by no data seen so far; bounds the time of data that does not converge. */
const MOST_ROUNDS = 200;

/** What a mistake costs on either side; the greater, the closer the plane follows the rows. */
export interface Costs {
  inside: number;
  outside: number;
}

/** Separates the rows that are inside from the others. */
export function separate(
  { starts, columns, values }: Rows,
  width: number,
  isInside: (row: number) => boolean,
  costs: Costs,
  chance: () => number,
): Plane {
  const count = starts.length - 1;
  const softness = Float64Array.from(
    { length: count },
    (_, row) => 1 / (2 * (isInside(row) ? costs.inside : costs.outside)),
  );
  const weights = new Float64Array(width);
  const alphas = new Float64Array(count);
  const sides = Int8Array.from({ length: count }, (_, row) => (isInside(row) ? 1 : -1));
  const curvatures = Float64Array.from({ length: count }, (_, row) => {
    let sum = 1 + (softness[row] as number);
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
      sum += (values[at] as number) ** 2;
    return sum;
  });
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  let bias = 0;
  let active = count;
  let greatestBefore = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let greatest = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let n = 0; n < active; n++) {
      swap(order, n, n + Math.floor(chance() * (active - n)));
      const row = order[n] as number;
      const from = starts[row] as number;
      const to = starts[row + 1] as number;
      const side = sides[row] as number;
      const alpha = alphas[row] as number;
      let product = bias;
      for (let at = from; at < to; at++)
        product += (weights[columns[at] as number] as number) * (values[at] as number);
      const gradient = side * product - 1 + (softness[row] as number) * alpha;
      if (alpha === 0 && gradient > greatestBefore) {
        // Far on its right side: it will hardly matter again, and the last round looks at all.
        active--;
        swap(order, n, active);
        n--;
        continue;
      }
      const projected = alpha === 0 ? Math.min(gradient, 0) : gradient;
      greatest = Math.max(greatest, projected);
      least = Math.min(least, projected);
      if (Math.abs(projected) < 1e-12) continue;
      const next = Math.max(alpha - gradient / (curvatures[row] as number), 0);
      const step = (next - alpha) * side;
      alphas[row] = next;
      bias += step;
      for (let at = from; at < to; at++) {
        const column = columns[at] as number;
        weights[column] = (weights[column] as number) + step * (values[at] as number);
      }
    }
    if (greatest - least > PRECISE_ENOUGH) {
      greatestBefore = greatest <= 0 ? Number.POSITIVE_INFINITY : greatest;
    } else if (active < count) {
      active = count;
      greatestBefore = Number.POSITIVE_INFINITY;
    } else break;
  }
  return { weights, bias };
}

function swap(order: Uint32Array, one: number, other: number): void {
  const kept = order[one] as number;
  order[one] = order[other] as number;
  order[other] = kept;
}

/** Numbers from 0 to below 1 that look random and are the same each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

import * as fc from "fast-check";
import type { LinearModel, SparseRows } from "../../../workers/estimation/types.js";

/** Sparse rows from dense ones. */
export function sparse(dense: readonly (readonly number[])[], columns: number): SparseRows {
  const start = new Int32Array(dense.length + 1);
  const column: number[] = [];
  const value: number[] = [];
  dense.forEach((row, i) => {
    row.forEach((v, j) => {
      if (v === 0) return;
      column.push(j);
      value.push(v);
    });
    start[i + 1] = column.length;
  });
  return {
    rows: dense.length,
    columns,
    start,
    column: Int32Array.from(column),
    value: Float64Array.from(value),
  };
}

/** A meshed grid with integer susceptances, bus 0 the reference. */
export interface TestGrid {
  readonly buses: number;
  readonly lines: readonly { readonly from: number; readonly to: number; readonly b: number }[];
}

/** Dense rows of H over the states (buses 1 ..): a flow per line, then an injection per bus. */
export function meterRows(grid: TestGrid): { flows: number[][]; injections: number[][] } {
  const n = grid.buses - 1;
  const injections = Array.from({ length: grid.buses }, () => zeros(n));
  const flows = grid.lines.map(({ from, to, b }) => {
    const row = zeros(n);
    add(row, from, b);
    add(row, to, -b);
    add(injections[from]!, from, b);
    add(injections[from]!, to, -b);
    add(injections[to]!, to, b);
    add(injections[to]!, from, -b);
    return row;
  });
  return { flows, injections };
}

function zeros(n: number): number[] {
  return Array.from({ length: n }, () => 0);
}

function add(row: number[], bus: number, b: number): void {
  if (bus > 0) row[bus - 1]! += b;
}

/** Connected grids: each bus hangs on an earlier one, and some more lines, parallel ones too. */
export function arbitraryGrid(most: number): fc.Arbitrary<TestGrid> {
  return fc.integer({ min: 2, max: most }).chain((buses) =>
    fc
      .record({
        parents: fc.tuple(...Array.from({ length: buses - 1 }, (_, i) => fc.integer({ min: 0, max: i }))),
        extra: fc.array(
          fc.record({ from: fc.nat(buses - 1), to: fc.nat(buses - 1), b: fc.integer({ min: 1, max: 40 }) }),
          { maxLength: buses },
        ),
        tree: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: buses - 1, maxLength: buses - 1 }),
      })
      .map(({ parents, extra, tree }) => ({
        buses,
        lines: [
          ...parents.map((from, i) => ({ from, to: i + 1, b: tree[i]! })),
          ...extra.filter((line) => line.from !== line.to),
        ],
      })),
  );
}

/** A model and its dense rows. */
export interface TestModel extends LinearModel {
  readonly dense: number[][];
}

/** A model of the given rows with weights between 1/4 and 4. */
export function modelOf(dense: number[][], columns: number, seed = 1): TestModel {
  const random = randomNumbers(seed);
  return {
    dense,
    h: sparse(dense, columns),
    weight: Float64Array.from(dense, () => 4 ** (2 * random() - 1)),
    offset: Float64Array.from(dense, () => (random() < 0.2 ? random() - 0.5 : 0)),
  };
}

/** All meters of a grid: observable whatever the grid. */
export function fullModel(grid: TestGrid, seed = 1): TestModel {
  const { flows, injections } = meterRows(grid);
  return modelOf([...flows, ...injections], grid.buses - 1, seed);
}

/** `Hθ - offset`, plus noise of the model's own deviations times `noise`. */
export function measure(model: LinearModel, theta: ArrayLike<number>, noise = 0, seed = 7): Float64Array {
  const random = randomNumbers(seed);
  const { h, weight, offset } = model;
  return Float64Array.from({ length: h.rows }, (_, i) => {
    let value = -offset[i]!;
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++) value += h.value[p]! * theta[h.column[p]!]!;
    return value + (noise * (random() + random() + random() - 1.5) * 2) / Math.sqrt(weight[i]!);
  });
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A lattice of `side × side` buses. */
export function lattice(side: number): TestGrid {
  const lines = [];
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++) {
      if (i > 0) lines.push({ from: (i - 1) * side + j, to: i * side + j, b: 1 + ((i * 7 + j * 3) % 11) });
      if (j > 0) lines.push({ from: i * side + j - 1, to: i * side + j, b: 1 + ((i * 5 + j * 13) % 17) });
    }
  return { buses: side * side, lines };
}

/** Largest |a_i - b_i| / max |b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 1e-300;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  return a.length === b.length ? difference / size : Infinity;
}

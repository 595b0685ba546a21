import { eliminationPattern, type EliminationPattern } from "../estimation/eliminationPattern.js";
import { NotObservableError } from "../estimation/errors.js";
import { gramPattern } from "../estimation/gramPattern.js";
import { minimumDegreeOrder, type SymmetricPattern } from "../estimation/order.js";
import { rotateRow } from "../estimation/rotateRow.js";
import { transpose } from "../estimation/transpose.js";
import type { LinearModel, SparseRows } from "../estimation/types.js";

/** A diagonal entry of R below this part of its column's length is rounding. */
const ZERO = 1e-9;

/**
 * What some rows of a model say about the states that they share with other rows. With weighted rows √w·h, the inner
 * states (which no other row sees) first and the border last,
 *
 *     QᵀA = R = [ R_inner  R_side ]        F = R_border:  ‖A x‖² is ‖F x_border‖² at its least over x_inner
 *               [ 0        F      ]
 *
 * and `extend` gives the x_inner where it is. F is as exact as the rows: nothing is squared on the way.
 */
export class BorderFactor {
  /** F by rows, border × border, upper triangular. */
  readonly f: Float64Array;
  readonly #pattern: EliminationPattern;
  readonly #values: Float64Array;
  readonly #local: Int32Array;

  /**
   * @param rows numbers of rows of H; they see inner and border states only.
   * @param inner columns of H that these rows alone see.
   * @param border the other columns of H that they see, in the order of F.
   * @throws NotObservableError when the rows do not determine the inner states, given the border.
   */
  constructor(
    readonly model: LinearModel,
    readonly rows: readonly number[],
    readonly inner: readonly number[],
    readonly border: readonly number[],
  ) {
    const { h, weight } = model;
    const states = [...inner, ...border];
    const n = states.length;
    const local = new Int32Array(h.columns).fill(-1);
    states.forEach((state, at) => (local[state] = at));
    this.#local = local;
    const seen = rowsOf(h, rows, local, n);
    const pattern = gramPattern(seen, transpose(seen));
    const order = new Int32Array(n);
    order.set(minimumDegreeOrder(leading(pattern, inner.length)));
    for (let k = inner.length; k < n; k++) order[k] = k;
    this.#pattern = eliminationPattern(pattern, order);
    const { position, columnStart, row } = this.#pattern;
    this.#values = new Float64Array(row.length);

    const work = new Float64Array(n);
    const squares = new Float64Array(n);
    rows.forEach((i, at) => {
      const root = Math.sqrt(weight[i]!);
      let first = n;
      for (let p = seen.start[at]!; p < seen.start[at + 1]!; p++) {
        const k = position[seen.column[p]!]!;
        const v = root * seen.value[p]!;
        work[k] = v;
        squares[k]! += v * v;
        if (k < first) first = k;
      }
      if (first < n) rotateRow(this.#pattern, this.#values, work, first);
    });
    const open = inner.filter((_, at) => {
      const k = position[at]!;
      return !(Math.abs(this.#values[columnStart[k]!]!) > ZERO * Math.sqrt(squares[k]!));
    });
    if (open.length > 0) throw new NotObservableError(open.sort((a, b) => a - b));

    const g = border.length;
    this.f = new Float64Array(g * g);
    for (let k = inner.length; k < n; k++) {
      for (let p = columnStart[k]!; p < columnStart[k + 1]!; p++)
        this.f[(k - inner.length) * g + row[p]! - inner.length] = this.#values[p]!;
    }
  }

  /**
   * Sets the inner entries of x to those that make ‖Ax‖ least for its border entries.
   *
   * @param x one per column of H.
   */
  extend(x: Float64Array): void {
    const { order, columnStart, row } = this.#pattern;
    const states = [...this.inner, ...this.border];
    for (let k = this.inner.length - 1; k >= 0; k--) {
      const begin = columnStart[k]!;
      let sum = 0;
      for (let p = begin + 1; p < columnStart[k + 1]!; p++)
        sum += this.#values[p]! * x[states[order[row[p]!]!]!]!;
      x[states[order[k]!]!] = -sum / this.#values[begin]!;
    }
  }

  /** What row i of H, one of `rows`, weighted, gives for border entries once x is extended; one per border state. */
  extendedRow(i: number): Float64Array {
    const { h, weight } = this.model;
    const { position, columnStart, row } = this.#pattern;
    const work = new Float64Array(position.length);
    const root = Math.sqrt(weight[i]!);
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++)
      work[position[this.#local[h.column[p]!]!]!] = root * h.value[p]!;
    for (let k = 0; k < this.inner.length; k++) {
      if (work[k] === 0) continue;
      const begin = columnStart[k]!;
      const u = work[k]! / this.#values[begin]!;
      for (let p = begin + 1; p < columnStart[k + 1]!; p++) work[row[p]!]! -= u * this.#values[p]!;
    }
    return work.slice(this.inner.length);
  }
}

/** Some rows of H with their columns numbered anew. */
function rowsOf(h: SparseRows, rows: readonly number[], local: Int32Array, columns: number): SparseRows {
  const start = new Int32Array(rows.length + 1);
  rows.forEach((i, at) => (start[at + 1] = start[at]! + h.start[i + 1]! - h.start[i]!));
  const column = new Int32Array(start[rows.length]!);
  const value = new Float64Array(column.length);
  rows.forEach((i, at) => {
    for (let p = h.start[i]!, q = start[at]!; p < h.start[i + 1]!; p++, q++) {
      column[q] = local[h.column[p]!]!;
      value[q] = h.value[p]!;
    }
  });
  return { rows: rows.length, columns, start, column, value };
}

/** The pattern of the first columns. */
function leading(pattern: SymmetricPattern, n: number): SymmetricPattern {
  const start = new Int32Array(n + 1);
  const index: number[] = [];
  for (let j = 0; j < n; j++) {
    for (let p = pattern.start[j]!; p < pattern.start[j + 1]!; p++)
      if (pattern.index[p]! < n) index.push(pattern.index[p]!);
    start[j + 1] = index.length;
  }
  return { n, start, index: Int32Array.from(index) };
}

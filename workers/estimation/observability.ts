import type { Analysis } from "./analysis.js";
import { GainFactor } from "./gainFactor.js";
import { residualsAndGradient } from "./residuals.js";

/** What the rows in use say about the states. */
export interface Observability {
  readonly observable: boolean;
  /** Rank of the rows in use. */
  readonly rank: number;
  /** Columns of H that are not determined, ascending: those where some x with Hx = 0 is not zero. */
  readonly unobservableStates: readonly number[];
}

/** A pivot below this part of its diagonal entry is looked at more closely. */
const SUSPECT = 1e-9;
/** `|h_i v| ≤ this·‖h_i‖₁·‖v‖∞` in every row makes v a null vector. */
const NULL_RESIDUAL = 1e-10;
/** A null vector's entry above this part of its largest counts. */
const NULL_SUPPORT = 1e-9;

/**
 * Whether H has full column rank, and which states lie in its null space (after Monticelli and Wu, "Network
 * observability: theory", IEEE Trans. PAS 104(5), 1985).
 *
 * Rows are scaled to unit length: weights do not matter to rank. Factoring G, a pivot near zero at state k says that k
 * follows from no row. A pseudo-meter on k alone is added and the elimination goes on. Then the estimate that
 * reads 1 at that pseudo-meter and 0 at all others and at all rows is a candidate null vector v:
 * where Hv = 0 holds to rounding, it is one, and its support is not observable. G squares H, so a pivot of a state that
 * is only weakly tied can look like zero, but its Hv does not: then the pivot was right and is put back, one at a
 * time from the first, since a later candidate is only sound when the ones before it are.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 */
export function observability(analysis: Analysis, inUse?: ArrayLike<number>): Observability {
  const { symbolic } = analysis;
  const n = symbolic.n;
  const { weight, length1 } = unitWeights(analysis, inUse);
  const factor = new GainFactor(analysis);
  const weak: number[] = [];
  const vector = new Float64Array(n);
  const isUnobservable = new Uint8Array(n);
  for (;;) {
    factor.factor(weight, SUSPECT, weak);
    isUnobservable.fill(0);
    let falseAlarm = -1;
    for (let z = 0; z < factor.zeroCount && falseAlarm === -1; z++) {
      const k = factor.zeroPivots[z]!;
      nullCandidate(factor, weight, k, vector);
      let largest = 0;
      for (let a = 0; a < n; a++) largest = Math.max(largest, Math.abs(vector[a]!));
      if (!weak.includes(k) && !isNull(analysis, weight, length1, vector, NULL_RESIDUAL * largest))
        falseAlarm = k;
      else
        for (let a = 0; a < n; a++) if (Math.abs(vector[a]!) > NULL_SUPPORT * largest) isUnobservable[a] = 1;
    }
    if (falseAlarm === -1) break;
    weak.push(falseAlarm);
  }
  const unobservableStates: number[] = [];
  for (let j = 0; j < n; j++) if (isUnobservable[symbolic.position[j]!]) unobservableStates.push(j);
  return { observable: factor.zeroCount === 0, rank: n - factor.zeroCount, unobservableStates };
}

/** `v = Ĝ⁻¹ s_k e_k`, Ĝ being G with its pseudo-meters, refined against H itself. */
function nullCandidate(factor: GainFactor, weight: Float64Array, k: number, v: Float64Array): void {
  const { h } = factor.analysis;
  v.fill(0);
  if (factor.scale[k] === 0) {
    v[k] = 1;
    return;
  }
  const zero = new Float64Array(h.rows);
  const residual = new Float64Array(h.rows);
  const step = new Float64Array(h.columns);
  for (let pass = 0; pass < 3; pass++) {
    residualsAndGradient(h, weight, zero, v, residual, step);
    for (let z = 0; z < factor.zeroCount; z++) {
      const j = factor.zeroPivots[z]!;
      const s = factor.scale[j]! > 0 ? factor.scale[j]! : 1;
      step[j]! += s * ((j === k ? 1 : 0) - v[j]!);
    }
    factor.solve(step);
    for (let a = 0; a < v.length; a++) v[a]! += step[a]!;
  }
}

/** Weights that give each row in use unit length, and the rows' 1-norms. */
export function unitWeights(
  analysis: Analysis,
  inUse?: ArrayLike<number>,
): { weight: Float64Array; length1: Float64Array } {
  const { rows, start, value } = analysis.h;
  const weight = new Float64Array(rows);
  const length1 = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    let sum = 0;
    for (let p = start[i]!; p < start[i + 1]!; p++) {
      squares += value[p]! * value[p]!;
      sum += Math.abs(value[p]!);
    }
    length1[i] = sum;
    weight[i] = squares > 0 && (inUse === undefined || inUse[i]) ? 1 / squares : 0;
  }
  return { weight, length1 };
}

/** Whether `|h_i v| ≤ tolerance·‖h_i‖₁` in every row in use. */
function isNull(
  analysis: Analysis,
  weight: Float64Array,
  length1: Float64Array,
  vector: Float64Array,
  tolerance: number,
): boolean {
  const { rows, start, column, value } = analysis.h;
  for (let i = 0; i < rows; i++) {
    if (weight[i] === 0) continue;
    let sum = 0;
    for (let p = start[i]!; p < start[i + 1]!; p++) sum += value[p]! * vector[column[p]!]!;
    if (!(Math.abs(sum) <= tolerance * length1[i]!)) return false;
  }
  return true;
}

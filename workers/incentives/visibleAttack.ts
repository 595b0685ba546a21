import { gram } from "../estimation/gram.js";
import { multiplyRow } from "../estimation/multiplyRow.js";
import { symmetricEigen } from "../estimation/symmetricEigen.js";
import { thinQr } from "../estimation/thinQr.js";
import type { LinearModel } from "../estimation/types.js";
import { alarmScale } from "./alarmScale.js";
import { BorderFactor } from "./borderFactor.js";
import type { CoalitionRows } from "./coalitionRows.js";

/** The distortion of a coalition's own meters that residuals show, and show least at its own meters. */
export interface VisibleAttack {
  /** S_o/S: the part of Σwr² over real meters that lies at its own. Above 0, below 1. */
  readonly lambda: number;
  /** In the rows' units, one per row, 0 at the rows of others. */
  readonly distortion: Float64Array;
}

/** Below this a share is zero, within rounding: nobody else's residual shows the attack. */
const HIDDEN = 1e-12;
/**
 * Where the values without the attack fit each other exactly and the attack may be of any size, the residuals are
 * r = Bd, and the part of Σwr² that a coalition bears for its distortion d is S_o/S = dᵀBᵀW_oBd / dᵀBᵀWBd. The best
 * attack is the eigenvector of the smallest eigenvalue λ of these two forms on its rows, once the attacks with Bd = 0
 * are set aside (paper 003, Corollary 4 and Theorem 3; docs/coalitions.md derives what follows).
 *
 * Let A_K and A_O be the weighted rows of the coalition and of all others. The best d is H_K c for some state c, and
 * without virtual rows λ is the smallest positive eigenvalue of `A_OᵀA_O c = λ(A_KᵀA_K + A_OᵀA_O) c`. States that
 * one side alone sees only add eigenvalues 0 and 1; they are eliminated from either side by sparse rotations, which
 * leaves F_K and F_O on the border. With `[F_O; F_K] = [Q_O; Q_K]R`, λ is an eigenvalue of Q_OᵀQ_O (the CS
 * decomposition): exact to rounding, since G is never formed. Virtual rows share in J, not in S: with them the form
 * to maximise is S_R/S_o, R the real rows of others.
 *
 * @returns undefined if no distortion leaves less than all of S at its own meters.
 * @throws NotObservableError when the rows together do not determine every state.
 */
export function visibleAttack(model: LinearModel, rows: CoalitionRows): VisibleAttack | undefined {
  const { border } = rows;
  const g = border.length;
  if (g === 0) return undefined;
  const ours = new BorderFactor(model, rows.own, rows.ownStates, border);
  const theirs = new BorderFactor(model, rows.others, rows.otherStates, border);
  const stacked = new Float64Array(2 * g * g);
  stacked.set(theirs.f);
  stacked.set(ours.f, g * g);
  const { q, r } = thinQr(stacked, 2 * g, g);
  const { values, vectors } = symmetricEigen(gram(q.subarray(0, g * g), g, g), g);
  const open = Array.from({ length: g }, (_, j) => j).filter(
    (j) => values[j]! > HIDDEN && values[j]! < 1 - HIDDEN,
  );
  if (open.length === 0) return undefined;

  const best =
    rows.virtual.length === 0
      ? { lambda: values[open[0]!]!, weights: open.map((_, at) => (at === 0 ? 1 : 0)) }
      : withVirtualRows(rows.virtual, theirs, r, vectors, values, open);
  if (best === undefined) return undefined;

  // θ is the estimate's movement; p the state that the residuals of its own rows follow; c = θ + p what they report.
  const theta = new Float64Array(model.h.columns);
  const p = new Float64Array(model.h.columns);
  const onBorder = (scale: (lambda: number) => number): Float64Array => {
    const x = new Float64Array(g);
    open.forEach((j, at) => {
      const size = best.weights[at]! * scale(values[j]!);
      for (let k = 0; k < g; k++) x[k]! += size * vectors[k * g + j]!;
    });
    return solveUpper(r, g, x);
  };
  onBorder(() => 1).forEach((value, at) => (theta[border[at]!] = value));
  onBorder((lambda) => lambda / (1 - lambda)).forEach((value, at) => (p[border[at]!] = value));
  theirs.extend(theta);
  ours.extend(p);
  const c = Float64Array.from(theta, (value, j) => value + p[j]!);
  // Of all distortions that leave these residuals, the smallest.
  ours.extend(c);

  let objective = 0;
  for (const i of rows.own) objective += model.weight[i]! * multiplyRow(model.h, i, p) ** 2;
  for (const i of rows.others) objective += model.weight[i]! * multiplyRow(model.h, i, theta) ** 2;
  const distortion = new Float64Array(model.h.rows);
  for (const i of rows.own) distortion[i] = multiplyRow(model.h, i, c);
  const sign = distortion[rows.own.find((i) => distortion[i] !== 0)!]! < 0 ? -1 : 1;
  const size = sign * alarmScale(model, objective);
  return { lambda: best.lambda, distortion: distortion.map((value) => size * value) };
}

/**
 * With R and V the real and the virtual rows of others: the θ of largest S_R/S_o. In the coordinates of the CS
 * decomposition θ_border = R⁻¹Zq, S_R + S_V = Σλq² and S_o = Σ(λ²/(1-λ))q²; S_V is what the virtual rows say.
 */
function withVirtualRows(
  virtual: readonly number[],
  theirs: BorderFactor,
  r: Float64Array,
  vectors: Float64Array,
  values: Float64Array,
  open: readonly number[],
): { readonly lambda: number; readonly weights: readonly number[] } | undefined {
  const g = theirs.border.length;
  const n = open.length;
  // q = √(1-λ)/λ·p makes S_o = Σp².
  const unit = open.map((j) => Math.sqrt(1 - values[j]!) / values[j]!);
  const seen = new Float64Array(virtual.length * n);
  virtual.forEach((i, at) => {
    const row = solveTransposed(r, g, theirs.extendedRow(i));
    open.forEach((j, k) => {
      let sum = 0;
      for (let m = 0; m < g; m++) sum += row[m]! * vectors[m * g + j]!;
      seen[at * n + k] = sum * unit[k]!;
    });
  });
  const form = gram(seen, virtual.length, n).map((value) => -value);
  open.forEach((j, k) => (form[k * n + k]! += (1 - values[j]!) / values[j]!));
  const eigen = symmetricEigen(form, n);
  const most = eigen.values[n - 1]!;
  if (!(most > HIDDEN)) return undefined;
  return { lambda: 1 / (1 + most), weights: unit.map((size, k) => size * eigen.vectors[k * n + n - 1]!) };
}

/** `R⁻¹x` in place. */
function solveUpper(r: Float64Array, n: number, x: Float64Array): Float64Array {
  for (let k = n - 1; k >= 0; k--) {
    let sum = x[k]!;
    for (let j = k + 1; j < n; j++) sum -= r[k * n + j]! * x[j]!;
    x[k] = sum / r[k * n + k]!;
  }
  return x;
}

/** `R⁻ᵀx` in place. */
function solveTransposed(r: Float64Array, n: number, x: Float64Array): Float64Array {
  for (let k = 0; k < n; k++) {
    const v = x[k]! / r[k * n + k]!;
    x[k] = v;
    for (let j = k + 1; j < n; j++) x[j]! -= r[k * n + j]! * v;
  }
  return x;
}

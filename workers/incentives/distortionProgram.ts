import { gram } from "../estimation/gram.js";
import { symmetricEigen } from "../estimation/symmetricEigen.js";
import { thinQr } from "../estimation/thinQr.js";
import { alarmScale } from "./alarmScale.js";
import { coalitionRows } from "./coalitionRows.js";
import { IncentiveArgumentError } from "./errors.js";
import { residualColumns } from "./residualColumns.js";
import type { IncentiveModel } from "./types.js";

/** The most meters that are attacked: the algebra is dense, and its time grows with the cube of their number. */
export const MOST_ATTACKED = 2000;
/** What a distortion must leave of its own Σwd² as Σwr² at meters to be visible. */
const HIDDEN = 1e-12;

/** The answer to the paper's program (2). */
export interface DistortionProgram {
  /** Whether some distortion with r(0) = 0 makes αᵀQα negative: the coalition can gain. */
  readonly feasible: boolean;
  /** The smallest S_o/S; 1 if no distortion of these meters shows at all. */
  readonly lambda: number;
  /** A(|M_o|/|M| - λ), credits a slot. */
  readonly gain: number;
  /** In the rows' units, one per row, 0 where not attacked: the best distortion, at which J is ten times τ. */
  readonly distortion: Float64Array;
}

/**
 * Whether a coalition can gain by distorting any set of meters, its own or not: program (2) of paper 003, minimise
 * αᵀQα with B z = 0 and a = 0 outside the set. With B z = 0 the measurements drop out, and aᵀFa is negative for some a
 * exactly if the smallest eigenvalue of S_o against S on the set lies below |M_o|/|M|: so the program is decided by
 * eigenvalues, without branching. Where the set is the coalition's own, `coalitionGain` says the same faster.
 *
 * @param attacked Rows of H, of meters, each once.
 * @param anomalyPenalty A, credits.
 * @throws IncentiveArgumentError on rows or seats that there are not, or too many rows; NotObservableError when the
 *   meters leave a state open.
 */
export function distortionProgram(
  incentiveModel: IncentiveModel,
  members: readonly number[],
  attacked: readonly number[],
  anomalyPenalty: number,
): DistortionProgram {
  const { model, meterNames } = incentiveModel;
  const { own } = coalitionRows(incentiveModel, members);
  if (attacked.length > MOST_ATTACKED)
    throw new IncentiveArgumentError(`${attacked.length} meters attacked, at most ${MOST_ATTACKED}`);
  if (new Set(attacked).size < attacked.length) throw new IncentiveArgumentError("a meter is attacked twice");
  for (const row of attacked)
    if (!Number.isInteger(row) || row < 0 || row >= meterNames.length)
      throw new IncentiveArgumentError(
        `row ${row} is not that of a meter, of which there are ${meterNames.length}`,
      );

  const { rows } = model.h;
  const n = attacked.length;
  const share = own.length / meterNames.length;
  const columns = residualColumns(model, attacked);
  // The meters' rows come first.
  const seen = symmetricEigen(gram(columns, meterNames.length, n), n);
  const visible = Array.from(seen.values.keys()).filter((k) => seen.values[k]! > HIDDEN);
  const m = visible.length;
  if (m === 0)
    return {
      feasible: false,
      lambda: 1,
      gain: anomalyPenalty * (share - 1),
      distortion: new Float64Array(rows),
    };

  // Residuals of an orthonormal set of visible distortions, each of length 1, then made orthogonal to rounding.
  const start = new Float64Array(n * m);
  visible.forEach((k, at) => {
    for (let j = 0; j < n; j++) start[j * m + at] = seen.vectors[j * n + k]! / Math.sqrt(seen.values[k]!);
  });
  const residuals = product(columns, start, rows, n, m);
  const { q, r } = thinQr(residuals.subarray(0, meterNames.length * m), meterNames.length, m);
  const ours = new Float64Array(own.length * m);
  own.forEach((i, at) => ours.set(q.subarray(i * m, i * m + m), at * m));
  const { values, vectors } = symmetricEigen(gram(ours, own.length, m), m);
  const lambda = Math.min(Math.max(values[0]!, 0), 1);

  const inner = new Float64Array(m);
  for (let k = m - 1; k >= 0; k--) {
    let sum = vectors[k * m]!;
    for (let j = k + 1; j < m; j++) sum -= r[k * m + j]! * inner[j]!;
    inner[k] = sum / r[k * m + k]!;
  }
  const standard = product(start, inner, n, m, 1);
  const objective = product(columns, standard, rows, n, 1).reduce((sum, v) => sum + v * v, 0);
  const size = alarmScale(model, objective);
  const distortion = new Float64Array(rows);
  attacked.forEach((row, j) => (distortion[row] = (size * standard[j]!) / Math.sqrt(model.weight[row]!)));
  return { feasible: lambda < share, lambda, gain: anomalyPenalty * (share - lambda), distortion };
}

/** AB of dense matrices by rows: n × m and m × k. */
function product(a: Float64Array, b: Float64Array, n: number, m: number, k: number): Float64Array {
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const v = a[i * m + j]!;
      if (v !== 0) for (let c = 0; c < k; c++) out[i * k + c]! += v * b[j * k + c]!;
    }
  }
  return out;
}

import { Estimator } from "../estimation/estimator.js";
import type { LinearModel } from "../estimation/types.js";

/**
 * Columns of B̃ = W^½(I - P)W^-½: what a distortion of one standard deviation at a row leaves at every row, in standard
 * deviations. One solve on the sparse factor for each.
 *
 * @param columns rows of H, which are columns of B.
 * @returns by rows: model rows × columns.
 * @throws NotObservableError when the meters leave a state open.
 */
export function residualColumns(model: LinearModel, columns: readonly number[]): Float64Array {
  const { rows } = model.h;
  const estimator = new Estimator({ ...model, offset: new Float64Array(rows) });
  const estimate = estimator.newEstimate();
  const unit = new Float64Array(rows);
  const out = new Float64Array(rows * columns.length);
  columns.forEach((row, k) => {
    unit[row] = 1 / Math.sqrt(model.weight[row]!);
    const { residual } = estimator.estimate(unit, estimate);
    unit[row] = 0;
    for (let i = 0; i < rows; i++) out[i * columns.length + k] = Math.sqrt(model.weight[i]!) * residual[i]!;
  });
  return out;
}

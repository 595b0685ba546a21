import type { IncentiveModel } from "./types.js";

/**
 * The model of some of the meters: those that are registered. Virtual rows stay.
 *
 * @param registered one per meter; 0 leaves it out.
 */
export function withRows(model: IncentiveModel, registered: ArrayLike<number>): IncentiveModel {
  const meters = model.meterNames.length;
  const { h, weight, offset } = model.model;
  const kept = Array.from({ length: h.rows }, (_, row) => row).filter(
    (row) => row >= meters || registered[row] !== 0,
  );
  const start = new Int32Array(kept.length + 1);
  const entries = kept.flatMap((row, i) => {
    const own = Array.from({ length: h.start[row + 1]! - h.start[row]! }, (_, k) => h.start[row]! + k);
    start[i + 1] = start[i]! + own.length;
    return own;
  });
  return {
    ...model,
    model: {
      h: {
        rows: kept.length,
        columns: h.columns,
        start,
        column: Int32Array.from(entries, (entry) => h.column[entry]!),
        value: Float64Array.from(entries, (entry) => h.value[entry]!),
      },
      weight: Float64Array.from(kept, (row) => weight[row]!),
      offset: Float64Array.from(kept, (row) => offset[row]!),
    },
    ownerOfRow: Int32Array.from(kept, (row) => model.ownerOfRow[row]!),
    meterNames: kept.filter((row) => row < meters).map((row) => model.meterNames[row]!),
  };
}

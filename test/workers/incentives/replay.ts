import { Estimator } from "../../../workers/estimation/estimator.js";
import { multiplyRow } from "../../../workers/estimation/multiplyRow.js";
import type { IncentiveModel } from "../../../workers/incentives/types.js";

/** What a slot of given values comes to. */
export interface Replayed {
  /** J, virtual rows included. */
  readonly objective: number;
  /** Σwr² of the meters of each seat. */
  readonly shares: readonly number[];
}

/** A function that estimates a slot whose values are exact but for the errors it is given, one per row. */
export function replayer({
  model,
  ownerOfRow,
  operators,
}: IncentiveModel): (errors: Float64Array) => Replayed {
  const estimator = new Estimator(model);
  const angles = Float64Array.from({ length: model.h.columns }, (_, j) => 0.1 * Math.sin(j));
  const exact = model.offset.map((offset, i) => multiplyRow(model.h, i, angles) - offset);
  return (errors) => {
    const { residual, objective } = estimator.estimate(exact.map((value, i) => value + errors[i]!));
    const shares = operators.map(() => 0);
    ownerOfRow.forEach((seat, i) => seat >= 0 && (shares[seat]! += model.weight[i]! * residual[i]! ** 2));
    return { objective, shares };
  };
}

/** The sum of some numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, v) => total + v, 0);
}

/** A(|M_o|/|M| - S_o/S): what the alarm moves to a coalition, from equation (1). */
export function alarmGain(
  { ownerOfRow, meterNames }: IncentiveModel,
  members: readonly number[],
  shares: readonly number[],
  anomalyPenalty: number,
): number {
  const meters = ownerOfRow.filter((seat) => members.includes(seat)).length;
  return (
    anomalyPenalty * (meters / meterNames.length - sum(members.map((seat) => shares[seat]!)) / sum(shares))
  );
}

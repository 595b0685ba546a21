import { Estimator } from "../estimation/estimator.js";
import type { CreditTerms, IncentiveModel } from "./types.js";

/** When a meter pays for its operator. */
export interface RegistrationThreshold {
  readonly meter: string;
  readonly seat: number;
  /** Registering pays if the meter is offline with a probability below this: the solution of ε = (R+Δ₅(ε))/(R+Q). */
  readonly threshold: number;
  /** Δ₅ at the meter's own ε: what registering it changes in the anomaly term of its operator, credits a slot. */
  readonly anomalyChange: number;
}

/** What the thresholds depend on. */
export interface RegistrationInput {
  readonly model: IncentiveModel;
  /** ε of each meter, by row. */
  readonly offline: ArrayLike<number>;
  readonly terms: CreditTerms;
  readonly falseAlarm: number;
}

/**
 * For every meter, the probability of being offline below which registering it pays for its operator, whatever the
 * others registered (paper 003, Theorem 1 and Corollary 1: ε < (R+Δ₅)/(R+Q)).
 *
 * Δ₅ is exact for the plan as it stands against the plan without this one meter. With K = α A Π_{others}(1-ε), c the
 * operator's excess share of an alarm with the meter and c' without it, `Δ₅(ε) = K (c' - (1-ε) c)`, linear in the
 * meter's own ε, so that the condition is solved in closed form: `ε < (R + K(c' - c))/(R + Q - K c)`. Removing row m
 * takes B_im²/B_mm from every redundancy B_ii. Without a critical meter nothing is observable, there is no alarm, and
 * c' is 0.
 *
 * @returns One per meter, in row order.
 * @throws NotObservableError when the meters do not determine the grid.
 */
export function registrationThresholds({
  model,
  offline,
  terms,
  falseAlarm,
}: RegistrationInput): RegistrationThreshold[] {
  const { ownerOfRow, meterNames, operators } = model;
  const meters = meterNames.length;
  const estimator = new Estimator(model.model);
  const { weight, offset } = model.model;
  const estimate = estimator.newEstimate();
  const { redundancy } = estimator.normalisedResiduals(estimate.residual);
  const redundancyOf = new Float64Array(operators.length);
  const countOf = new Float64Array(operators.length);
  let all = 0;
  let complete = 1;
  for (let row = 0; row < meters; row++) {
    redundancyOf[ownerOfRow[row]!]! += redundancy[row]!;
    countOf[ownerOfRow[row]!]!++;
    all += redundancy[row]!;
    complete *= 1 - offline[row]!;
  }
  const reward = Number(terms.reward);
  const both = reward + Number(terms.missingPenalty);
  const scale = falseAlarm * Number(terms.anomalyPenalty);

  const z = offset.map((constant) => -constant);
  return meterNames.map((meter, row) => {
    const seat = ownerOfRow[row]!;
    const s = redundancy[row]!;
    const withIt = excess(redundancyOf[seat]!, all, countOf[seat]!, meters);
    let without = 0;
    if (s > 0) {
      // Column `row` of B, from an error of one sigma in that meter alone.
      z[row]! += 1 / Math.sqrt(weight[row]!);
      const { residual } = estimator.estimate(z, estimate);
      z[row] = -offset[row]!;
      let lostOwn = s;
      let lostAll = s;
      for (let i = 0; i < meters; i++) {
        if (i === row) continue;
        const lost = (residual[i]! ** 2 * weight[i]!) / s;
        lostAll += lost;
        if (ownerOfRow[i] === seat) lostOwn += lost;
      }
      const left = all - lostAll;
      // What is left after the last redundancy is rounding.
      if (left > 1e-9 * all)
        without = excess(redundancyOf[seat]! - lostOwn, left, countOf[seat]! - 1, meters - 1);
    }
    const own = offline[row]!;
    const others = own === 1 ? productWithout(offline, meters, row) : complete / (1 - own);
    const k = scale * others;
    return {
      meter,
      seat,
      threshold: (reward + k * (without - withIt)) / (both - k * withIt),
      anomalyChange: k * (without - (1 - own) * withIt),
    };
  });
}

function productWithout(offline: ArrayLike<number>, meters: number, row: number): number {
  let product = 1;
  for (let i = 0; i < meters; i++) if (i !== row) product *= 1 - offline[i]!;
  return product;
}

/** The part of all redundancy less the part of all meters; 0 without redundancy, where there is no alarm. */
function excess(redundancy: number, all: number, meters: number, allMeters: number): number {
  return all > 0 ? redundancy / all - meters / allMeters : 0;
}

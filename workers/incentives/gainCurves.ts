import { Estimator } from "../estimation/estimator.js";
import { anomalyShare } from "./anomalyShare.js";
import { expectedGain } from "./expectedGain.js";
import type { CreditTerms, IncentiveModel } from "./types.js";

/** Expected gains at one ε of all meters. */
export interface GainPoint {
  readonly epsilon: number;
  /** Credits a slot, by seat. */
  readonly gains: readonly number[];
}

/** Points of a curve. */
const POINTS = 41;

/**
 * Expected gains against ε, the same for all meters, from 0 to one and a half times R/(R+Q), where values turn from worth
 * sharing to a liability.
 *
 * @throws NotObservableError when the meters do not determine the grid.
 */
export function gainCurves(model: IncentiveModel, terms: CreditTerms, falseAlarm: number): GainPoint[] {
  const estimator = new Estimator(model.model);
  const { redundancy } = estimator.normalisedResiduals(estimator.newEstimate().residual);
  const { excess } = anomalyShare(model, redundancy);
  const owners = Array.from(model.ownerOfRow.subarray(0, model.meterNames.length));
  const most = Math.min((1.5 * Number(terms.reward)) / Number(terms.reward + terms.missingPenalty), 1);
  return Array.from({ length: POINTS }, (_, i) => {
    const epsilon = (most * i) / (POINTS - 1);
    const offline = model.operators.map((__, seat) =>
      owners.filter((owner) => owner === seat).map(() => epsilon),
    );
    const gains = expectedGain({ offline, terms, falseAlarm, excess }).map(({ total }) => total);
    return { epsilon, gains };
  });
}

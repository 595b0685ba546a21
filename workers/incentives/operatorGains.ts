import { Estimator } from "../estimation/estimator.js";
import { anomalyShare } from "./anomalyShare.js";
import { expectedGain } from "./expectedGain.js";
import { type RegistrationThreshold, registrationThresholds } from "./registrationThresholds.js";
import type { CreditTerms, GainTerms, IncentiveModel } from "./types.js";

/** What an operator expects of sharing. */
export interface OperatorGain {
  readonly name: string;
  readonly meters: number;
  /** Expected change of its credits, per slot. */
  readonly expectedGain: number;
  /** The five terms of that. */
  readonly terms: GainTerms;
  /** Every meter of it that is offline with a probability below this pays; the least of its meters' thresholds. */
  readonly registrationThreshold: number;
  /** The largest of them. */
  readonly highestThreshold: number;
  /** The part of Σwr² that false alarms are expected to find at its meters, and |M_o|/|M|. */
  readonly alarmShare: number;
  readonly meterShare: number;
}

/** All operators, and all meters. */
export interface OperatorGains {
  readonly operators: readonly OperatorGain[];
  readonly thresholds: readonly RegistrationThreshold[];
}

/**
 * Expected gains and registration thresholds of all operators under one model (paper 003, Appendix D).
 *
 * @param offline ε, one per meter.
 * @throws NotObservableError when the meters do not determine the grid.
 */
export function operatorGains(
  model: IncentiveModel,
  offline: readonly number[],
  terms: CreditTerms,
  falseAlarm: number,
): OperatorGains {
  const estimator = new Estimator(model.model);
  const { redundancy } = estimator.normalisedResiduals(estimator.newEstimate().residual);
  const { expected, meterShare, excess } = anomalyShare(model, redundancy);
  const bySeat = model.operators.map((_, seat) =>
    offline.filter((__, meter) => model.ownerOfRow[meter] === seat),
  );
  const gains = expectedGain({ offline: bySeat, terms, falseAlarm, excess });
  const thresholds = registrationThresholds({ model, offline, terms, falseAlarm });
  const usual = Number(terms.reward) / Number(terms.reward + terms.missingPenalty);
  const operators = model.operators.map(({ name }, seat): OperatorGain => {
    const own = thresholds.filter((entry) => entry.seat === seat).map(({ threshold }) => threshold);
    return {
      name,
      meters: bySeat[seat]!.length,
      expectedGain: gains[seat]!.total,
      terms: gains[seat]!,
      registrationThreshold: own.length === 0 ? usual : Math.min(...own),
      highestThreshold: own.length === 0 ? usual : Math.max(...own),
      alarmShare: expected[seat]!,
      meterShare: meterShare[seat]!,
    };
  });
  return { operators, thresholds };
}

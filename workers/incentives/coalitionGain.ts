import { coalitionRows } from "./coalitionRows.js";
import { exposingRows } from "./exposingRows.js";
import { hiddenAttack } from "./hiddenAttack.js";
import { observableAnalysis } from "./observableAnalysis.js";
import type { CoalitionGain, IncentiveModel } from "./types.js";
import { visibleAttack } from "./visibleAttack.js";

/**
 * What a coalition can gain by distorting its own meters' values (paper 003, Corollary 4 and Theorem 3): the alarm
 * moves A(|M_o|/|M| - S_o/S) credits to it, S_o/S the part of Σwr² over real meters at its own; the best distortion
 * makes that λ. And what it could hide entirely.
 *
 * Where no distortion leaves less than all of Σwr² at its own meters, λ is 1 and the attack is none.
 *
 * @param members Seats, in any order.
 * @param anomalyPenalty A, credits.
 * @throws IncentiveArgumentError on seats that there are not; NotObservableError when the meters leave a state open.
 */
export function coalitionGain(
  incentiveModel: IncentiveModel,
  members: readonly number[],
  anomalyPenalty: number,
): CoalitionGain {
  const { model, meterNames } = incentiveModel;
  const rows = coalitionRows(incentiveModel, members);
  const analysis = observableAnalysis(model);
  const meterShare = rows.own.length / meterNames.length;
  const attack = visibleAttack(model, rows);
  const lambda = attack?.lambda ?? 1;
  return {
    members: rows.members,
    distortionGain: anomalyPenalty * (meterShare - lambda),
    meterShare,
    lambda,
    attackVector: attack?.distortion ?? new Float64Array(model.h.rows),
    hiddenAttack: hiddenAttack(analysis, model.h, rows),
    exposingMeters: exposingRows(analysis, rows).map((row) => meterNames[row]!),
  };
}

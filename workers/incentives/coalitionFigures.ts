import { multiplyRow } from "../estimation/multiplyRow.js";
import { allCoalitions } from "./allCoalitions.js";
import { coalitionGain } from "./coalitionGain.js";
import type { IncentiveModel } from "./types.js";

/** What a coalition can do by distorting its values, with names in place of rows. */
export interface CoalitionFigures {
  /** Names of the operators. */
  readonly members: readonly string[];
  /** The most that it can gain, credits a slot; not above zero: distorting does not pay. */
  readonly distortionGain: number;
  readonly meterShare: number;
  /** The least part of Σwr² that it can leave at its own meters. */
  readonly lambda: number;
  /** The distortion that earns it, kW (PMU: radians), scaled to a largest entry of 1; meters that it leaves alone are left out. */
  readonly attack: readonly { readonly meter: string; readonly distortion: number }[];
  /** A false state that no residual shows; null if there is none. */
  readonly hiddenAttack: HiddenAttackFigures | null;
  /** Meters at which one of another operator would show every hidden attack. */
  readonly exposingMeters: readonly string[];
}

/** A false state, and what the coalition's meters have to say for it. */
export interface HiddenAttackFigures {
  readonly angles: readonly { readonly bus: number; readonly radians: number }[];
  readonly meters: readonly { readonly meter: string; readonly distortion: number }[];
}

/** Below this part of the largest an entry is rounding. */
const ROUNDING = 1e-9;

/**
 * All coalitions (`allCoalitions`) with what distorting brings them (paper 003, Corollary 4 and Theorem 3).
 *
 * @param anomalyPenalty A, credits.
 * @throws NotObservableError when the meters do not determine the grid.
 */
export function coalitionFigures(
  model: IncentiveModel,
  anomalyPenalty: number,
  onProgress?: (done: number, of: number) => void,
): CoalitionFigures[] {
  const { meterNames, busOfState, operators } = model;
  const { h } = model.model;
  const coalitions = allCoalitions(operators.length);
  return coalitions.map((members, i) => {
    const gain = coalitionGain(model, members, anomalyPenalty);
    const { distortionGain, meterShare, lambda, attackVector, hiddenAttack, exposingMeters } = gain;
    onProgress?.(i + 1, coalitions.length);
    return {
      members: gain.members.map((seat) => operators[seat]!.name),
      distortionGain,
      meterShare,
      lambda,
      attack: distortions(meterNames, attackVector, true),
      hiddenAttack: hiddenAttack === undefined ? null : hidden(hiddenAttack),
      exposingMeters,
    };
  });

  function hidden(state: Float64Array): HiddenAttackFigures {
    const values = Float64Array.from({ length: h.rows }, (_, row) => multiplyRow(h, row, state));
    const angles = Array.from(state, (radians, column) => ({ bus: busOfState[column]!, radians }));
    const largest = Math.max(...angles.map(({ radians }) => Math.abs(radians)));
    return {
      angles: angles.filter(({ radians }) => Math.abs(radians) > ROUNDING * largest),
      meters: distortions(meterNames, values, false),
    };
  }
}

/** The entries of a vector by row that are not rounding, by meter. */
function distortions(
  meterNames: readonly string[],
  vector: Float64Array,
  scaled: boolean,
): { meter: string; distortion: number }[] {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return [];
  return meterNames.flatMap((meter, row) => {
    const value = vector[row]!;
    return Math.abs(value) > ROUNDING * largest
      ? [{ meter, distortion: scaled ? value / largest : value }]
      : [];
  });
}

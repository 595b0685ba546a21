import type { LinearModel } from "../estimation/types.js";

/**
 * A measurement model with its owners: what the analysis of incentives works on. Rows are the meters, then the virtual
 * rows (zero injections), as `measurementModel` gives them.
 */
export interface IncentiveModel {
  /** H (the jacobian), weights 1/σ² and offsets of phase shifters. */
  readonly model: LinearModel;
  /** The seat (position in `operators`) that owns a row's meter; -1 for a virtual row. One per row. */
  readonly ownerOfRow: Int32Array;
  /** The operators, by seat. */
  readonly operators: readonly { readonly name: string }[];
  /** Names of the meters: of the first rows, as many as there are meters. */
  readonly meterNames: readonly string[];
  /** Numbers of the buses that the columns of H stand for: every bus but the references. One per column. */
  readonly busOfState: readonly number[];
}

/** What a coalition of operators can gain by distorting the values of its own meters, and what would show it. */
export interface CoalitionGain {
  /** Seats, ascending. */
  readonly members: readonly number[];
  /** The most that it can gain, credits a slot: A(|M_o|/|M| - λ); not above zero where no distortion pays. */
  readonly distortionGain: number;
  /** |M_o|/|M|, between 0 and 1. */
  readonly meterShare: number;
  /** The smallest part of Σwr² that its distortion leaves at its own meters: the generalised eigenvalue; 1 if all of it. */
  readonly lambda: number;
  /** The distortion that earns it, in the rows' units, one per row; at this size J is ten times τ. All 0 if λ is 1. */
  readonly attackVector: Float64Array;
  /** A state c, radians, such that a = Hc touches its own meters alone, so that no residual shows it; if there is one. */
  readonly hiddenAttack: Float64Array | undefined;
  /** The fewest of its meters that others would have to own or double for nothing to be hidden. Empty if nothing is. */
  readonly exposingMeters: readonly string[];
}

/** Whether the meters of the operators that are not compromised still determine the buses that matter. */
export interface FdiSecurity {
  /** Seats, ascending. */
  readonly compromised: readonly number[];
  /** Bus numbers. */
  readonly sensitiveBuses: readonly number[];
  readonly secure: boolean;
  /** Numbers of the sensitive buses that the remaining meters do not determine. */
  readonly exposed: readonly number[];
}

/** R, Q and A, in credits: what a reported value earns, what a missing one costs, and the most that an anomaly costs. */
export interface CreditTerms {
  readonly reward: bigint;
  /** The paper's P. */
  readonly missingPenalty: bigint;
  readonly anomalyPenalty: bigint;
}

/** The five terms of an operator's expected change of credits in a slot (paper 003, Appendix D, equation (4)). */
export interface GainTerms {
  /** For values of its own meters: `Σ_own R(1-ε)`. */
  readonly ownRewards: number;
  /** For missing values of its own meters: `-Σ_own Qε`. */
  readonly ownMissing: number;
  /** Its part of the rewards of others: `-Σ_other R(1-ε)/(n-1)`. */
  readonly otherRewards: number;
  /** Its part of the penalties of others: `Σ_other Qε/(n-1)`. */
  readonly otherMissing: number;
  /** The anomaly term: minus the probability of an alarm times the charge that it expects then. */
  readonly anomaly: number;
  /** Their sum. */
  readonly total: number;
}

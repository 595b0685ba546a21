/**
 * The grid as files describe it (`GridCase`, `MeteringPlan`) and as computations use it (`Grid`).
 *
 * Units: power in MW in files and in kW in computations, angles in degrees in files and in radians in
 * computations, reactance in per unit of `baseMva`.
 */

/** A bus as a case gives it. Numbers are any distinct positive integers, in any order. */
export interface CaseBus {
  readonly number: number;
  /** Its angle is the zero of its island. */
  readonly reference: boolean;
  readonly loadMw: number;
  /** Shunt conductance, as MW drawn at 1 p.u. voltage. */
  readonly shuntMw: number;
  /** Sum of the set points of the generators in service. */
  readonly generationMw: number;
  readonly inService: boolean;
}

/** A line or transformer as a case gives it. */
export interface CaseLine {
  /** Position in the case, from 1: the name of the line, also where lines are parallel. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** Series reactance in per unit; never zero, may be negative. */
  readonly reactance: number;
  /** Off-nominal tap ratio at the from end; 1 for a line. */
  readonly tap: number;
  readonly shiftDegrees: number;
  readonly inService: boolean;
}

/** A whole case: what a MATPOWER file or the project's JSON grid format holds. */
export interface GridCase {
  readonly name: string;
  /** Where the data comes from, and under which licence; empty when the file does not say. */
  readonly source: string;
  readonly licence: string;
  readonly baseMva: number;
  readonly buses: readonly CaseBus[];
  readonly lines: readonly CaseLine[];
}

/** A bus in service with at least one line in service. */
export interface Bus {
  readonly number: number;
  /** Number of the island it belongs to, from 0. */
  readonly island: number;
  readonly reference: boolean;
  readonly loadKw: number;
  readonly generationKw: number;
}

/** A line in service between two buses in service. Flow from → to is `b·(θ_from - θ_to - φ)`. */
export interface Line {
  readonly number: number;
  /** Positions in `Grid.buses`. */
  readonly from: number;
  readonly to: number;
  /** Susceptance b = 1/(x·tap), in kW per radian. */
  readonly susceptanceKwPerRad: number;
  /** Phase shift φ. */
  readonly shiftRad: number;
}

/** The DC model of a case: what is in service and connected, each island with exactly one reference bus. */
export interface Grid {
  readonly name: string;
  readonly buses: readonly Bus[];
  readonly lines: readonly Line[];
  readonly islands: number;
  /** Numbers of the buses left out: out of service, or without any line in service. */
  readonly isolated: readonly number[];
}

/** What a grid meter measures. A flow is positive when it leaves the end where the meter sits. */
export type MeterKind = "injection" | "flowFrom" | "flowTo" | "pmu";

/** A grid meter. Values are in kW, a PMU's in radians. */
export interface Meter {
  /** Its name, unique in the plan. */
  readonly id: string;
  readonly kind: MeterKind;
  /** Bus number for an injection or PMU, line number for a flow. At most one meter of a kind at a place. */
  readonly place: number;
  /** Standard deviation of its error, kW (PMU: radians). */
  readonly sigma: number;
  /** Name of the operator that owns it. */
  readonly owner: string;
}

/** All meters of a grid, and the buses that are known to inject nothing. */
export interface MeteringPlan {
  readonly meters: readonly Meter[];
  /** Numbers of the zero-injection buses; each adds a row with value 0 and sigma `zeroInjectionSigma`. */
  readonly zeroInjections: readonly number[];
  /** kW. The paper's row factor K stands for injection sigma / K. */
  readonly zeroInjectionSigma: number;
}

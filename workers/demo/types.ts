import type { Provider } from "ethers";
import type { Contracts } from "../chain/connectContracts.js";
import type { Estimator } from "../estimation/estimator.js";
import type { Grid, GridCase, Meter } from "../grid/types.js";
import type { Partition } from "../grid/partition.js";
import type { VersionRecords } from "../grid/version/types.js";

/** The time of the chain, which the demo moves on. */
export interface DemoClock {
  /** Time of the newest block, seconds. */
  now(): Promise<number>;
  /** Makes the next block no earlier than `seconds`. */
  advanceTo(seconds: number): Promise<void>;
}

/** An operator, and the contracts as it uses them. */
export interface DemoOperator {
  readonly name: string;
  readonly address: string;
  readonly contracts: Contracts;
}

/** A chain with the contracts of data sharing, freshly deployed. */
export interface DemoChain {
  readonly provider: Provider;
  readonly clock: DemoClock;
  /** By seat. */
  readonly operators: readonly DemoOperator[];
}

/** What goes wrong in a slot, on purpose. */
export type SlotEvent = "silent" | "falsified" | "wrongEstimate";

/** The grid of a demo, who owns what of it, and what its meters would read without error. */
export interface DemoGrid {
  readonly gridCase: GridCase;
  readonly grid: Grid;
  readonly partition: Partition;
  readonly records: VersionRecords;
  /** In the order of the batches. */
  readonly meters: readonly Meter[];
  /** By meter, kW. */
  readonly exactKw: Float64Array;
  readonly estimator: Estimator;
}

/** A value that was falsified. */
export interface Falsification {
  /** Number of the meter. */
  readonly meter: number;
  readonly errorKw: number;
  /** Whether the residuals can single the meter out: false where the grid has too little redundancy for any. */
  readonly identifiable: boolean;
}

/** A meter that the residuals point at. */
export interface Suspect {
  /** Number of the meter. */
  readonly meter: number;
  readonly normalisedResidual: number;
  /** The error that explains the residual, if no other meter is wrong. */
  readonly errorKw: number;
}

/** A value that did not come, and what the estimate puts in its place. */
export interface Gap {
  /** Number of the meter. */
  readonly meter: number;
  /** Undefined where the rest of the meters leave it open. */
  readonly filledKw: number | undefined;
  readonly exactKw: number;
}

/** A submission that the ledger refused. */
export interface Refusal {
  readonly by: string;
  /** Name of the error, and its message with all figures. */
  readonly error: string;
  readonly message: string;
  /** The bus whose angle was wrong, and by how much. */
  readonly bus: number;
  readonly shiftRad: number;
  /** η that the ledger proved and the most that it accepts; undefined if it refused for another reason. */
  readonly overStatement: number | undefined;
  readonly allowed: number | undefined;
}

/** All that is known of a slot after its settlement. */
export interface SlotOutcome {
  readonly slot: number;
  readonly event: SlotEvent | undefined;
  /** Whether it was settled with a certificate; else it was closed incomplete. */
  readonly complete: boolean;
  readonly settledBy: string;
  readonly gaps: readonly Gap[];
  readonly falsification: Falsification | undefined;
  readonly refusals: readonly Refusal[];
  /** J and τ of the ledger; of an incomplete slot those of the advisory estimate, undefined without one. */
  readonly objective: number | undefined;
  readonly threshold: number | undefined;
  /** J as the worker computed it, in floating point. */
  readonly workerObjective: number | undefined;
  /** η that the ledger proved. */
  readonly overStatement: number | undefined;
  /** Only if J is above τ; largest first. */
  readonly suspects: readonly Suspect[];
  /** By meter; 0 where the meter is missing or critical. */
  readonly normalisedResiduals: Float64Array;
  readonly uploadGas: bigint;
  readonly settleGas: bigint;
  /** By seat: what the slot moved, and the balances after it. */
  readonly moved: readonly bigint[];
  readonly credits: readonly bigint[];
  readonly totalCredits: bigint;
}

/** Something that the demo claims, and whether it is so. */
export interface Check {
  readonly claim: string;
  readonly held: boolean;
}

/** A whole demo. */
export interface DemoResult {
  readonly demoGrid: DemoGrid;
  readonly operators: readonly { readonly name: string; readonly address: string }[];
  readonly seed: number;
  readonly depositTotal: bigint;
  readonly startCredits: readonly bigint[];
  readonly falseAlarm: number;
  readonly versionGas: bigint;
  readonly slots: readonly SlotOutcome[];
  /** Events for which there were too few slots. */
  readonly leftOut: readonly SlotEvent[];
  readonly checks: readonly Check[];
}

import type { Block } from "ethers";
import type { LedgerRules } from "../../measurement/slotRules.js";
import type { SubmissionKind, SubmissionState } from "../../store/journal.js";

/** What a worker tells as it happens. */
export type WorkerEvent =
  | { readonly what: "readings"; readonly taken: number; readonly refused: readonly string[] }
  | { readonly what: "estimated"; readonly alarm: boolean }
  | { readonly what: "uploaded"; readonly slot: number };

/** What a worker saw in its last whole turn. */
export interface WorkerSight {
  readonly account: string;
  readonly seat: number;
  readonly head: Block;
  /** By what slots are judged; undefined while no grid version is in force, or a restored worker catches up. */
  readonly slots: SlotSight | undefined;
}

/** What a worker knows of slots. */
export interface SlotSight {
  readonly rules: LedgerRules;
  /** How many meters of this operator the grid version of a slot has; 0 where none is in force. */
  ownMetersOf(slot: number): Promise<number>;
}

/** How a worker, its node and its account stand at one time: all that alerts and metrics are made from. */
export interface WorkerState {
  /** Number and time (unix seconds) of the latest block. */
  readonly height: number;
  readonly headTime: number;
  /** Undefined while nothing is known of slots. */
  readonly slots: SlotState | undefined;
  readonly balanceWei: bigint;
  /** What a transaction as large as the last ones costs. */
  readonly transactionWei: bigint;
  readonly credits: bigint;
  readonly validator: ValidatorState | undefined;
  readonly confirmationDepth: number;
  /** A fork deeper than that, until the new branch is as much higher than the old one was. */
  readonly fork: ForkState | undefined;
  readonly transactions: readonly {
    readonly kind: SubmissionKind;
    readonly state: SubmissionState;
    readonly count: number;
  }[];
  /** How long the oldest transaction that is in no block has waited; 0 if there is none. */
  readonly oldestPendingSeconds: number;
  /** Work on slots that are still to be settled that failed so often that it was given up. */
  readonly givenUp: readonly { readonly slot: number; readonly kind: SubmissionKind }[];
  /** Undefined where nothing says what is final, or nothing is. */
  readonly finalHeight: number | undefined;
}

/** How a worker stands with its slots. */
export interface SlotState {
  /** The slot that the ledger settles next. */
  readonly next: number;
  /** Slots past their cut-off that are not settled. */
  readonly due: number;
  /** Seconds since the next slot's grace was over; 0 or less while it is not. */
  readonly graceOverSeconds: number;
  /** Looks in a row that found the same slot next, past its grace. */
  readonly stuckLooks: number;
  /** The latest slots past their cut-off, from the first to the last, to which this operator uploaded nothing. */
  readonly gap: { readonly first: number; readonly last: number } | undefined;
  /** What a slot costs in which all own meters are missing. */
  readonly missedCredits: bigint;
}

/** What the latest blocks say of the operator's own validator. */
export interface ValidatorState {
  readonly address: string;
  /** How many of the latest blocks were looked at, at most `window`. */
  readonly blocks: number;
  readonly sealed: number;
  /** Blocks in which a validator that seals has sealed. */
  readonly window: number;
}

/** A deep fork. */
export interface ForkState {
  readonly depth: number;
  /** The highest block that was seen on the branch that was left. */
  readonly from: number;
}

/** From when on an alert is raised. */
export interface AlertLimits {
  readonly lowBalanceTransactions: number;
  readonly lowCreditSlots: number;
}

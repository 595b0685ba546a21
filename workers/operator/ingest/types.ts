import type { MeterKey } from "../../chain/readMeterKeys.js";
import type { ReadingDomain } from "../../crypto/meterReading.js";
import type { MeterKind } from "../../grid/types.js";
import type { SlotClock } from "../../measurement/slotTimes.js";
import type { Quality } from "../../store/measurements.js";

/**
 * Why a row was not taken. Each names one thing to mend:
 *
 * - `malformed`: a field is absent or cannot be read (a header without a needed column, bad JSON, no time zone, …)
 * - `ambiguousTime`, `nonexistentTime`: a local time that its zone has twice, or never, when clocks are changed
 * - `unknownMeter`: no meter of that name in the grid version
 * - `foreignMeter`: the meter is another operator's
 * - `badUnit`: a unit that does not fit what the meter measures, or is none
 * - `misaligned`: the time is not the start of a slot
 * - `beforeGenesis`: the time is before the first slot
 * - `tooLate`: the slot's cut-off has passed, or the time to commit to its values
 * - `tooFarAhead`: the slot is further in the future than is allowed
 * - `outOfRange`: the value is beyond the range of the meter
 * - `unsigned`: the meter has a key in that slot, and the row has no signature
 * - `badSignature`: the meter's key did not sign this value for this slot
 * - `duplicate`: the meter already has a value in that slot
 */
export type ProblemCode =
  | "malformed"
  | "ambiguousTime"
  | "nonexistentTime"
  | "unknownMeter"
  | "foreignMeter"
  | "badUnit"
  | "misaligned"
  | "beforeGenesis"
  | "tooLate"
  | "tooFarAhead"
  | "outOfRange"
  | "unsigned"
  | "badSignature"
  | "duplicate";

/** A row that was not taken. */
export interface Problem {
  readonly code: ProblemCode;
  /** One line, naming the offending value and what was expected. */
  readonly message: string;
}

/** Either a value, or the problem that kept it from being. */
export type Outcome<T> = { readonly value: T } | { readonly problem: Problem };

/** The fields of a row as the file has them; trimmed, empty where absent. */
export interface RawRow {
  readonly time: string;
  readonly timezone: string;
  readonly meter: string;
  readonly value: string;
  readonly unit: string;
  readonly quality: string;
  readonly signature: string;
}

/** A row that may be kept. */
export interface Reading {
  readonly slot: number;
  readonly meter: string;
  /** Counts of the meter's unit; undefined exactly if the quality is bad or missing. */
  readonly counts: number | undefined;
  readonly quality: Quality;
  /** What the meter signed: W, or nrad of a PMU; undefined if it has no key in that slot. */
  readonly signed?: SignedValue | undefined;
}

/** A value with the signature of its meter. */
export interface SignedValue {
  readonly value: bigint;
  readonly signature: string;
}

/** A meter that signs its values. */
export interface SigningMeter {
  /** As `meterPlace` gives it. */
  readonly place: number;
  /** Ascending by the slot from which they hold. */
  readonly keys: readonly MeterKey[];
}

/** What a row must know of its meter. */
export interface IngestMeter {
  /** Position among the meters of the version. */
  readonly index: number;
  readonly kind: MeterKind;
  /** Whether it belongs to this operator. */
  readonly own: boolean;
  /** A value must be less than this in magnitude: 2^e counts. */
  readonly rangeCounts: number;
  /** Place as its signatures name it, and its keys; undefined if it has none. */
  readonly signing?: SigningMeter | undefined;
}

/** All that a row is judged by. */
export interface IngestContext {
  readonly meters: ReadonlyMap<string, IngestMeter>;
  /** Oldest first. */
  readonly rules: readonly [SlotClock, ...SlotClock[]];
  /** Unix seconds. */
  readonly now: number;
  /** kW per count of power. */
  readonly powerUnitKw: number;
  /** How far ahead of now a slot may start, in seconds. */
  readonly maxAheadSeconds: number;
  /** What signatures are made for; undefined where no meter has a key. */
  readonly domain?: ReadingDomain | undefined;
}

import type { MeterKey } from "../../chain/readMeterKeys.js";
import type { ReadingDomain } from "../../crypto/meterReading.js";
import type { MeterKind } from "../../grid/types.js";
import type { SlotClock } from "../../measurement/slotTimes.js";
import type { Quality } from "../../store/measurements.js";

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

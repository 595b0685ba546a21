import type { MeterKind } from "../types.js";

/** Binary digits of a flow and of a residual on the chain (`SlotCertificate.FLOW_DIGITS`). */
export const FLOW_DIGITS = 40;

/** Binary digits of an angle, unless a version says otherwise: angles to ±32 rad, susceptances to 2^33 units per rad. */
export const ANGLE_DIGITS = 34;

/** Binary digits of a PMU's value: counts of about a microradian, to ±4 rad. */
export const PMU_DIGITS = 20;

/** Largest range of a meter, as a power of two: the mark of a missing value lies outside. */
export const MAX_RANGE_BITS = 22;

/** Marks a missing value in a batch: the least 24-bit integer, out of every meter's range. */
export const MISSING_VALUE = -(2 ** 23);

/** Most buses, chords or meters of a version (15 bits). */
export const MAX_INDEX = 32_767;

/** Largest bus or line number (20 bits). */
export const MAX_NUMBER = 2 ** 20 - 1;

/** Bytes of a chunk of records (`CodeStore.MAX_BYTES`). */
export const CHUNK_BYTES = 24_544;

export const RECORD_BYTES = 32;
export const ENTRY_BYTES = 8;
export const VALUE_BYTES = 3;
export const ANGLE_BYTES = 5;

/** Meter kinds by their code in a directory entry. */
export const METER_KINDS: readonly MeterKind[] = ["injection", "flowFrom", "flowTo", "pmu"];

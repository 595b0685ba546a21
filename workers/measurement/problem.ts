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

/** An outcome that is a problem. */
export function problem(code: ProblemCode, message: string): { readonly problem: Problem } {
  return { problem: { code, message } };
}

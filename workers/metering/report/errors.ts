import type { KeyFlaw } from "../../crypto/checkPublicKey.js";
import type { SignatureFlaw } from "../../crypto/compactSignature.js";

/**
 * Why a report is refused before the chain sees it:
 * - `oversize`, `wrong-length`: more or fewer than 158 bytes
 * - `malformed`: a number that cannot be (meter 0, time 0, r of the signature not below the order)
 * - `point-at-infinity`, `unknown-point`: the ephemeral key is no point that can be used
 * - `zero-signature`, `high-s`: a signature that nobody made, or the second form of one
 * - `hash-mismatch`: the hash is not that of the ciphertext
 * - `bad-signature`: not signed by this key over this, here
 * - `undecryptable`: not encrypted to this key for this meter, time and place, or altered
 * - `wrong-epoch`: of another epoch than the key
 */
export type ReportFlaw =
  KeyFlaw | SignatureFlaw | "oversize" | "hash-mismatch" | "bad-signature" | "undecryptable" | "wrong-epoch";

/** A usage report that is refused, and why. The message never holds usage or keys. */
export class ReportRefusedError extends Error {
  override readonly name = "ReportRefusedError";
  constructor(
    readonly flaw: ReportFlaw,
    what: string,
  ) {
    super(`usage report refused (${flaw}): ${what}`);
  }
}

/** A reading that a report cannot carry. */
export class ReadingRangeError extends Error {
  override readonly name = "ReadingRangeError";
  constructor(
    readonly field: string,
    readonly got: number,
    want: string,
  ) {
    super(`${field}: ${got} is not ${want}`);
  }
}

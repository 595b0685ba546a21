import { addressOfKey } from "../../crypto/addressOfKey.js";
import { recoverCompact } from "../../crypto/compactSignature.js";
import type { MeteringDomain } from "../domain.js";
import { ciphertextHash } from "./ciphertextHash.js";
import { ReportRefusedError } from "./errors.js";
import { reportDigest } from "./reportDigest.js";
import type { UsageReport } from "./types.js";

/**
 * Checks hash and signature of a report, as the contract does.
 *
 * @returns The address of the session key that signed: whether it is the meter's, the caller knows.
 * @throws ReportRefusedError `hash-mismatch`, `bad-signature`
 */
export function checkReport(domain: MeteringDomain, report: UsageReport): string {
  if (Buffer.compare(ciphertextHash(report), report.hash) !== 0) {
    throw new ReportRefusedError("hash-mismatch", `meter ${report.meter}, time ${report.time}`);
  }
  const key = recoverCompact(reportDigest(domain, report), report.signature);
  if (key === undefined) {
    throw new ReportRefusedError("bad-signature", `meter ${report.meter}, time ${report.time}`);
  }
  return addressOfKey(key);
}

import { publicKeyFlaw } from "../../crypto/checkPublicKey.js";
import { signatureFlaw } from "../../crypto/compactSignature.js";
import { ReportRefusedError } from "./errors.js";
import { EPOCHS_IN_BYTE, LAYOUT, MOST_UINT32 } from "./layout.js";
import type { UsageReport } from "./types.js";

/**
 * Checks all of a report that can be checked without any key: lengths, ranges, the point, the form of the signature.
 *
 * @throws ReportRefusedError
 */
export function checkFields(report: UsageReport): void {
  for (const field of ["ephemeralKey", "sealedUsage", "tag", "hash", "signature"] as const) {
    const { bytes } = LAYOUT[field];
    if (report[field].length !== bytes) {
      throw new ReportRefusedError(
        "wrong-length",
        `${field} has ${report[field].length} bytes, not ${bytes}`,
      );
    }
  }
  checkNumber("meter", report.meter, 1, MOST_UINT32);
  checkNumber("time", report.time, 1, MOST_UINT32);
  checkNumber("epoch", report.epoch, 0, EPOCHS_IN_BYTE - 1);
  const point = publicKeyFlaw(report.ephemeralKey);
  if (point !== undefined) throw new ReportRefusedError(point, "the ephemeral key is no point of secp256k1");
  const signature = signatureFlaw(report.signature);
  if (signature !== undefined) {
    throw new ReportRefusedError(signature, "the signature is not of the one form that is accepted");
  }
}

function checkNumber(name: string, got: number, least: number, most: number): void {
  if (Number.isInteger(got) && got >= least && got <= most) return;
  throw new ReportRefusedError("malformed", `${name} ${got} is not from ${least} to ${most}`);
}

import { checkFields } from "./checkFields.js";
import { ReportRefusedError } from "./errors.js";
import { LAYOUT, REPORT_BYTES } from "./layout.js";
import type { UsageReport } from "./types.js";

/**
 * The fields of a report's 158 bytes, which are copied. Who signed, and whether the hash is right, says `checkReport`.
 *
 * @throws ReportRefusedError if there are more or fewer bytes, or a field cannot be.
 */
export function decodeReport(bytes: Uint8Array): UsageReport {
  if (bytes.length !== REPORT_BYTES) {
    const flaw = bytes.length > REPORT_BYTES ? "oversize" : "wrong-length";
    throw new ReportRefusedError(flaw, `${bytes.length} bytes, not ${REPORT_BYTES}`);
  }
  const report = readFields(bytes);
  checkFields(report);
  return report;
}

/** As `decodeReport`, of 158 bytes that the contract has accepted: nothing is checked. */
export function readFields(bytes: Uint8Array): UsageReport {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const part = ({ at, bytes: length }: { readonly at: number; readonly bytes: number }): Uint8Array =>
    bytes.slice(at, at + length);
  return {
    meter: view.getUint32(LAYOUT.meter.at),
    time: view.getUint32(LAYOUT.time.at),
    epoch: view.getUint8(LAYOUT.epoch.at),
    ephemeralKey: part(LAYOUT.ephemeralKey),
    sealedUsage: part(LAYOUT.sealedUsage),
    tag: part(LAYOUT.tag),
    hash: part(LAYOUT.hash),
    signature: part(LAYOUT.signature),
  };
}

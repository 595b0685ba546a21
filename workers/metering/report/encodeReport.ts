import { checkFields } from "./checkFields.js";
import { LAYOUT, REPORT_BYTES } from "./layout.js";
import type { UsageReport } from "./types.js";

/**
 * A report as its 158 bytes.
 *
 * @throws ReportRefusedError if a field cannot be.
 */
export function encodeReport(report: UsageReport): Uint8Array {
  checkFields(report);
  const bytes = new Uint8Array(REPORT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(LAYOUT.meter.at, report.meter);
  view.setUint32(LAYOUT.time.at, report.time);
  view.setUint8(LAYOUT.epoch.at, report.epoch);
  bytes.set(report.ephemeralKey, LAYOUT.ephemeralKey.at);
  bytes.set(report.sealedUsage, LAYOUT.sealedUsage.at);
  bytes.set(report.tag, LAYOUT.tag.at);
  bytes.set(report.hash, LAYOUT.hash.at);
  bytes.set(report.signature, LAYOUT.signature.at);
  return bytes;
}

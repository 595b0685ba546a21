import { readFields } from "./decodeReport.js";
import { ReportRefusedError } from "./errors.js";
import { REPORT_BYTES } from "./layout.js";
import type { UsageReport } from "./types.js";

/**
 * The reports of a batch, which the contract has accepted: the fields of each are in range.
 *
 * @throws ReportRefusedError `wrong-length` if it is no whole number of reports.
 */
export function unpackReports(batch: Uint8Array): UsageReport[] {
  if (batch.length % REPORT_BYTES !== 0) {
    throw new ReportRefusedError("wrong-length", `${batch.length} bytes are no whole number of reports`);
  }
  return Array.from({ length: batch.length / REPORT_BYTES }, (_, i) =>
    readFields(batch.subarray(i * REPORT_BYTES, (i + 1) * REPORT_BYTES)),
  );
}

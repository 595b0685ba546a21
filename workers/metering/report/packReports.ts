import { encodeReport } from "./encodeReport.js";
import { ReportRefusedError } from "./errors.js";
import { REPORT_BYTES } from "./layout.js";
import type { UsageReport } from "./types.js";

/**
 * Reports as `Metering.submit` and `backfill` take them: one after the other.
 *
 * @param reports As bytes, or field by field.
 * @throws ReportRefusedError if a field cannot be, `wrong-length` if bytes are no whole report.
 */
export function packReports(reports: readonly (UsageReport | Uint8Array)[]): Uint8Array {
  const batch = new Uint8Array(reports.length * REPORT_BYTES);
  reports.forEach((report, index) => {
    batch.set(report instanceof Uint8Array ? checked(report) : encodeReport(report), index * REPORT_BYTES);
  });
  return batch;
}

/** One of another length would shift all that follow it. */
function checked(report: Uint8Array): Uint8Array {
  if (report.length === REPORT_BYTES) return report;
  throw new ReportRefusedError("wrong-length", `${report.length} bytes, not ${REPORT_BYTES}`);
}

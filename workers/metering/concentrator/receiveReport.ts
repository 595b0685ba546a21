import { hexlify } from "ethers";
import { checkReport } from "../report/checkReport.js";
import { decodeReport } from "../report/decodeReport.js";
import { ReportRefusedError } from "../report/errors.js";
import type { UsageReport } from "../report/types.js";
import type { SessionBook } from "./sessionBook.js";
import type { MeteringDomain } from "../domain.js";

/** A report that can go to the chain, or why it cannot. */
export type Received =
  | { readonly report: UsageReport; readonly hash: string; readonly reason?: undefined }
  | { readonly reason: string; readonly time: number; readonly hash: string };

/** The longest time ahead that the contract takes, seconds. */
const FUTURE_SECONDS = 120;
const ZERO_HASH = `0x${"00".repeat(32)}`;

/**
 * Looks at a message of a meter as the contract would, so that what it would skip costs no gas: form, sender, hash, time,
 * signature, session.
 *
 * @param meter the meter of the topic: the broker lets nobody else publish there.
 */
export async function receiveReport(
  payload: Uint8Array,
  meter: number,
  domain: MeteringDomain,
  sessions: SessionBook,
  now: number,
): Promise<Received> {
  let report;
  try {
    report = decodeReport(payload);
  } catch (error) {
    if (!(error instanceof ReportRefusedError)) throw error;
    return { reason: error.flaw, time: 0, hash: ZERO_HASH };
  }
  const { time } = report;
  const hash = hexlify(report.hash);
  if (report.meter !== meter) return { reason: "other-meter", time, hash };
  if (time > now + FUTURE_SECONDS) return { reason: "Future", time, hash };
  try {
    const signer = checkReport(domain, report).toLowerCase();
    const reason = await sessions.flawOf(meter, signer, now);
    return reason === undefined ? { report, hash } : { reason, time, hash };
  } catch (error) {
    if (!(error instanceof ReportRefusedError)) throw error;
    return { reason: error.flaw, time, hash };
  }
}

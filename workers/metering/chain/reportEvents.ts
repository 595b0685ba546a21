import { getBytes, type Log, type Provider } from "ethers";
import { Metering__factory } from "../../../typechain-types/index.js";
import { REPORT_BYTES } from "../report/layout.js";
import type { UsageReport } from "../report/types.js";
import { unpackReports } from "../report/unpackReports.js";
import { SKIP_REASONS, type SkipReason } from "./reasons.js";

/** Where on the chain an event is. */
export interface EventPosition {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly transactionHash: string;
  /** In the block. */
  readonly logIndex: number;
}

/** A report that the contract took. */
export interface AcceptedReport extends EventPosition {
  /** Among the reports of its event. */
  readonly index: number;
  /** Who brought it. */
  readonly concentrator: string;
  readonly report: UsageReport;
  /** The 158 bytes. */
  readonly bytes: Uint8Array;
}

/** A report that the contract skipped, by what it says itself: nobody knows who wrote it. */
export interface SkippedReport extends EventPosition {
  /** In its batch. */
  readonly index: number;
  readonly meter: number;
  readonly time: number;
  readonly reason: SkipReason;
}

/** What became of the reports in some blocks, in the order of the chain. */
export interface ReportEvents {
  readonly accepted: AcceptedReport[];
  readonly skipped: SkippedReport[];
}

const metering = Metering__factory.createInterface();
const ACCEPTED = metering.getEvent("ReportsAccepted").topicHash;
const SKIPPED = metering.getEvent("ReportSkipped").topicHash;

/**
 * Reads the reports of a range of blocks from the chain alone: each that was taken comes whole, with ciphertext and
 * signature, so that its reader need not trust the node (`checkReport`).
 *
 * @param address Of `Metering`.
 * @param fromBlock Included, as is `toBlock`.
 */
export async function readReports(
  provider: Provider,
  address: string,
  fromBlock: number,
  toBlock: number,
): Promise<ReportEvents> {
  const logs = await provider.getLogs({ address, topics: [[ACCEPTED, SKIPPED]], fromBlock, toBlock });
  return parseReports(logs);
}

/** The reports in the logs of a receipt or a range of blocks; other events are passed over. */
export function parseReports(logs: readonly Log[]): ReportEvents {
  const accepted: AcceptedReport[] = [];
  const skipped: SkippedReport[] = [];
  for (const log of logs) {
    const { blockNumber, blockHash, transactionHash, index: logIndex } = log;
    const position = { blockNumber, blockHash, transactionHash, logIndex };
    if (log.topics[0] === ACCEPTED) {
      const [concentrator, reports] = metering.decodeEventLog("ReportsAccepted", log.data, log.topics);
      const bytes = getBytes(reports as string);
      unpackReports(bytes).forEach((report, index) => {
        accepted.push({
          ...position,
          index,
          concentrator: concentrator as string,
          report,
          bytes: bytes.subarray(index * REPORT_BYTES, (index + 1) * REPORT_BYTES),
        });
      });
    } else if (log.topics[0] === SKIPPED) {
      const [meter, time, reason, index] = metering.decodeEventLog("ReportSkipped", log.data, log.topics);
      skipped.push({
        ...position,
        index: Number(index),
        meter: Number(meter),
        time: Number(time),
        reason: SKIP_REASONS[Number(reason)]!,
      });
    }
  }
  return { accepted, skipped };
}

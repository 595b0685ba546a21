import { readReports } from "../../workers/metering/chain/reportEvents.js";
import type { Stand } from "./stand.js";

/** What the chain holds of a run. */
export interface ChainCounts {
  readonly accepted: number;
  /** Taken a second time: must be none. */
  readonly doubled: number;
  /** By reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Of the transactions that brought them. */
  readonly transactions: number;
  readonly gasPerReport: number;
  /** Over the blocks from the first report to the last. */
  readonly perSecond: number;
  readonly blocks: number;
}

const RANGE = 20;

/** Counts reports in the blocks of a run. */
export async function chainCounts({ provider, domain, fromBlock }: Stand): Promise<ChainCounts> {
  const head = await provider.getBlockNumber();
  const seen = new Set<string>();
  const transactions = new Set<string>();
  const blocks = new Set<number>();
  const skipped: Record<string, number> = {};
  let accepted = 0;
  for (let from = fromBlock; from <= head; from += RANGE) {
    const found = await readReports(provider, domain.metering, from, Math.min(head, from + RANGE - 1));
    for (const { report, transactionHash, blockNumber } of found.accepted) {
      accepted++;
      seen.add(`${report.meter} ${report.time}`);
      transactions.add(transactionHash);
      blocks.add(blockNumber);
    }
    for (const { reason } of found.skipped) skipped[reason] = (skipped[reason] ?? 0) + 1;
  }
  let gas = 0n;
  for (const hash of transactions) gas += (await provider.getTransactionReceipt(hash))?.gasUsed ?? 0n;
  const [first, last] = [Math.min(...blocks), Math.max(...blocks)];
  const timeOf = async (number: number): Promise<number> => (await provider.getBlock(number))?.timestamp ?? 0;
  const seconds = blocks.size === 0 ? 0 : (await timeOf(last)) - (await timeOf(first)) + 1;
  return {
    accepted,
    doubled: accepted - seen.size,
    skipped,
    transactions: transactions.size,
    gasPerReport: accepted === 0 ? 0 : Number(gas) / accepted,
    perSecond: seconds === 0 ? 0 : accepted / seconds,
    blocks: blocks.size,
  };
}

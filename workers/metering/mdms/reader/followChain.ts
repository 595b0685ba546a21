import type { Block, Provider } from "ethers";
import type { BlockId } from "../../../chain/blockId.js";
import type { Finality } from "../../../finality/types.js";
import { type EventPosition, readReports } from "../../chain/reportEvents.js";
import type { Database } from "../database/types.js";
import { boundTo } from "../store/identity.js";
import { readProgress } from "../store/progress.js";
import { NoCommonBlockError, NodeBehindError, NodeForeignError } from "./errors.js";
import { type ChainReport, countReports, knownBlocks, rewindReports, takeReports } from "../store/reports.js";

/** The last blocks of a range whose hashes are kept beside those that hold reports. */
const LAST_KEPT = 16;

/** Where reports come from. */
export interface ReportSource {
  readonly provider: Provider;
  /** Address of `Metering`, and the first block that may hold its events. */
  readonly metering: string;
  readonly fromBlock: number;
  /** Blocks asked for at a time. */
  readonly rangeBlocks: number;
  readonly finality: Finality;
}

/** What a look at the chain brought. */
export interface Followed {
  readonly reports: number;
  /** Reports of blocks that the chain has left. */
  readonly undone: number;
  /** Whose reports came. */
  readonly meters: ReadonlySet<number>;
  /** The last block that is stored. */
  readonly block: BlockId | undefined;
}

/**
 * Stores the reports of the blocks that became final since the last look. Should the chain have left a block that was
 * stored, what it said is undone first. A node that has not come so far yet, or that serves another chain, undoes nothing: keys
 * that could read it again may be destroyed.
 *
 * @throws ProgressMovedError if another instance was faster: what it stored is stored.
 * @throws NodeBehindError
 * @throws NodeForeignError
 * @throws NoCommonBlockError
 */
export async function followChain(database: Database, source: ReportSource): Promise<Followed> {
  const { provider, metering, fromBlock, rangeBlocks, finality } = source;
  let undone = 0;
  let stored = 0;
  const meters = new Set<number>();
  let from = await readProgress(database);
  const stands = from && (await provider.getBlock(from.number));
  if (from !== undefined && stands === null) throw new NodeBehindError(from.number);
  if (from !== undefined && stands?.hash !== from.hash) {
    await checkChain(database, source);
    const common = await commonBlock(database, provider);
    if (common === undefined && Object.keys(await countReports(database)).length > 0)
      throw new NoCommonBlockError(from.number);
    undone = await rewindReports(database, from, common);
    from = common;
  }
  const final = await finality.latest();
  if (final === undefined) return { reports: 0, undone, meters, block: from };
  let next = from === undefined ? fromBlock : from.number + 1;
  while (next <= final.number) {
    const last = Math.min(next + rangeBlocks - 1, final.number);
    const { accepted } = await readReports(provider, metering, next, last);
    const blocks = await blocksOf(provider, accepted, Math.max(next, last - LAST_KEPT + 1), last);
    const to = idOf(blocks.get(last)!);
    const reports = accepted.map(({ report, bytes, blockNumber, transactionHash }): ChainReport => ({
      meter: report.meter,
      tau: report.time,
      epoch: report.epoch,
      payload: bytes,
      transactionHash,
      block: blockNumber,
      blockTime: blocks.get(blockNumber)!.timestamp,
    }));
    const kept = [...blocks.values()].map(idOf).sort((a, b) => a.number - b.number);
    await takeReports(database, from, kept, reports);
    stored += reports.length;
    for (const { meter } of reports) meters.add(meter);
    from = to;
    next = last + 1;
  }
  return { reports: stored, undone, meters, block: from };
}

/**
 * The blocks that hold reports, and those from `first` to `last`, by number.
 *
 * @throws NodeBehindError if the node does not have one of them, or another than the reports say.
 */
async function blocksOf(
  provider: Provider,
  accepted: readonly EventPosition[],
  first: number,
  last: number,
): Promise<ReadonlyMap<number, Block>> {
  const said = new Map(accepted.map(({ blockNumber, blockHash }) => [blockNumber, blockHash]));
  const numbers = new Set(said.keys());
  for (let number = first; number <= last; number++) numbers.add(number);
  const blocks = new Map<number, Block>();
  for (const number of numbers) {
    const block = await provider.getBlock(number);
    if (block?.hash == null || block.hash !== (said.get(number) ?? block.hash)) {
      throw new NodeBehindError(number);
    }
    blocks.set(number, block);
  }
  return blocks;
}

function idOf({ number, hash }: Block): BlockId {
  return { number, hash: hash! };
}

/** @throws NodeForeignError unless the node serves the chain that the database belongs to. */
async function checkChain(database: Database, { provider, metering }: ReportSource): Promise<void> {
  const known = await boundTo(database, "genesis");
  const first = (await provider.getBlock(0))?.hash;
  if (known !== undefined && first !== known) throw new NodeForeignError(`its first block is ${first}`);
  if ((await provider.getCode(metering)) === "0x")
    throw new NodeForeignError(`it has nothing at ${metering}`);
}

/** The latest stored block that the chain still has. */
async function commonBlock(database: Database, provider: Provider): Promise<BlockId | undefined> {
  for (const block of await knownBlocks(database)) if (await isOnChain(provider, block)) return block;
  return undefined;
}

async function isOnChain(provider: Provider, { number, hash }: BlockId): Promise<boolean> {
  return (await provider.getBlock(number))?.hash === hash;
}

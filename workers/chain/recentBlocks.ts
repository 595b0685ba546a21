import type { JsonRpcProvider } from "ethers";
import { blockSealer, type RawHeader } from "./blockSealer.js";

/** A block as it was seen. */
export interface SeenBlock {
  readonly number: number;
  readonly hash: string;
  /** Lower case. */
  readonly sealer: string;
}

/** The chain turned to another branch. */
export interface Reorganisation {
  /** The highest block that was seen on the branch that was left. */
  readonly from: number;
  /** How many blocks were taken back; more, if all that are remembered were. */
  readonly depth: number;
}

/** Blocks that one look asks for. */
const BLOCKS_PER_LOOK = 64;
/** Blocks that are remembered. */
const REMEMBERED = 512;

/** The latest blocks of a chain as a node showed them, look after look: who sealed them, and whether they are still there. */
export class RecentBlocks {
  #blocks: SeenBlock[] = [];

  /** Ascending. Without gaps, unless more than 64 blocks came between two looks. */
  get blocks(): readonly SeenBlock[] {
    return this.#blocks;
  }

  /**
   * Takes in the blocks up to the head.
   *
   * A node that is behind what was seen, on the same branch, changes nothing (another node may have answered before).
   *
   * @param head The number of the latest block.
   * @returns what was taken back, if anything.
   */
  async follow(provider: JsonRpcProvider, head: number): Promise<Reorganisation | undefined> {
    const reorganisation = await this.#dropUndone(provider, head);
    const last = this.#blocks.at(-1)?.number ?? -1;
    const first = Math.max(last + 1, head + 1 - BLOCKS_PER_LOOK);
    const numbers = Array.from({ length: Math.max(0, head + 1 - first) }, (_, i) => first + i);
    const headers = await Promise.all(numbers.map(async (number) => await headerAt(provider, number)));
    for (const header of headers) {
      // The chain turned while it was read: the next look goes on.
      if (header === null) break;
      this.#blocks.push({ number: Number(header.number), hash: header.hash, sealer: blockSealer(header) });
    }
    this.#blocks = this.#blocks.slice(-REMEMBERED);
    return reorganisation;
  }

  async #dropUndone(provider: JsonRpcProvider, head: number): Promise<Reorganisation | undefined> {
    const last = this.#blocks.at(-1);
    if (last === undefined) return undefined;
    // From the newest that the node can have, downwards, in steps that double: usually the first one stands.
    let kept = this.#blocks.filter(({ number }) => number <= head).length;
    const shown = kept;
    for (let step = 1; kept > 0; step *= 2) {
      const from = Math.max(0, kept - step);
      const asked = this.#blocks.slice(from, kept);
      const headers = await Promise.all(asked.map(async ({ number }) => await headerAt(provider, number)));
      const standing = asked.findLastIndex(({ hash }, i) => headers[i]?.hash === hash);
      kept = from + standing + 1;
      if (standing >= 0) break;
    }
    if (kept === shown && kept > 0) return undefined;
    const common = this.#blocks[kept - 1]?.number ?? this.#blocks[0]!.number - 1;
    this.#blocks = this.#blocks.slice(0, kept);
    return { from: last.number, depth: last.number - common };
  }
}

async function headerAt(provider: JsonRpcProvider, number: number): Promise<RawHeader | null> {
  return (await provider.send("eth_getBlockByNumber", [
    `0x${number.toString(16)}`,
    false,
  ])) as RawHeader | null;
}

import { type RpcClient, rpcClient } from "./rpcClient.js";

/** What a network took of plain transactions. */
export interface PlainRate {
  readonly perSecond: number;
  readonly seconds: number;
  /** Sent and, all of them, included. */
  readonly transactions: number;
  readonly blocks: number;
  /** Gas of the blocks over their limit, mean and largest, 0 to 1. */
  readonly fullness: { readonly mean: number; readonly largest: number };
  readonly gasPerSecond: number;
}

/** Loads a network. */
export interface Load {
  /** Sends as much as the network takes until a time (`Date.now`). @returns how many were sent. */
  send(deadline: number): Promise<number>;
  /** Waits until all are in blocks. @throws if they do not come. */
  drain(): Promise<void>;
}

interface RawBlock {
  readonly timestamp: string;
  readonly gasUsed: string;
  readonly gasLimit: string;
  readonly transactions: readonly string[];
}

/** Seconds at the start that do not count: the pools fill. */
export const WARM_UP_SECONDS = 3;
const FEWEST_BLOCKS = 10;

/**
 * Loads a network for some time, and counts what its blocks hold.
 *
 * @param url Of a node whose blocks are counted.
 * @throws what the load throws.
 */
export async function loadRate(url: string, load: Load, seconds: number): Promise<PlainRate> {
  const client = rpcClient(url);
  try {
    const first = await heightOf(client);
    const transactions = await load.send(Date.now() + 1000 * (seconds + WARM_UP_SECONDS));
    let last = await heightOf(client);
    await load.drain();
    // Of a short round the blocks after it tell, too.
    if (last < first + FEWEST_BLOCKS) last = await heightOf(client);
    return await countBlocks(client, first, last, transactions);
  } finally {
    client.close();
  }
}

async function countBlocks(client: RpcClient, first: number, last: number, sent: number): Promise<PlainRate> {
  const blocks: RawBlock[] = [];
  for (let height = first; height <= last; height++)
    blocks.push(await client.call<RawBlock>("eth_getBlockByNumber", [`0x${height.toString(16)}`, false]));
  const start = Number(blocks[0]!.timestamp) + WARM_UP_SECONDS;
  const warm = blocks.filter(({ timestamp }) => Number(timestamp) >= start);
  const counted = warm.length < FEWEST_BLOCKS ? blocks : warm;
  // The first says when counting begins; its own transactions came before.
  const [begin, ...rest] = counted;
  const end = rest.at(-1);
  if (begin === undefined || end === undefined)
    throw new Error("too few blocks to count: measure for longer");
  const elapsed = Number(end.timestamp) - Number(begin.timestamp);
  const sum = (value: (block: RawBlock) => number): number =>
    rest.reduce((total, block) => total + value(block), 0);
  const fullness = rest.map(({ gasUsed, gasLimit }) => Number(gasUsed) / Number(gasLimit));
  return {
    perSecond: sum(({ transactions }) => transactions.length) / elapsed,
    seconds: elapsed,
    transactions: sent,
    blocks: rest.length,
    fullness: {
      mean: fullness.reduce((total, one) => total + one, 0) / fullness.length,
      largest: Math.max(...fullness),
    },
    gasPerSecond: sum(({ gasUsed }) => Number(gasUsed)) / elapsed,
  };
}

async function heightOf(client: RpcClient): Promise<number> {
  return Number(await client.call<string>("eth_blockNumber", []));
}

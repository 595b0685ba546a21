import { setTimeout as pause } from "node:timers/promises";
import { getBytes, type Wallet } from "ethers";
import { type RpcClient, rpcClient } from "./rpcClient.js";
import { signTransfers } from "./signTransfers.js";

/** Who sends. */
export interface Sender {
  readonly wallet: Wallet;
  /** Of the next transaction: counted here, since a node forgets for a moment when its chain turns to another branch. */
  nonce: number;
}

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

interface RawBlock {
  readonly timestamp: string;
  readonly gasUsed: string;
  readonly gasLimit: string;
  readonly transactions: readonly string[];
}

/** Calls in one request. */
const BATCH = 100;
/** Transactions of one sender that wait for a block: enough for the next blocks, few enough for the pools. */
const IN_FLIGHT = 1_500;
/** Seconds at the start that do not count: the pools fill. */
const WARM_UP_SECONDS = 3;
/** More than any machine takes a second, of one sender. */
const MOST_PER_SECOND = 600;
/** Wei: far above what the base fee climbs to while blocks are full. */
export const GAS_PRICE = 10n ** 13n;
/** How long what was sent may take to be included, after the load. */
const DRAIN_SECONDS = 120;
const LOOK_MILLISECONDS = 100;
const FEWEST_BLOCKS = 10;

/**
 * Loads a network for some time with transfers that were signed before, as many as it takes, and counts what its blocks hold.
 *
 * @param urls Where each sender sends to.
 * @throws if a node refuses one, or not all are included.
 */
export async function plainRate(
  chainId: number,
  senders: readonly Sender[],
  urls: readonly string[],
  seconds: number,
): Promise<PlainRate> {
  const clients = urls.map(rpcClient);
  try {
    const loads = senders.map(({ wallet, nonce }, i) => {
      const to = senders[(i + 1) % senders.length]!.wallet.address;
      const transfer = { key: getBytes(wallet.privateKey), chainId, to, gasPrice: GAS_PRICE };
      const count = Math.ceil(MOST_PER_SECOND * (seconds + WARM_UP_SECONDS));
      return {
        client: clients[i]!,
        address: wallet.address,
        nonce,
        signed: signTransfers(transfer, nonce, count),
      };
    });
    const deadline = Date.now() + 1000 * (seconds + WARM_UP_SECONDS);
    const first = await heightOf(clients[0]!);
    const sent = await Promise.all(loads.map(async (one) => await send(one, deadline)));
    let last = await heightOf(clients[0]!);
    for (const [i, count] of sent.entries()) senders[i]!.nonce += count;
    await Promise.all(loads.map(async (one, i) => await included(one, senders[i]!.nonce)));
    // Of a short round the blocks after it tell, too.
    if (last < first + FEWEST_BLOCKS) last = await heightOf(clients[0]!);
    const transactions = sent.reduce((sum, count) => sum + count, 0);
    return await countBlocks(clients[0]!, first, last, transactions);
  } finally {
    for (const client of clients) client.close();
  }
}

interface Load {
  readonly client: RpcClient;
  readonly address: string;
  /** Of the first. */
  readonly nonce: number;
  readonly signed: readonly string[];
}

/** @returns how many were sent. */
async function send({ client, address, nonce, signed }: Load, deadline: number): Promise<number> {
  let next = 0;
  let mined = 0;
  let looked = 0;
  while (Date.now() < deadline && next < signed.length) {
    if (Date.now() - looked > LOOK_MILLISECONDS) {
      mined = (await nonceOf(client, address)) - nonce;
      looked = Date.now();
    }
    if (next - mined >= IN_FLIGHT) {
      await pause(LOOK_MILLISECONDS / 2);
      continue;
    }
    const calls = signed.slice(next, next + BATCH).map((raw) => [raw]);
    const answers = await client.batch("eth_sendRawTransaction", calls);
    const refused = answers.find(({ error }) => error !== undefined);
    if (refused !== undefined) throw new Error(`a transfer was refused: ${refused.error!.message}`);
    next += calls.length;
  }
  return next;
}

/** Waits until the transactions before a nonce are in blocks. */
async function included({ client, address }: Load, nonce: number): Promise<void> {
  const deadline = Date.now() + 1000 * DRAIN_SECONDS;
  for (;;) {
    const missing = nonce - (await nonceOf(client, address));
    if (missing === 0) return;
    if (Date.now() > deadline) throw new Error(`${missing} transfers of ${address} were not included`);
    await pause(LOOK_MILLISECONDS);
  }
}

async function countBlocks(client: RpcClient, first: number, last: number, sent: number): Promise<PlainRate> {
  const blocks: RawBlock[] = [];
  for (let height = first; height <= last; height++)
    blocks.push(await client.call<RawBlock>("eth_getBlockByNumber", [hex(height), false]));
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

async function nonceOf(client: RpcClient, address: string): Promise<number> {
  return Number(await client.call<string>("eth_getTransactionCount", [address, "latest"]));
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

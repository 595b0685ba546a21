import { setTimeout as pause } from "node:timers/promises";
import { getBytes, keccak256 } from "ethers";
import { GAS_PRICE, type Sender } from "./signedLoad.js";
import { type RpcClient, rpcClient } from "./rpcClient.js";
import { signTransfers } from "./signTransfers.js";

/** Milliseconds that each transfer took, as its sender sees it at its own validator. */
export interface PlainLatency {
  readonly receipt: readonly number[];
  /** With the confirmations that members agreed on. */
  readonly confirmed: readonly number[];
}

/** Between two transfers of a sender: a network that has time. */
const EVERY_MILLISECONDS = 250;
const LOOK_MILLISECONDS = 20;
/** How long one may take in all. */
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Sends a few transfers a second, each sender to its own validator, and watches there when they are in a block and when that
 * block has its confirmations.
 *
 * @throws if one is not confirmed in a minute.
 */
export async function plainLatency(
  chainId: number,
  senders: readonly Sender[],
  urls: readonly string[],
  seconds: number,
  confirmationDepth: number,
): Promise<PlainLatency> {
  const each = await Promise.all(
    senders.map(async (sender, i) => {
      const count = Math.max(1, Math.round((1000 * seconds) / EVERY_MILLISECONDS));
      const to = senders[(i + 1) % senders.length]!.wallet.address;
      const transfer = { key: getBytes(sender.wallet.privateKey), chainId, to, gasPrice: GAS_PRICE };
      const signed = signTransfers(transfer, sender.nonce, count);
      sender.nonce += count;
      const client = rpcClient(urls[i]!);
      try {
        return await sendAndWatch(client, signed, confirmationDepth);
      } finally {
        client.close();
      }
    }),
  );
  return {
    receipt: each.flatMap(({ receipt }) => receipt),
    confirmed: each.flatMap(({ confirmed }) => confirmed),
  };
}

interface Sent {
  readonly at: number;
  receipt?: number;
  confirmed?: number;
}

interface RawBlock {
  readonly number: string;
  readonly transactions: readonly string[];
}

async function sendAndWatch(
  client: RpcClient,
  signed: readonly string[],
  depth: number,
): Promise<PlainLatency> {
  const sent = new Map<string, Sent>();
  let next = 0;
  let head = Number(await client.call<string>("eth_blockNumber", []));
  let confirmed = head;
  const begin = performance.now();
  const deadline = begin + EVERY_MILLISECONDS * signed.length + PATIENCE_MILLISECONDS;
  while (next < signed.length || [...sent.values()].some((one) => one.confirmed === undefined)) {
    const now = performance.now();
    if (now > deadline) throw new Error("transfers were not confirmed in time");
    if (next < signed.length && now >= begin + EVERY_MILLISECONDS * next) {
      const raw = signed[next++]!;
      sent.set(keccak256(raw), { at: now });
      await client.call("eth_sendRawTransaction", [raw]);
    }
    const height = Number(await client.call<string>("eth_blockNumber", []));
    for (; head < height; head++) mark(await hashesOf(client, head + 1), sent, "receipt");
    // Read anew: a block can have been replaced since.
    for (; confirmed + depth < height; confirmed++) {
      const hashes = await hashesOf(client, confirmed + 1);
      mark(hashes, sent, "receipt");
      mark(hashes, sent, "confirmed");
    }
    await pause(LOOK_MILLISECONDS);
  }
  const all = [...sent.values()];
  return {
    receipt: all.map(({ at, receipt }) => receipt! - at),
    confirmed: all.map((one) => one.confirmed! - one.at),
  };
}

function mark(hashes: readonly string[], sent: Map<string, Sent>, what: "receipt" | "confirmed"): void {
  for (const hash of hashes) {
    const one = sent.get(hash);
    if (one !== undefined) one[what] ??= performance.now();
  }
}

async function hashesOf(client: RpcClient, height: number): Promise<readonly string[]> {
  const block = await client.call<RawBlock | null>("eth_getBlockByNumber", [
    `0x${height.toString(16)}`,
    false,
  ]);
  return block?.transactions ?? [];
}

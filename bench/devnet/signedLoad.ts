import { setTimeout as pause } from "node:timers/promises";
import { getBytes, type Wallet } from "ethers";
import { type Load, WARM_UP_SECONDS } from "./loadRate.js";
import { type RpcClient, rpcClient } from "./rpcClient.js";
import { signTransfers } from "./signTransfers.js";

/** Who sends. */
export interface Sender {
  readonly wallet: Wallet;
  /** Of the next transaction: counted here, since a node forgets for a moment when its chain turns to another branch. */
  nonce: number;
}

/** Calls in one request. */
const BATCH = 100;
/** Transactions of one sender that wait for a block: enough for the next blocks, few enough for the pools. */
export const IN_FLIGHT = 1_500;
/** More than any machine takes a second, of one sender. */
const MOST_PER_SECOND = 600;
/** Wei: far above what the base fee climbs to while blocks are full. */
export const GAS_PRICE = 10n ** 13n;
/** How long what was sent may take to be included, after the load. */
export const DRAIN_SECONDS = 120;
const LOOK_MILLISECONDS = 100;

/** One sender's transfers. */
interface Signed {
  readonly sender: Sender;
  readonly client: RpcClient;
  readonly signed: readonly string[];
}

/**
 * Transfers that are signed before.
 *
 * @param urls Where each sender sends to.
 * @param seconds Of the load.
 */
export async function withSignedLoad<T>(
  chainId: number,
  senders: readonly Sender[],
  urls: readonly string[],
  seconds: number,
  use: (load: Load) => Promise<T>,
): Promise<T> {
  const clients = urls.map(rpcClient);
  try {
    const count = Math.ceil(MOST_PER_SECOND * (seconds + WARM_UP_SECONDS));
    const all = senders.map((sender, i): Signed => {
      const to = senders[(i + 1) % senders.length]!.wallet.address;
      const transfer = { key: getBytes(sender.wallet.privateKey), chainId, to, gasPrice: GAS_PRICE };
      return { sender, client: clients[i]!, signed: signTransfers(transfer, sender.nonce, count) };
    });
    return await use({
      send: async (deadline) => {
        const sent = await Promise.all(all.map(async (one) => await send(one, deadline)));
        return sent.reduce((sum, one) => sum + one, 0);
      },
      drain: async () => void (await Promise.all(all.map(included))),
    });
  } finally {
    for (const client of clients) client.close();
  }
}

/** @returns how many were sent. @throws if a node refuses one. */
async function send({ sender, client, signed }: Signed, deadline: number): Promise<number> {
  const first = sender.nonce;
  let next = 0;
  let mined = 0;
  let looked = 0;
  while (Date.now() < deadline && next < signed.length) {
    if (Date.now() - looked > LOOK_MILLISECONDS) {
      mined = (await nonceOf(client, sender)) - first;
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
    sender.nonce = first + next;
  }
  return next;
}

async function included({ sender, client }: Signed): Promise<void> {
  const deadline = Date.now() + 1000 * DRAIN_SECONDS;
  for (;;) {
    const missing = sender.nonce - (await nonceOf(client, sender));
    if (missing === 0) return;
    if (Date.now() > deadline)
      throw new Error(`${missing} transfers of ${sender.wallet.address} were not included`);
    await pause(LOOK_MILLISECONDS);
  }
}

async function nonceOf(client: RpcClient, { wallet }: Sender): Promise<number> {
  return Number(await client.call<string>("eth_getTransactionCount", [wallet.address, "latest"]));
}

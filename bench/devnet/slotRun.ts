import { setTimeout as pause } from "node:timers/promises";
import { type BytesLike, hexlify } from "ethers";
import { connectGovernance } from "../../workers/chain/governance/connectGovernance.js";
import { MAX_TRANSACTION_GAS } from "../../workers/chain/limits.js";
import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import { slotValues } from "../../workers/demo/slotValues.js";
import type { DemoChain, DemoGrid } from "../../workers/demo/types.js";
import { packBatch } from "../../workers/measurement/packValues.js";
import { packSlotAngles, slotAngles } from "../../workers/measurement/slotAngles.js";
import { slotTimes } from "../../workers/measurement/slotTimes.js";
import { rowValues } from "../../workers/measurement/versionEstimator.js";
import type { Sender } from "./signedLoad.js";
import { type RpcClient, rpcClient } from "./rpcClient.js";

/** A transaction in a block, as its sender saw it at its own validator. */
export interface Landed {
  readonly operator: string;
  readonly block: number;
  readonly gas: number;
  /** From sending to the receipt. */
  readonly milliseconds: number;
}

/** A slot from its uploads to its settlement. */
export interface MeasuredSlot {
  readonly slot: number;
  /** By seat. */
  readonly uploads: readonly Landed[];
  /** Numbers of the blocks that hold them: one, if all arrived together. */
  readonly uploadBlocks: readonly number[];
  readonly settlement: Landed;
  /** From the cut-off to the settlement's receipt. */
  readonly cutOffToSettled: number;
  /** From sending the uploads to the settlement's receipt. */
  readonly sendToSettled: number;
  /** Blocks from the first that was made after the cut-off to the settlement's: 0 if it is that one. */
  readonly blocksAfterCutOff: number;
  /** Confirmations that the uploads had when the settlement was sent. */
  readonly confirmations: number;
}

/** What slots are measured on. */
export interface SlotRun {
  readonly chain: DemoChain;
  readonly demoGrid: DemoGrid;
  readonly chainId: number;
  /** By seat. */
  readonly senders: readonly Sender[];
  /** Each operator's own validator. */
  readonly urls: readonly string[];
  readonly slots: number;
}

/** Above the base fee of blocks that are nearly empty, and below what a node takes for a slip at this gas limit. */
const GAS_PRICE_WEI = 10n ** 9n;
const LOOK_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 120_000;
const SEED = 1;

/**
 * Runs slots as fast as the ledger's clock goes. At a slot's start each operator's batch is signed, and all are sent at once,
 * each to its operator's own validator, as soon as a block is over; a slot is settled by one operator, in turn, when it is past
 * its cut-off and its uploads have the confirmations that the governance asks for.
 *
 * @throws if a transaction fails, or is in no block after two minutes.
 */
export async function slotRun(run: SlotRun, note: (text: string) => void): Promise<MeasuredSlot[]> {
  const { chain, demoGrid, chainId, senders, slots } = run;
  const { ledger, consortium } = chain.operators[0]!.contracts;
  const { confirmationDepth } = await (await connectGovernance(consortium)).rules();
  const depth = Number(confirmationDepth);
  const to = await ledger.getAddress();
  const first = Number(await ledger.nextSlot());
  const rules = await readLedgerRules(ledger);
  const clients = run.urls.map(rpcClient);

  const send = async (seat: number, data: BytesLike): Promise<Sent> => {
    const sender = senders[seat]!;
    const signed = await sender.wallet.signTransaction({
      type: 0,
      chainId,
      to,
      data: hexlify(data),
      nonce: sender.nonce++,
      gasLimit: MAX_TRANSACTION_GAS,
      gasPrice: GAS_PRICE_WEI,
    });
    return { operator: chain.operators[seat]!.name, client: clients[seat]!, signed };
  };
  const callOf = (name: "upload" | "settle", args: readonly unknown[]): string =>
    ledger.interface.encodeFunctionData(name as "upload", args as never);

  const upload = async (slot: number, values: readonly number[]): Promise<Uploaded> => {
    await until(async () => Date.now() >= 1000 * slotTimes(rules, slot).start);
    let from = 0;
    const batches = demoGrid.records.metersBySeat.map((count) => values.slice(from, (from += count)));
    await nextBlock(clients);
    const signed: Sent[] = [];
    for (const [seat, batch] of batches.entries()) {
      if (batch.length > 0) signed.push(await send(seat, callOf("upload", [slot, packBatch(batch)])));
    }
    const sentAt = performance.now();
    const landed = await Promise.all(signed.map(landing));
    return { sentAt, landed };
  };

  const settle = async (slot: number, values: readonly number[], { sentAt, landed }: Uploaded) => {
    const { theta } = demoGrid.estimator.estimate(rowValues(demoGrid.records, values));
    const angles = slotAngles(demoGrid.records, demoGrid.estimator, values, theta);
    const data = callOf("settle", [slot, packBatch(values), "0x", packSlotAngles(angles)]);
    const seat = slot % senders.length;
    const client = clients[seat]!;
    const { cutoff } = slotTimes(rules, slot);
    const newest = Math.max(...landed.map(({ block }) => block));
    let confirmations = 0;
    // The transaction is in a block after the next at the earliest, which is made after the cut-off.
    await until(async () => {
      const head = await headOf(client);
      confirmations = head.number - newest;
      return head.time + 1 >= cutoff && confirmations >= depth;
    });
    const settlement = await landing(await send(seat, data));
    const done = performance.now();
    const doneSeconds = Date.now() / 1000;
    return {
      settlement,
      cutOffToSettled: 1000 * (doneSeconds - cutoff),
      sendToSettled: done - sentAt,
      blocksAfterCutOff: settlement.block - (await firstBlockFrom(client, cutoff, settlement.block)),
      confirmations,
    };
  };

  try {
    const settling: Promise<MeasuredSlot>[] = [];
    for (let slot = first; slot < first + slots; slot++) {
      const values = slotValues(demoGrid, SEED, slot);
      const uploaded = await upload(slot, values);
      const uploads = uploaded.landed;
      const uploadBlocks = [...new Set(uploads.map(({ block }) => block))].sort((a, b) => a - b);
      // The ledger settles slots in their order.
      const before = settling.at(-1) ?? Promise.resolve();
      const settled = before
        .then(async () => await settle(slot, values, uploaded))
        .then((rest): MeasuredSlot => {
          note(`slot ${slot} settled in block ${rest.settlement.block}`);
          return { slot, uploads, uploadBlocks, ...rest };
        });
      settled.catch(() => undefined);
      settling.push(settled);
    }
    return await Promise.all(settling);
  } finally {
    for (const client of clients) client.close();
  }
}

interface Uploaded {
  readonly sentAt: number;
  readonly landed: readonly Landed[];
}

interface Sent {
  readonly operator: string;
  readonly client: RpcClient;
  readonly signed: string;
}

interface RawReceipt {
  readonly status: string;
  readonly blockNumber: string;
  readonly gasUsed: string;
}

/** Sends a signed transaction and waits until it is in a block. */
async function landing({ operator, client, signed }: Sent): Promise<Landed> {
  const begin = performance.now();
  const hash = await client.call<string>("eth_sendRawTransaction", [signed]);
  let receipt: RawReceipt | null = null;
  await until(async () => {
    receipt = await client.call<RawReceipt | null>("eth_getTransactionReceipt", [hash]);
    return receipt !== null;
  });
  const { status, blockNumber, gasUsed } = receipt as unknown as RawReceipt;
  if (Number(status) !== 1) throw new Error(`${operator}: transaction ${hash} failed`);
  return {
    operator,
    block: Number(blockNumber),
    gas: Number(gasUsed),
    milliseconds: performance.now() - begin,
  };
}

interface Head {
  readonly number: number;
  readonly time: number;
}

async function headOf(client: RpcClient, tag = "latest"): Promise<Head> {
  const { number, timestamp } = await client.call<{ readonly number: string; readonly timestamp: string }>(
    "eth_getBlockByNumber",
    [tag, false],
  );
  return { number: Number(number), time: Number(timestamp) };
}

/** Waits until every validator has a block that none had before: what is sent then has the longest time to reach all. */
async function nextBlock(clients: readonly RpcClient[]): Promise<void> {
  const heads = async (): Promise<number[]> =>
    await Promise.all(
      clients.map(async (client) => Number(await client.call<string>("eth_blockNumber", []))),
    );
  const highest = Math.max(...(await heads()));
  await until(async () => (await heads()).every((head) => head > highest));
}

/** The number of the first block at or after a time. */
async function firstBlockFrom(client: RpcClient, time: number, last: number): Promise<number> {
  let number = last;
  while ((await headOf(client, `0x${(number - 1).toString(16)}`)).time >= time) number--;
  return number;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("the network took more than two minutes for a transaction");
    await pause(LOOK_MILLISECONDS);
  }
}

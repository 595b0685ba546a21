import { expect } from "chai";
import type { Log } from "ethers";
import { SlotLedger__factory } from "../../../typechain-types/index.js";
import { connectContracts } from "../../../workers/chain/connectContracts.js";
import { readMembers } from "../../../workers/chain/readMembers.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { unpackBatch, unpackSupplement } from "../../../workers/measurement/packValues.js";
import { within } from "../within.js";
import { slotClock } from "./deployGrid.js";
import type { FaultNetwork } from "./openFaultNetwork.js";

const ledgerEvents = SlotLedger__factory.createInterface();

/** How long a slot may take from its start until it is settled, on a busy machine. */
const SETTLE_SECONDS = slotClock.slotSeconds * (1 + slotClock.cutOffSlots) + 60;
const AGREE_SECONDS = 60;
/** Blocks that two sealers at one height may take back. */
const LOOSE_BLOCKS = 2;

/**
 * What must hold after every fault, once the slots that were fed so far are settled: one chain on all nodes; each of
 * these slots settled once; each measurement on the chain once, as it was fed, but for those whose slot's cut-off passed
 * while their operator's node was absent; the credits as many as were deposited.
 */
export async function expectSound(net: FaultNetwork): Promise<void> {
  const { deployed, feeder, network } = net;
  const { firstSlot, addresses, depositTotal } = deployed;
  const last = feeder.last;
  await Promise.all(
    network.validators.map(async ({ number }) => {
      const { ledger } = connectContracts(addresses, net.over(number));
      await within(SETTLE_SECONDS, `slot ${last} settled, as validator ${number} sees it`, async () => {
        return Number(await ledger.nextSlot()) > last;
      });
    }),
  );
  const provider = net.over(1);
  const { ledger } = connectContracts(addresses, provider);
  const height = await commonHeight(
    net,
    async (block) => Number(await ledger.nextSlot({ blockTag: block })) > last,
  );
  const logs = await provider.getLogs({ address: addresses.ledger, fromBlock: 0, toBlock: height });
  const closed = new Map<number, string[]>();
  const uploads = new Map<string, Log[]>();
  for (const log of logs) {
    const event = ledgerEvents.parseLog(log);
    if (event === null || !event.fragment.inputs.some(({ name }) => name === "slot")) continue;
    const slot = Number(event.args["slot"]);
    if (slot > last) continue;
    if (event.name === "BatchUploaded" || event.name === "SupplementUploaded") {
      const key = `${slot} ${event.args["seat"]}`;
      uploads.set(key, [...(uploads.get(key) ?? []), log]);
    } else if (
      /^(?:QuietSlotSettled|SlotSettled|IncompleteSlotSettled|SlotClosedIncomplete)$/u.test(event.name)
    ) {
      closed.set(slot, [...(closed.get(slot) ?? []), event.name]);
    }
  }
  for (let slot = firstSlot; slot <= last; slot++) {
    const isWhole = await expectValues(net, slot, uploads);
    const closing = isWhole ? /^(?:Quiet)?SlotSettled$/u : /^SlotClosedIncomplete$/u;
    expect(closed.get(slot), `slot ${slot}`).to.have.length(1);
    expect(closed.get(slot)![0], `slot ${slot}`).to.match(closing);
  }

  const members = await readMembers(connectContracts(addresses, provider).consortium);
  expect(members.reduce((sum, { credits }) => sum + credits, 0n)).to.equal(depositTotal);
  for (const worker of net.workers)
    expect(worker.running, `${worker.config}: ${worker.errors}`).to.equal(true);
}

/** A height at which something is so, a little below one at which all nodes have come to the same block. */
async function commonHeight(net: FaultNetwork, isSo: (height: number) => Promise<boolean>): Promise<number> {
  const nodes = net.network.validators.map(({ number }) => net.over(number));
  let height = 0;
  await within(AGREE_SECONDS, "the same block everywhere", async () => {
    const heads = await Promise.all(nodes.map((node) => node.getBlockNumber()));
    const low = Math.min(...heads);
    const hashes = await Promise.all(nodes.map(async (node) => (await node.getBlock(low))?.hash));
    // What was seen in a newer block may be taken back, and come again in the next.
    height = low - LOOSE_BLOCKS;
    // Close together too: an old block would be the same on two branches.
    return new Set(hashes).size === 1 && Math.max(...heads) - low <= 2 && (await isSo(height));
  });
  return height;
}

/** Whether a seat may have missed a slot: its node was absent at the cut-off. */
function isExcused({ absences, deployed }: FaultNetwork, slot: number, seat: number): boolean {
  const end = deployed.startOf(slot + 1);
  const cutOff = deployed.startOf(slot + 1 + slotClock.cutOffSlots);
  return absences.some((one) => one.seat === seat && end >= one.from && cutOff <= one.to);
}

/**
 * What was fed of a slot is what the batches and supplements on the chain say: each value once; or none of a seat that is
 * excused.
 *
 * @returns whether all seats' values are there.
 */
async function expectValues(
  net: FaultNetwork,
  slot: number,
  uploads: ReadonlyMap<string, readonly Log[]>,
): Promise<boolean> {
  const fed = net.feeder.fed.get(slot)!;
  let first = 0;
  let isWhole = true;
  for (const [seat, count] of net.deployed.demoGrid.records.metersBySeat.entries()) {
    const sent = uploads.get(`${slot} ${seat}`) ?? [];
    if (sent.length === 0 && isExcused(net, slot, seat)) {
      isWhole = false;
      first += count;
      continue;
    }
    const label = `slot ${slot}, seat ${seat}`;
    const times = Array.from({ length: count }, () => 0);
    const values = Array.from({ length: count }, () => MISSING_VALUE);
    const put = (position: number, value: number): void => {
      if (value === MISSING_VALUE) return;
      times[position]!++;
      values[position] = value;
    };
    for (const { transactionHash } of sent) {
      const transaction = await net.over(1).getTransaction(transactionHash);
      const call = ledgerEvents.parseTransaction({ data: transaction!.data })!;
      const bytes = Buffer.from((call.args[1] as string).slice(2), "hex");
      if (call.name === "upload") for (const [i, value] of unpackBatch(bytes).entries()) put(i, value);
      else for (const { position, value } of unpackSupplement(bytes)) put(position, value);
    }
    expect(times, `${label}: how often each value was uploaded`).to.deep.equal(times.map(() => 1));
    expect(values, label).to.deep.equal(fed.slice(first, first + count));
    first += count;
  }
  return isWhole;
}

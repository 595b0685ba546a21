import type { Block, Log, LogDescription, Provider } from "ethers";
import { type Cursor, dropCursor, moveCursor, readCursor, readTrail } from "../store/cursor.js";
import { forgetAfter, noteClosed, noteUpload } from "../store/ledgerView.js";
import type { Store } from "../store/openStore.js";
import { transaction } from "../store/transaction.js";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";
import type { Collaborators } from "./collaborators.js";

const events = SlotLedger__factory.createInterface();
const TOPICS = [
  "BatchUploaded",
  "SupplementUploaded",
  "SlotSettled",
  "IncompleteSlotSettled",
  "QuietSlotSettled",
  "SlotClosedIncomplete",
] as const;
const Q32 = 2 ** 32;

/**
 * Brings the store's view of the ledger up to a block: stores the events, then moves the cursor, last. Events are
 * stored so that seeing one again changes nothing. Where the chain has turned to another branch, what was seen above
 * the last block that both have is forgotten first.
 *
 * @param head a block of the chain, with its hash.
 * @returns how many blocks were undone.
 */
export async function syncLedger(
  worker: Collaborators,
  ledger: string,
  head: Block,
  options: { readonly fromBlock: number; readonly logRangeBlocks: number },
): Promise<number> {
  const { provider, store, logger, observe } = worker;
  let cursor = readCursor(store);
  let undone = 0;
  if (cursor !== undefined && !(await stands(provider, cursor, head))) {
    const common = await commonBlock(provider, readTrail(store).slice(1), head);
    const rewoundTo = common?.block ?? options.fromBlock - 1;
    undone = cursor.block - rewoundTo;
    logger.warn({ cursor: cursor.block, rewoundTo }, "the chain has turned to another branch");
    transaction(store, () => {
      forgetAfter(store, rewoundTo);
      if (common === undefined) dropCursor(store);
      else moveCursor(store, common);
    });
    cursor = common;
  }
  const topics = [TOPICS.map((name) => events.getEvent(name).topicHash)];
  let next = cursor === undefined ? options.fromBlock : cursor.block + 1;
  while (next <= head.number) {
    const last = Math.min(next + options.logRangeBlocks - 1, head.number);
    const before = last === head.number ? head : await provider.getBlock(last);
    const logs = await provider.getLogs({ address: ledger, topics, fromBlock: next, toBlock: last });
    // The node that gave the events has that very block, and had it before: else another look.
    const end = await provider.getBlock(last);
    if (end?.hash == null || end.hash !== before?.hash) return undone;
    const { hash } = end;
    const noted = logs.flatMap((log) => {
      const event = events.parseLog(log);
      return event === null ? [] : [{ log, event, slot: Number(event.args["slot"]) }];
    });
    const versions = await versionsOf(provider, ledger, new Set(noted.map(({ slot }) => slot)));
    transaction(store, () => {
      for (const { log, event, slot } of noted) noteEvent(store, log, event, slot, versions.get(slot)!);
    });
    await observe("cursor", { block: last });
    moveCursor(store, { block: last, hash });
    next = last + 1;
  }
  return undone;
}

/** Whether a block is on the chain now. */
async function stands(provider: Provider, { block, hash }: Cursor, head: Block): Promise<boolean> {
  const found = block === head.number ? head : await provider.getBlock(block);
  return found?.hash === hash;
}

/** The newest of the blocks that the cursor was at that the chain has still. */
async function commonBlock(
  provider: Provider,
  trail: readonly Cursor[],
  head: Block,
): Promise<Cursor | undefined> {
  for (const one of trail) if (await stands(provider, one, head)) return one;
  return undefined;
}

/** The grid version that holds for each slot: events do not say it. */
async function versionsOf(
  provider: Provider,
  ledger: string,
  slots: ReadonlySet<number>,
): Promise<Map<number, number>> {
  const contract = SlotLedger__factory.connect(ledger, provider);
  return new Map(
    await Promise.all(
      [...slots].map(async (slot): Promise<[number, number]> => [
        slot,
        Number(await contract.versionOf(slot)),
      ]),
    ),
  );
}

function noteEvent(store: Store, log: Log, event: LogDescription, slot: number, version: number): void {
  const at = { tx: log.transactionHash, block: log.blockNumber };
  switch (event.name) {
    case "BatchUploaded":
      noteUpload(store, version, { slot, seat: Number(event.args["seat"]), kind: "upload", ...at });
      break;
    case "SupplementUploaded":
      noteUpload(store, version, { slot, seat: Number(event.args["seat"]), kind: "supplement", ...at });
      break;
    case "SlotSettled":
    case "QuietSlotSettled":
      noteClosed(store, slot, version, {
        closed: "settled",
        ...at,
        objective: Number(event.args["objectiveQ32"]) / Q32,
        threshold: Number(event.args["thresholdQ32"]) / Q32,
      });
      break;
    case "IncompleteSlotSettled":
      noteClosed(store, slot, version, {
        closed: "settled",
        ...at,
        objective: Number(event.args["objectiveQ32"]) / Q32,
        threshold: Number(event.args["thresholdQ32"]) / Q32,
        missing: Number(event.args["missing"]),
      });
      break;
    case "SlotClosedIncomplete":
      noteClosed(store, slot, version, {
        closed: "incomplete",
        ...at,
        missing: Number(event.args["missing"]),
      });
      break;
  }
}

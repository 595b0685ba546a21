import type { Block, Log, LogDescription, Provider } from "ethers";
import { moveCursor, readCursor } from "../store/cursor.js";
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

/** How many blocks are read again when the chain has turned to another branch. */
const REWIND_BLOCKS = 128;

/**
 * Brings the store's view of the ledger up to a block: stores the events, then moves the cursor, last. Events are
 * stored so that seeing one again changes nothing.
 *
 * @param head a block of the chain, with its hash.
 */
export async function syncLedger(
  worker: Collaborators,
  ledger: string,
  head: Block,
  options: { readonly fromBlock: number; readonly logRangeBlocks: number },
): Promise<void> {
  const { provider, store, logger, observe } = worker;
  let cursor = readCursor(store);
  if (cursor !== undefined) {
    const same = cursor.block === head.number ? head : await provider.getBlock(cursor.block);
    if (same === null || same.hash !== cursor.hash) {
      const block = Math.max(options.fromBlock - 1, Math.min(cursor.block, head.number) - REWIND_BLOCKS);
      logger.warn({ cursor: cursor.block, rewoundTo: block }, "the chain has turned to another branch");
      transaction(store, () => forgetAfter(store, block));
      cursor = { block, hash: "" };
    }
  }
  const topics = [TOPICS.map((name) => events.getEvent(name).topicHash)];
  let next = cursor === undefined ? options.fromBlock : cursor.block + 1;
  while (next <= head.number) {
    const last = Math.min(next + options.logRangeBlocks - 1, head.number);
    const logs = await provider.getLogs({ address: ledger, topics, fromBlock: next, toBlock: last });
    const end = last === head.number ? head : await provider.getBlock(last);
    if (end?.hash == null) return;
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

import { hexlify, type TransactionReceipt } from "ethers";
import { Metering__factory } from "../../../typechain-types/index.js";
import { DECLINE_REASONS } from "../chain/reasons.js";
import { parseReports } from "../chain/reportEvents.js";
import { identityHash } from "../identityHash.js";
import { decodeRequest } from "../messages/request.js";
import type { QueueItem } from "./queue/queue.js";

const metering = Metering__factory.createInterface();

/** What the contract said of an item: undefined where it took it, or the reason. */
export type Outcome = ReadonlyMap<number, string | undefined>;

/** Of an item of which the receipt says nothing: it counts for not taken, and its meter brings it again. */
export const NO_EVENT = "no-event";

/** What a transaction's events say of its items, by the item's id. Taken is what an event says was taken, nothing else. */
export function readOutcome(receipt: TransactionReceipt, items: readonly QueueItem[]): Outcome {
  const reports = parseReports(receipt.logs);
  const accepted = new Set(reports.accepted.map(({ bytes }) => hexlify(bytes)));
  const skipped = new Map(reports.skipped.map(({ index, reason }) => [index, reason as string]));
  const requests = requestEvents(receipt);
  return new Map(
    items.map((item, index) => {
      if (item.kind === "report" || item.kind === "backfill") {
        const taken = !skipped.has(index) && accepted.has(hexlify(item.payload));
        return [item.id, taken ? undefined : (skipped.get(index) ?? NO_EVENT)];
      }
      const key = requestKey(item);
      return [item.id, requests.has(key) ? requests.get(key) : NO_EVENT];
    }),
  );
}

function requestKey(item: QueueItem): string {
  const request = decodeRequest(item.payload);
  if (request?.kind === "registration")
    return identityHash(request.request.saltedId, request.request.identity);
  return `${item.meter} ${item.key} ${request?.request.key ?? ""}`;
}

/**
 * The requests, by hashed identity or by meter, number and key: the reason of the declined ones, undefined of those that were
 * taken. One of which the same block says both was taken: others may have brought a bad copy.
 */
function requestEvents(receipt: TransactionReceipt): Map<string, string | undefined> {
  const said = new Map<string, string | undefined>();
  const taken = new Set<string>();
  for (const log of receipt.logs) {
    const event = metering.parseLog(log);
    if (event === null) continue;
    const { hid, meter, sequence, key, reason } = event.args.toObject() as Record<string, unknown>;
    const session = `${String(meter)} ${String(sequence)} ${String(key).toLowerCase()}`;
    if (event.name === "RegistrationDeclined") said.set(String(hid), reasonOf(reason));
    else if (event.name === "SessionDeclined") said.set(session, reasonOf(reason));
    else if (event.name === "MeterRegistered") taken.add(String(hid));
    else if (event.name === "SessionOpened") taken.add(session);
  }
  for (const one of taken) said.set(one, undefined);
  return said;
}

function reasonOf(reason: unknown): string {
  return DECLINE_REASONS[Number(reason)]!;
}

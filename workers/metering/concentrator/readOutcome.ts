import type { TransactionReceipt } from "ethers";
import { Metering__factory } from "../../../typechain-types/index.js";
import { DECLINE_REASONS } from "../chain/reasons.js";
import { parseReports } from "../chain/reportEvents.js";
import { identityHash } from "../identityHash.js";
import { decodeRequest } from "../messages/request.js";
import type { QueueItem } from "./queue/queue.js";

const metering = Metering__factory.createInterface();

/** What the contract said of an item: undefined where it took it, or the reason. */
export type Outcome = ReadonlyMap<number, string | undefined>;

/** What a transaction's events say of its items, by the item's id. One of which nothing is said was not taken. */
export function readOutcome(receipt: TransactionReceipt, items: readonly QueueItem[]): Outcome {
  const outcome = new Map<number, string | undefined>();
  const reports = parseReports(receipt.logs);
  const skipped = new Map(reports.skipped.map(({ index, reason }) => [index, reason as string]));
  const requests = requestEvents(receipt);
  for (const [index, item] of items.entries()) {
    if (item.kind === "report" || item.kind === "backfill") outcome.set(item.id, skipped.get(index));
    else outcome.set(item.id, requests.get(requestKey(item)));
  }
  return outcome;
}

function requestKey(item: QueueItem): string {
  const request = decodeRequest(item.payload);
  if (request?.kind === "registration")
    return identityHash(request.request.saltedId, request.request.identity);
  return `${item.meter} ${item.key} ${request?.request.key ?? ""}`;
}

/**
 * The declined requests, by hashed identity or by meter, number and key. One of which the same block says that it was taken
 * is not among them: others may have brought a bad copy.
 */
function requestEvents(receipt: TransactionReceipt): Map<string, string> {
  const declined = new Map<string, string>();
  const taken = new Set<string>();
  for (const log of receipt.logs) {
    const event = metering.parseLog(log);
    if (event === null) continue;
    const { hid, meter, sequence, key, reason } = event.args.toObject() as Record<string, unknown>;
    const session = `${String(meter)} ${String(sequence)} ${String(key).toLowerCase()}`;
    if (event.name === "RegistrationDeclined") declined.set(String(hid), reasonOf(reason));
    else if (event.name === "SessionDeclined") declined.set(session, reasonOf(reason));
    else if (event.name === "MeterRegistered") taken.add(String(hid));
    else if (event.name === "SessionOpened") taken.add(session);
  }
  for (const one of taken) declined.delete(one);
  return declined;
}

function reasonOf(reason: unknown): string {
  return DECLINE_REASONS[Number(reason)]!;
}

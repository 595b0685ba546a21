import { randomUUID } from "node:crypto";
import { hexlify } from "ethers";
import { Metering__factory } from "../../../typechain-types/index.js";
import { decodeRequest } from "../messages/request.js";
import { packReports } from "../report/packReports.js";
import type { SenderCall } from "../../chain/sending/types.js";
import { carry, type ItemKind, type QueueItem, waitingItems } from "./queue/queue.js";
import { NotConcentratorError } from "./errors.js";
import type { ConcentratorParts, ConcentratorTerms } from "./types.js";

const metering = Metering__factory.createInterface();

/** Gas that a call may need, an item: the first report of a meter writes a fresh slot, a backfill too. */
const GAS: Record<ItemKind, number> = {
  report: 45_000,
  backfill: 90_000,
  registration: 200_000,
  session: 250_000,
};
const GAS_BASE = 100_000;
/** Requests are dear; few go in one call. */
const MOST_REQUESTS = 20;
const ROLES: readonly ItemKind[] = ["registration", "session", "report", "backfill"];

/**
 * Sends what waits: a call is made when it is full, or when the oldest of it has waited long enough, and while the account has
 * room for another transaction. The items of a call are noted in the step that reserves its nonce.
 *
 * @returns how many transactions were sent.
 * @throws NotConcentratorError if the contract would take none: they wait.
 */
export async function sendBatches(parts: ConcentratorParts, terms: ConcentratorTerms): Promise<number> {
  const calls: SenderCall[] = [];
  const room = parts.sender.room();
  for (const kind of ROLES) {
    const byGas = Math.max(1, Math.floor((terms.batchGas - GAS_BASE) / GAS[kind]));
    const count = Math.min(
      byGas,
      kind === "report" || kind === "backfill" ? terms.batchReports : MOST_REQUESTS,
    );
    const waiting = waitingItems(parts.store, kind, count * (room - calls.length));
    for (let first = 0; first < waiting.length; first += count) {
      const items = waiting.slice(first, first + count);
      // Of a clock that was set back nothing is known: what is of the future goes at once.
      const age = parts.now() - items[0]!.at;
      if (items.length < count && age >= 0 && age < terms.batchSeconds) break;
      calls.push({
        // What a call carries is noted with its nonce, so that no item is in two: the purpose need only differ.
        purpose: `${kind} ${randomUUID()}`,
        to: parts.domain.metering,
        data: dataOf(kind, items),
        gasLimit: BigInt(GAS_BASE + items.length * GAS[kind]),
        beside: (id) => carry(parts.store, items, id),
      });
    }
  }
  // Together: one look at the chain, and one step of the journal each, for all.
  if (calls.length === 0) return 0;
  // What reverts costs gas, over and over.
  const { account, metering: contract } = parts;
  if (!(await contract.isConcentrator(account))) throw new NotConcentratorError(account);
  await parts.sender.sendAll(calls);
  return calls.length;
}

function dataOf(kind: ItemKind, items: readonly QueueItem[]): string {
  if (kind === "report" || kind === "backfill") {
    const reports = hexlify(packReports(items.map(({ payload }) => payload)));
    return kind === "report"
      ? metering.encodeFunctionData("submit", [reports])
      : metering.encodeFunctionData("backfill", [reports]);
  }
  // Only what was read as a request is in the queue.
  const requests = items.map(({ payload }) => decodeRequest(payload)!.request);
  return kind === "registration"
    ? metering.encodeFunctionData("registerMeters", [requests as never])
    : metering.encodeFunctionData("openSessions", [requests as never]);
}

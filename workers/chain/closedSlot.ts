import type { Log, TransactionReceipt } from "ethers";
import type { Contracts } from "./connectContracts.js";

/** How a slot was closed, by the ledger's own account. */
export type ClosedSlot = {
  readonly slot: number;
  readonly transaction: string;
  /** What each seat gained (positive) or lost (negative), credits. */
  readonly moved: readonly bigint[];
} & (
  | {
      readonly kind: "settled";
      /** J of the angles that were submitted. */
      readonly objective: number;
      readonly threshold: number;
      /** The proven η. Undefined if the slot was settled together with others: nothing is proven but J ≤ `objective` ≤ τ. */
      readonly overStatement: number | undefined;
      /** Values without which it was settled. */
      readonly missing: number;
    }
  | { readonly kind: "incomplete"; readonly missing: number }
);

const CLOSING: ReadonlySet<string> = new Set([
  "SlotSettled",
  "QuietSlotSettled",
  "IncompleteSlotSettled",
  "SlotClosedIncomplete",
]);

/** How a slot was closed; undefined while it is not. */
export async function readClosedSlot(contracts: Contracts, slot: number): Promise<ClosedSlot | undefined> {
  const { ledger } = contracts;
  const [settled, quiet, reported, incomplete] = await Promise.all([
    ledger.queryFilter(ledger.filters.SlotSettled(slot)),
    ledger.queryFilter(ledger.filters.QuietSlotSettled(slot)),
    ledger.queryFilter(ledger.filters.IncompleteSlotSettled(slot)),
    ledger.queryFilter(ledger.filters.SlotClosedIncomplete(slot)),
  ]);
  const event = settled[0] ?? quiet[0] ?? reported[0] ?? incomplete[0];
  const receipt = await event?.getTransactionReceipt();
  return receipt === undefined ? undefined : closedSlotOf(contracts, receipt, slot);
}

/** How a slot was closed in a transaction; undefined if it was not. */
export function closedSlotOf(
  contracts: Contracts,
  receipt: TransactionReceipt,
  slot: number,
): ClosedSlot | undefined {
  const logs = [...receipt.logs];
  const at = logs.findIndex((log) => isClosing(contracts, log, slot));
  const event = at < 0 ? null : contracts.ledger.interface.parseLog(logs[at]!);
  if (event === null) return undefined;
  // The credits move right after, in the same transaction; with one operator none do.
  const moved = logs
    .slice(at)
    .filter(({ address }) => address === contracts.consortium.target)
    .map((log) => contracts.consortium.interface.parseLog(log))
    .find((log) => log?.name === "CreditsRedistributed");
  const common = {
    slot,
    transaction: receipt.hash,
    moved: moved == null ? [] : [...(moved.args.getValue("moved") as readonly bigint[])],
  };
  if (event.name === "SlotClosedIncomplete") {
    return { ...common, kind: "incomplete", missing: Number(event.args.getValue("missing")) };
  }
  return {
    ...common,
    kind: "settled",
    objective: Number(event.args.getValue("objectiveQ32")) / 2 ** 32,
    threshold: Number(event.args.getValue("thresholdQ32")) / 2 ** 32,
    overStatement:
      event.name === "QuietSlotSettled"
        ? undefined
        : Number(event.args.getValue("overStatementQ64")) / 2 ** 64,
    missing: event.name === "IncompleteSlotSettled" ? Number(event.args.getValue("missing")) : 0,
  };
}

function isClosing({ ledger }: Contracts, log: Log, slot: number): boolean {
  if (log.address !== ledger.target) return false;
  const event = ledger.interface.parseLog(log);
  if (event === null || !CLOSING.has(event.name)) return false;
  return Number(event.args.getValue("slot")) === slot;
}

import type { SlotLedger } from "../../typechain-types/measurement/SlotLedger.js";

/** How a slot ended, in a line. */
export interface SlotSummary {
  readonly slot: number;
  /** Operators that uploaded. */
  readonly uploads: number;
  /** Settled by itself, with others, without the values that were missing; closed without an estimate; or not yet. */
  readonly closed: "settled" | "together" | "reported" | "incomplete" | undefined;
  /** How often it was closed: once, or not yet. */
  readonly closings: number;
  /** Values that were missing when it was closed. */
  readonly missing: number | undefined;
  /** J of the angles that were submitted, and its threshold; undefined if it has no estimate. */
  readonly objective: number | undefined;
  readonly threshold: number | undefined;
}

/**
 * How consecutive slots ended, by the ledger's events.
 *
 * @param fromBlock The ledger has no events before.
 */
export async function listSlots(
  ledger: SlotLedger,
  first: number,
  last: number,
  fromBlock: number,
): Promise<SlotSummary[]> {
  const { filters } = ledger;
  const [uploaded, settled, quiet, reported, incomplete] = await Promise.all([
    ledger.queryFilter(filters.BatchUploaded(), fromBlock),
    ledger.queryFilter(filters.SlotSettled(), fromBlock),
    ledger.queryFilter(filters.QuietSlotSettled(), fromBlock),
    ledger.queryFilter(filters.IncompleteSlotSettled(), fromBlock),
    ledger.queryFilter(filters.SlotClosedIncomplete(), fromBlock),
  ]);
  const closings = [
    ...settled.map(({ args }) => ({
      slot: args.slot,
      closed: "settled" as const,
      missing: 0,
      ...estimated(args),
    })),
    ...quiet.map(({ args }) => ({
      slot: args.slot,
      closed: "together" as const,
      missing: 0,
      ...estimated(args),
    })),
    ...reported.map(({ args }) => ({
      slot: args.slot,
      closed: "reported" as const,
      missing: Number(args.missing),
      ...estimated(args),
    })),
    ...incomplete.map(({ args }) => ({
      slot: args.slot,
      closed: "incomplete" as const,
      missing: Number(args.missing),
      objective: undefined,
      threshold: undefined,
    })),
  ];
  const ended = Map.groupBy(closings, ({ slot }) => Number(slot));
  const uploads = Map.groupBy(uploaded, ({ args }) => Number(args.slot));
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const slot = first + i;
    const own = ended.get(slot) ?? [];
    return {
      slot,
      // Each seat uploads once.
      uploads: uploads.get(slot)?.length ?? 0,
      closed: own[0]?.closed,
      closings: own.length,
      missing: own[0]?.missing,
      objective: own[0]?.objective,
      threshold: own[0]?.threshold,
    };
  });
}

function estimated(args: { readonly objectiveQ32: bigint; readonly thresholdQ32: bigint }) {
  return {
    objective: Number(args.objectiveQ32) / 2 ** 32,
    threshold: Number(args.thresholdQ32) / 2 ** 32,
  };
}

import type { DemoResult } from "./types.js";

/** A number of credits: a JSON number, or a string of decimal digits where that would not be exact (from 2^53 on). */
export type CreditFigure = number | string;

/** A demo in figures, as `--json` writes it. */
export interface DemoFigures {
  readonly case: string;
  /** In service. */
  readonly buses: number;
  readonly lines: number;
  readonly meters: number;
  /** Angles that are estimated: buses less one reference for each island. */
  readonly states: number;
  readonly operators: readonly {
    readonly name: string;
    readonly address: string;
    /** After the last slot. */
    readonly credits: CreditFigure;
  }[];
  readonly depositTotal: CreditFigure;
  /** After the last slot; equal to `depositTotal`. */
  readonly creditTotal: CreditFigure;
  readonly slots: readonly {
    /** The ledger's number of the slot. */
    readonly slot: number;
    /** Values that did not come. */
    readonly missing: number;
    /**
     * J and τ of the ledger. For a slot closed incomplete, which the ledger does not estimate, those of the worker's
     * advisory estimate from the meters that reported; null if these leave a bus unobserved.
     */
    readonly objective: number | null;
    readonly threshold: number | null;
    /** Only where J is above τ: five at most, largest first. */
    readonly suspects: readonly { readonly meter: string; readonly normalisedResidual: number }[];
    /** Of the transactions that counted: all uploads, the settlement, and both together for each meter. */
    readonly gas: { readonly upload: number; readonly settle: number; readonly perMeter: number };
    /** The errors of submissions that the ledger refused, with their figures. */
    readonly refused: readonly string[];
  }[];
}

/** The figures of a demo. */
export function demoFigures({
  demoGrid,
  operators,
  startCredits,
  depositTotal,
  slots,
}: DemoResult): DemoFigures {
  const last = slots.at(-1);
  const { meters, grid, records } = demoGrid;
  return {
    case: grid.name,
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: meters.length,
    states: records.geometry.buses - records.geometry.roots,
    operators: operators.map(({ name, address }, seat) => ({
      name,
      address,
      credits: creditFigure(last?.credits[seat] ?? startCredits[seat]!),
    })),
    depositTotal: creditFigure(depositTotal),
    creditTotal: creditFigure(last?.totalCredits ?? depositTotal),
    slots: slots.map((slot) => ({
      slot: slot.slot,
      missing: slot.gaps.length,
      objective: slot.objective ?? null,
      threshold: slot.threshold ?? null,
      suspects: slot.suspects.map(({ meter, normalisedResidual }) => ({
        meter: meters[meter]!.id,
        normalisedResidual,
      })),
      gas: {
        upload: Number(slot.uploadGas),
        settle: Number(slot.settleGas),
        perMeter: Number(slot.uploadGas + slot.settleGas) / meters.length,
      },
      refused: slot.refusals.map(({ message }) => message),
    })),
  };
}

/** Credits as JSON has them exactly. */
export function creditFigure(credits: bigint): CreditFigure {
  const size = credits < 0n ? -credits : credits;
  return size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(credits) : credits.toString();
}

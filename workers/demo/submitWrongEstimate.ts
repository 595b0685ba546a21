import { revertReason } from "../chain/revertReason.js";
import { seededRandom } from "../grid/seededRandom.js";
import type { VersionRecords } from "../grid/version/types.js";
import type { SlotAngles } from "../measurement/slotAngles.js";
import { type LedgerSettlement, settleOnLedger } from "./settleOnLedger.js";
import type { DemoOperator, Refusal } from "./types.js";

/** How far the angle of one bus is off: about half a degree. */
const SHIFT_RAD = 0.01;

/** What became of the wrong estimate: refused, as it should be, or accepted. */
export type WrongEstimate = { readonly refusal: Refusal } | { readonly settlement: LedgerSettlement };

/**
 * An operator's worker tries to settle a slot with an estimate in which the angle of one bus is off.
 *
 * @param angles The honest ones.
 */
export async function submitWrongEstimate(
  operator: DemoOperator,
  records: VersionRecords,
  slot: number,
  values: readonly number[],
  angles: SlotAngles,
  seed: number,
): Promise<WrongEstimate> {
  const { roots, buses } = records.geometry;
  const record = roots + Math.floor(seededRandom(seed, 1_000_003)() * (buses - roots));
  const shift = BigInt(Math.round(SHIFT_RAD * angles.unitsPerRad));
  const wrong = { ...angles, units: angles.units.map((units, i) => (i === record ? units + shift : units)) };
  try {
    return { settlement: await settleOnLedger(operator.contracts.ledger, slot, values, wrong) };
  } catch (error) {
    const reason = revertReason(error);
    if (reason === undefined) throw error;
    const q64 = (name: string): number | undefined => {
      const value = reason.arguments[name];
      return value === undefined ? undefined : Number(value) / 2 ** 64;
    };
    return {
      refusal: {
        by: operator.name,
        error: reason.name,
        message: reason.message,
        bus: records.tree[record]!.bus,
        shiftRad: SHIFT_RAD,
        overStatement: q64("overStatementQ64"),
        allowed: q64("allowedQ64"),
      },
    };
  }
}

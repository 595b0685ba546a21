import { readLedgerRules } from "../workers/chain/readLedgerRules.js";
import { wilsonHilferty } from "../workers/estimation/wilsonHilferty.js";
import { joinSlots, type QuietSlot } from "../workers/measurement/joinSlots.js";
import { packAngles, packBatch } from "../workers/measurement/packValues.js";
import { angleUnits, rowValues } from "../workers/measurement/versionEstimator.js";
import { prepareGrid } from "../workers/demo/prepareGrid.js";
import { registerVersion } from "../workers/demo/registerVersion.js";
import { slotValues } from "../workers/demo/slotValues.js";
import type { DemoChain } from "../workers/demo/types.js";
import { uploadBatches } from "../workers/demo/uploadBatches.js";
import type { GridCase } from "../workers/grid/types.js";

/** What it costs to settle slots one by one and at once, in gas. */
export interface CatchUpGas {
  readonly case: string;
  readonly buses: number;
  readonly meters: number;
  readonly operators: number;
  /** Bytes of calldata for a slot. */
  readonly bytesPerSlot: number;
  /** `settle` of one slot. */
  readonly settle: number;
  /** By how many slots there are: the calls it takes, and the gas of all of them. */
  readonly many: readonly { readonly slots: number; readonly calls: number; readonly gas: number }[];
}

const seed = 1;

/**
 * Measures catching up on a chain where the contracts were freshly deployed.
 *
 * @param counts How many slots, each at most half the ring.
 */
export async function catchUpGas(
  chain: DemoChain,
  gridCase: GridCase,
  counts: readonly number[],
): Promise<CatchUpGas> {
  const demoGrid = prepareGrid(
    gridCase,
    chain.operators.map(({ name }) => name),
  );
  await registerVersion(chain, demoGrid, () => undefined);
  const { ledger } = chain.operators[0]!.contracts;
  const [{ start: genesis, slotSeconds, cutoffSlots: cutOffSlots, normalQuantile: quantile }] =
    await readLedgerRules(ledger);
  const startOf = (slot: number): number => genesis + slot * slotSeconds;
  const { records, estimator } = demoGrid;

  const estimate = (values: readonly number[]) => estimator.estimate(rowValues(records, values));
  const { meters, virtualRows, roots, buses } = records.geometry;
  const threshold = wilsonHilferty(meters + virtualRows + roots - buses, quantile);
  /** Values without a false alarm. */
  const quietValues = (slot: number): number[] => {
    for (let attempt = 0; ; attempt++) {
      const values = slotValues(demoGrid, seed, slot + 1_000 * attempt);
      if (estimate(values).objective < 0.99 * threshold) return values;
    }
  };

  const uploaded = async (count: number): Promise<QuietSlot[]> => {
    const first = Number(await ledger.nextSlot());
    const slots: QuietSlot[] = [];
    for (let slot = first; slot < first + count; slot++) {
      const values = quietValues(slot);
      await chain.clock.advanceTo(startOf(slot));
      await uploadBatches(chain, demoGrid, slot, values);
      const angles = packAngles(angleUnits(records, estimate(values).theta));
      slots.push({ slot, values: packBatch(values), supplements: new Uint8Array(), angles });
    }
    await chain.clock.advanceTo(startOf(first + count + cutOffSlots));
    return slots;
  };

  // The first settlement is not measured: it writes words that are zero.
  let settle = 0n;
  for (let i = 0; i < 2; i++) {
    const [one] = await uploaded(1);
    const { slot, values, supplements, angles } = one!;
    settle = (await (await ledger.settle(slot, values, supplements, angles)).wait())!.gasUsed;
  }
  const many = [];
  let bytesPerSlot = 0;
  for (const slots of counts) {
    let due = await uploaded(slots);
    bytesPerSlot = due[0]!.values.length + due[0]!.angles.length;
    let gas = 0n;
    let calls = 0;
    while (due.length > 0) {
      const call = joinSlots(due);
      const sent = await ledger.settleMany(
        call.first,
        call.count,
        call.values,
        call.supplements,
        call.angles,
      );
      gas += (await sent.wait())!.gasUsed;
      calls++;
      due = due.slice(call.count);
    }
    many.push({ slots, calls, gas: Number(gas) });
  }
  return {
    case: gridCase.name,
    buses: demoGrid.grid.buses.length,
    meters: demoGrid.meters.length,
    operators: chain.operators.length,
    bytesPerSlot,
    settle: Number(settle),
    many,
  };
}

import { packBatch } from "../measurement/packValues.js";
import type { DemoChain, DemoGrid } from "./types.js";

/** Every operator uploads its batch. @returns Gas of all uploads. */
export async function uploadBatches(
  chain: DemoChain,
  demoGrid: DemoGrid,
  slot: number,
  values: readonly number[],
): Promise<bigint> {
  let gas = 0n;
  let first = 0;
  for (const [seat, count] of demoGrid.records.metersBySeat.entries()) {
    const batch = packBatch(values.slice(first, first + count));
    first += count;
    if (count === 0) continue;
    const receipt = await (await chain.operators[seat]!.contracts.ledger.upload(slot, batch)).wait();
    gas += receipt!.gasUsed;
  }
  return gas;
}

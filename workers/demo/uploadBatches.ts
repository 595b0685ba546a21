import { packBatch } from "../measurement/packValues.js";
import type { DemoChain, DemoGrid } from "./types.js";

/** Every operator uploads its batch, all at once. @returns Gas of all uploads. */
export async function uploadBatches(
  chain: DemoChain,
  demoGrid: DemoGrid,
  slot: number,
  values: readonly number[],
): Promise<bigint> {
  let first = 0;
  const batches = demoGrid.records.metersBySeat.flatMap((count, seat) => {
    const batch = values.slice(first, (first += count));
    return count === 0 ? [] : [{ seat, batch }];
  });
  const gas = await Promise.all(
    batches.map(async ({ seat, batch }) => {
      const sent = await chain.operators[seat]!.contracts.ledger.upload(slot, packBatch(batch));
      return (await sent.wait())!.gasUsed;
    }),
  );
  return gas.reduce((sum, one) => sum + one, 0n);
}

import type { FinalityOverlay } from "../../typechain-types/index.js";
import type { BlockId } from "../../workers/chain/blockId.js";

/** A fault on record. */
export interface RecordedFault {
  readonly id: number;
  readonly seat: number;
  readonly epoch: number;
  readonly first: BlockId;
  readonly second: BlockId;
}

/** All faults on record, by number. */
export async function readFaults(contract: FinalityOverlay): Promise<RecordedFault[]> {
  const count = Number(await contract.faultCount());
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const fault = await contract.fault(i + 1);
      return {
        id: i + 1,
        seat: Number(fault.seat),
        epoch: Number(fault.epoch),
        first: { number: Number(fault.height), hash: fault.blockHash },
        second: { number: Number(fault.otherHeight), hash: fault.otherHash },
      };
    }),
  );
}

import type { ProjectionModel } from "../../typechain-types/index.js";
import type { Progress } from "../chain/gridVersions.js";
import { MAX_TRANSACTION_GAS } from "../chain/limits.js";
import { type Cost, measured } from "./measured.js";
import { packMatrices } from "./packMatrices.js";
import type { ProjectionMatrices } from "./types.js";

/**
 * Stores the chunks of A and P that are not on the chain yet: what is there already is left alone, so that it can be
 * called again after any interruption.
 *
 * @returns What each transaction of this call cost.
 */
export async function uploadProjection(
  models: ProjectionModel,
  model: bigint,
  matrices: ProjectionMatrices,
  progress: Progress = () => undefined,
): Promise<Cost[]> {
  const chunks = packMatrices(matrices);
  const stored = await models.chunks(model);
  const costs: Cost[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (BigInt(stored[index]!) !== 0n) continue;
    const cost = await measured(
      async () => await models.storeChunk(model, index, chunk, { gasLimit: MAX_TRANSACTION_GAS }),
    );
    costs.push(cost);
    progress(index + 1, chunks.length, cost.gas);
  }
  return costs;
}

import type { Signer } from "ethers";
import type { ProjectionModel } from "../../typechain-types/index.js";
import { type Cost, measured } from "./measured.js";

/** Has every operator that has not done so approve a checked model, then brings it into force. */
export async function agreeOnModel(
  models: ProjectionModel,
  operators: readonly Signer[],
  model: bigint,
): Promise<Cost[]> {
  const { approvals, contentHash } = await models.summary(model);
  const costs: Cost[] = [];
  for (const [seat, operator] of operators.entries()) {
    if ((approvals >> BigInt(seat)) % 2n === 1n) continue;
    costs.push(await measured(async () => await models.connect(operator).approve(model, contentHash)));
  }
  costs.push(await measured(async () => await models.activate(model)));
  return costs;
}

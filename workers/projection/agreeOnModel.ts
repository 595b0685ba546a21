import type { Signer } from "ethers";
import type { ProjectionModel } from "../../typechain-types/index.js";
import type { Cost } from "./proposeProjection.js";

/** Has every operator that has not done so approve a checked model, then brings it into force. */
export async function agreeOnModel(
  models: ProjectionModel,
  operators: readonly Signer[],
  model: bigint,
): Promise<Cost[]> {
  const { approvals, contentHash } = await models.summary(model);
  const costs: Cost[] = [];
  const note = async (sent: Awaited<ReturnType<ProjectionModel["activate"]>>): Promise<void> => {
    const { gasUsed } = (await sent.wait())!;
    costs.push({ gas: gasUsed, bytes: (sent.data.length - 2) / 2 });
  };
  for (const [seat, operator] of operators.entries()) {
    if ((approvals >> BigInt(seat)) % 2n === 1n) continue;
    await note(await models.connect(operator).approve(model, contentHash));
  }
  await note(await models.activate(model));
  return costs;
}

import { keccak256 } from "ethers";
import type { ProjectionModel } from "../../typechain-types/index.js";
import { ChainDataError } from "../chain/errors.js";
import { type Cost, measured } from "./measured.js";
import { packMatrices } from "./packMatrices.js";
import { packTopology } from "./packTopology.js";
import type { ProjectionMatrices, ProjectionTopology } from "./types.js";

/** Proposes a model; the contract's runner is the operator that does. */
export async function proposeProjection(
  models: ProjectionModel,
  topology: ProjectionTopology,
  matrices: ProjectionMatrices,
): Promise<Cost & { readonly model: bigint }> {
  const hashes = packMatrices(matrices).map((chunk) => keccak256(chunk));
  const { receipt, ...cost } = await measured(
    async () => await models.propose(packTopology(topology, matrices), hashes),
  );
  const event = receipt.logs
    .map((log) => models.interface.parseLog(log))
    .find((log) => log?.name === "ModelProposed");
  if (event == null) throw new ChainDataError(`proposal ${receipt.hash} emitted no ModelProposed`);
  return { model: event.args.getValue("model") as bigint, ...cost };
}

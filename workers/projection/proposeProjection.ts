import { keccak256 } from "ethers";
import type { ProjectionModel } from "../../typechain-types/index.js";
import { ChainDataError } from "../chain/errors.js";
import { packMatrices } from "./packMatrices.js";
import { packTopology } from "./packTopology.js";
import type { ProjectionMatrices, ProjectionTopology } from "./types.js";

/** A transaction that was mined: what it cost, and how many bytes it carried. */
export interface Cost {
  readonly gas: bigint;
  readonly bytes: number;
}

/** Proposes a model; the contract's runner is the operator that does. */
export async function proposeProjection(
  models: ProjectionModel,
  topology: ProjectionTopology,
  matrices: ProjectionMatrices,
): Promise<Cost & { readonly model: bigint }> {
  const hashes = packMatrices(matrices).map((chunk) => keccak256(chunk));
  const sent = await models.propose(packTopology(topology, matrices), hashes);
  const receipt = await sent.wait();
  const event = receipt?.logs
    .map((log) => models.interface.parseLog(log))
    .find((log) => log?.name === "ModelProposed");
  if (receipt == null || event == null)
    throw new ChainDataError(`proposal ${sent.hash} emitted no ModelProposed`);
  return {
    model: event.args.getValue("model") as bigint,
    gas: receipt.gasUsed,
    bytes: (sent.data.length - 2) / 2,
  };
}

import { departedNodes } from "../../workers/chain/departedNodes.js";
import { departedValidators } from "../../workers/devnet/departed.js";
import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { removeValidator } from "../../workers/devnet/membership.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { openSharing } from "../support/openSharing.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly deployment: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const { contracts, deployment } = await openSharing(hre, args.deployment);
  let network = readNetwork(folder);
  const engine = await openEngine(network, () => undefined);
  const departed = await departedNodes(contracts.consortium, deployment.fromBlock);
  const out = departedValidators(network, departed);
  for (const { number, name } of out) {
    network = await removeValidator(folder, network, number, engine);
    process.stdout.write(`${name} is voted out and nobody's peer\n`);
  }
  if (out.length === 0) process.stdout.write("every validator is a present member's\n");
});

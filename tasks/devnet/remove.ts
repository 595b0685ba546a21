import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { removeValidator } from "../../workers/devnet/membership.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly validator: number;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  const engine = await openEngine(network, () => undefined);
  const left = await removeValidator(folder, network, args.validator, engine);
  process.stdout.write(
    `validator ${args.validator} is voted out and nobody's peer; ${left.validators.length} are left\n`,
  );
});

import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { addValidator } from "../../workers/devnet/membership.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

export default userTask<NetworkArguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  const engine = await openEngine(network, () => undefined);
  const { validator, operator } = await addValidator(folder, network, engine, () => undefined);
  process.stdout.write(
    `validator ${validator.number} (${validator.address}) is voted in and seals; its operator's account ${operator.address} holds nothing yet\n`,
  );
});

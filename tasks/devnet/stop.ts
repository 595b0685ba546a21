import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { stopValidator } from "../../workers/devnet/stopNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly validator: number;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  await stopValidator(folder, readNetwork(folder), args.validator);
  process.stdout.write(`validator ${args.validator} is stopped\n`);
});

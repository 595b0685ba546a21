import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly validator: number;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  await startValidator(folder, network, args.validator, await openEngine(network, say), () => undefined);
  process.stdout.write(`validator ${args.validator} has its peers and the chain, and seals\n`);
});

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

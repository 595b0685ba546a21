import { reachEngine } from "../../workers/devnet/engines/reachEngine.js";
import { networkStatus } from "../../workers/devnet/networkStatus.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";
import { statusTable } from "./statusTable.js";

interface Arguments extends NetworkArguments {
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  const status = await networkStatus(folder, network, reachEngine(network));
  report(args.json, status, statusTable(status));
});

import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

export default userTask<NetworkArguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  await deleteNetwork(folder);
  process.stdout.write(`deleted ${folder}: keys, chain and logs\n`);
});

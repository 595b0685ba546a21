import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { stopNetwork } from "../../workers/devnet/stopNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

export default userTask<NetworkArguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const stopped = await stopNetwork(folder);
  // Whatever its description says, what runs is stopped; where nothing ran, there may be no network at all.
  if (stopped === 0) readNetwork(folder);
  process.stdout.write(
    stopped === 0
      ? "nothing ran\n"
      : `stopped ${stopped} processes; the chain is kept in ${folder}, and devnet up goes on with it\n`,
  );
});

import { exportNetwork } from "../../workers/devnet/exportNetwork.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly target: string;
  readonly hosts: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const hosts = args.hosts?.split(",").map((host) => host.trim());
  const written = exportNetwork(folder, readNetwork(folder), userPath(args.target), hosts);
  process.stdout.write(
    `${written.join("\n")}\nKeys are among them: one folder for each operator, and for nobody else.\n`,
  );
});

import { checkNetwork } from "../../workers/devnet/checkNetwork.js";
import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { grouped } from "../../workers/report/number.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";

interface Arguments extends NetworkArguments {
  readonly seconds: number;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  if (args.seconds < 0) throw new UserError(`--seconds ${args.seconds}: expected 0 or more`);
  const folder = networkFolder(hre, args);
  const network = readNetwork(folder);
  const engine = await openEngine(network, () => undefined);
  const checked = await checkNetwork(folder, network, engine, args.seconds);
  const { running, height, hash, sealers } = checked;
  const all = running.length === sealers.length ? "all" : `the ${running.length} that run here of`;
  report(
    args.json,
    checked,
    `${all} ${sealers.length} validators have block ${grouped(height)}, hash ${hash}; ${sealers.length} seal`,
  );
});

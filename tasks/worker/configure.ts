import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layout } from "../../workers/devnet/layout.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { validatorUrl } from "../../workers/devnet/validatorUrl.js";
import { sealerFor } from "../../workers/devnet/sealerFor.js";
import { parseWorkerConfig } from "../../workers/operator/config.js";
import { facts } from "../../workers/report/table.js";
import { devnetFolder } from "../support/devnetFolder.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly folder: string;
  readonly operator: number;
  readonly measurements: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = userPath(args.folder);
  const path = join(folder, "worker.json");
  if (existsSync(path)) throw new UserError(`${path}: is there already; name another folder, or delete it`);
  const network = readNetwork(devnetFolder(hre));
  const sealer = sealerFor(network, args.operator);
  const { deployment } = await openSharing(hre, args.deployment);
  const at = layout(devnetFolder(hre));
  const { chainId, contracts, fromBlock } = deployment;
  const config = {
    rpcUrl: validatorUrl(at, sealer),
    chainId,
    contracts,
    fromBlock,
    database: "worker.sqlite",
    measurements: args.measurements === undefined ? "readings" : userPath(args.measurements),
    keystore: at.operatorKeystore(args.operator),
    passwordFile: at.operatorPassword(args.operator),
  };
  parseWorkerConfig(config, path, folder);
  mkdirSync(args.measurements === undefined ? join(folder, "readings") : folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`);
  report(
    args.json,
    { file: path, ...config },
    facts([
      ["configuration", path],
      ["operator", network.operators[args.operator - 1]?.name],
      ["by the node of", sealer.name],
      ["measurements", config.measurements],
    ]),
  );
});

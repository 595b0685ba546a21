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
  readonly serve: string | undefined;
  readonly peers: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const folder = userPath(args.folder);
  const path = join(folder, "worker.json");
  if (existsSync(path)) throw new UserError(`${path}: is there already; name another folder, or delete it`);
  const http = args.serve === undefined ? undefined : addressOf(args.serve);
  const peers = args.peers?.split(",").map((url) => url.trim());
  if (peers !== undefined && http === undefined)
    throw new UserError("--peers: the others ask this worker too; name where it serves with --serve");
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
    ...(http === undefined ? {} : { http }),
    ...(peers === undefined ? {} : { finality: { kind: "overlay", peers } }),
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
      ...(http === undefined ? [] : ([["serves", `http://${args.serve}`]] as const)),
      ...(peers === undefined ? [] : ([["signs blocks with", peers.join(", ")]] as const)),
    ]),
  );
});

/** Host and port of `HOST:PORT`; an IPv6 address stands in brackets. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/u.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new UserError(`--serve ${text}: not HOST:PORT, as 127.0.0.1:9101`);
  return { host, port: Number(port) };
}

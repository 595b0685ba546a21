import { existsSync } from "node:fs";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import { openEngine } from "../../workers/devnet/engines/openEngine.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { layout } from "../../workers/devnet/layout.js";
import { networkStatus } from "../../workers/devnet/networkStatus.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { type Network, networkSchema } from "../../workers/devnet/types.js";
import { devnetUrl } from "../../workers/devnet/devnetUrl.js";
import { runSteps } from "../../workers/demo/runSteps.js";
import { devnetFolder } from "../support/devnetFolder.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { checkPortRange } from "./checkPortRange.js";
import { type NetworkArguments, networkFolder } from "./folder.js";
import { statusTable } from "./statusTable.js";

interface Arguments extends NetworkArguments {
  readonly engine: string;
  readonly validators: number;
  readonly period: number;
  readonly gasLimit: number;
  readonly port: number;
  readonly chainId: number;
  readonly json: string | undefined;
}

/** Networks that stand side by side by default: first port and chain of each. */
const TIERS: Readonly<Record<string, { readonly port: number; readonly chainId: number }>> = {
  wan: { port: 8600, chainId: 20_260 },
  lan: { port: 8700, chainId: 20_261 },
  han: { port: 8800, chainId: 20_262 },
};

export default userTask<Arguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const terminal = {
    isTTY: process.stderr.isTTY,
    line: (text: string) => void process.stderr.write(`${text}\n`),
  };
  let network: Network | undefined;
  let engine: Engine | undefined;
  await runSteps(
    [
      {
        title: "Keys and genesis block",
        run: async () => {
          network = await openOrCreate(folder, args);
          return `${network.validators.length} validators, chain ${network.chainId}, in ${folder}`;
        },
      },
      {
        title: "Validators",
        run: async (note) => {
          engine = await openEngine(network!, note);
          await startNetwork(folder, network!, engine, changed(note));
          return "sealing";
        },
      },
    ],
    terminal,
  );
  const status = await networkStatus(folder, network!, engine!);
  const url = devnetUrl(folder);
  report(
    args.json,
    { ...status, chainId: network!.chainId, folder, url, operators: network!.operators },
    [statusTable(status), `${url} serves JSON-RPC; ${called(hre, folder)} --network devnet uses it`].join(
      "\n",
    ),
  );
});

/** How tasks are called that are to use this network. */
function called(hre: HardhatRuntimeEnvironment, folder: string): string {
  return folder === devnetFolder(hre) ? "gridproof …" : `GRIDPROOF_DEVNET=${folder} gridproof …`;
}

/** The network in the folder; a new one if there is none. What is chosen for a network holds as long as it is. */
async function openOrCreate(folder: string, args: Arguments): Promise<Network> {
  if (existsSync(layout(folder).network)) return readNetwork(folder);
  const { tier, engine, validators, period, gasLimit } = args;
  if (engine !== "clique" && engine !== "qbft")
    throw new UserError(`--engine ${engine}: expected clique or qbft`);
  const usual = TIERS[tier];
  const basePort = args.port === 0 ? usual?.port : args.port;
  const chainId = args.chainId === 0 ? usual?.chainId : args.chainId;
  if (basePort === undefined || chainId === undefined) {
    throw new UserError(
      `--tier ${tier}: choose its --port and --chain-id; only ${Object.keys(TIERS).join(", ")} have their own`,
    );
  }
  checkPortRange(basePort, validators);
  const fields = { chainId, blockPeriodSeconds: period, gasLimit };
  const checked = networkSchema
    .pick({ chainId: true, blockPeriodSeconds: true, gasLimit: true })
    .safeParse(fields);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    throw new UserError(`${path.join(".")}: ${message}`);
  }
  return await createNetwork(folder, { tier, engine, validators, basePort, ...fields });
}

/** Passes on what differs from what was said last. */
function changed(note: (text: string) => void): (text: string) => void {
  let last = "";
  return (text) => {
    if (text !== last) note(text);
    last = text;
  };
}

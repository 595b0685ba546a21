import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "ethers";
import Metering from "../../ignition/modules/Metering.js";
import { Metering__factory } from "../../typechain-types/index.js";
import {
  type MeteringDeployment,
  readMeteringDeployment,
  writeMeteringDeployment,
} from "../../workers/metering/chain/meteringDeployment.js";
import { findMember } from "../../workers/chain/readMembers.js";
import { facts } from "../../workers/report/table.js";
import { compileContracts } from "../support/compileContracts.js";
import { meteringPath } from "../support/meteringPath.js";
import { type KeyArguments, networkName, openNetwork } from "../support/openNetwork.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends KeyArguments {
  readonly utility: string;
  readonly intervalSeconds: number;
  readonly sessionSeconds: number;
  readonly overlapSeconds: number;
  readonly deployment: string | undefined;
  readonly metering: string | undefined;
  readonly force: boolean;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const path = meteringPath(hre, args.metering);
  await compileContracts(hre);
  const { members, deployment, provider } = await openSharing(hre, args.deployment);
  const { ethers, ignition } = await openNetwork(hre, args);
  const utility = findMember(members, args.utility);
  if (!args.force) await refuseToReplace(path, provider);
  const deployer = (await ethers.getSigners())[0]?.address;
  if (deployer === undefined) {
    throw new UserError("the node holds no account: set GRIDPROOF_OPERATOR_KEY or use --keystore");
  }
  const { intervalSeconds, sessionSeconds, overlapSeconds } = args;
  const rules = { intervalSeconds, sessionSeconds, overlapSeconds };
  const { consortium } = deployment.contracts;
  // Ignition would wrap a refusal in lines of its own.
  const creation = await new Metering__factory().getDeployTransaction(consortium, utility.seat, rules);
  await provider.estimateGas({ ...creation, from: deployer });
  const fromBlock = await provider.getBlockNumber();
  // A journal of its own: another deployment is not this one.
  const deploymentId = `gridproof-metering-${Date.now()}`;
  const deployed = await ignition.deploy(Metering, {
    parameters: { Metering: { consortium, utilitySeat: utility.seat, rules } },
    defaultSender: deployer,
    deploymentId,
  });
  const written: MeteringDeployment = {
    network: networkName(hre),
    chainId: deployment.chainId,
    fromBlock,
    contracts: { metering: await deployed.metering.getAddress(), consortium },
    rules,
  };
  writeMeteringDeployment(path, written);
  // The file just written is what counts; the journal stays only where something went wrong.
  rmSync(join(hre.config.paths.ignition, "deployments", deploymentId), { recursive: true, force: true });
  report(
    args.json,
    { ...written, file: path, utility: { seat: utility.seat, name: utility.name, account: utility.account } },
    facts([
      ["metering", written.contracts.metering],
      ["consortium", consortium],
      ["utility", `${utility.name} (seat ${utility.seat}, ${utility.account})`],
      ["interval", `${intervalSeconds} s`],
      ["session of a meter", `${sessionSeconds} s, ${overlapSeconds} s of overlap`],
      ["address written to", path],
    ]),
  );
});

/** The address of a contract that is in use would be lost. */
async function refuseToReplace(path: string, provider: Provider): Promise<void> {
  if (!existsSync(path)) return;
  const { chainId, contracts } = readMeteringDeployment(path);
  if ((await provider.getNetwork()).chainId !== BigInt(chainId)) {
    throw new UserError(`${path}: names a deployment on chain ${chainId}; name another file, or use --force`);
  }
  if ((await provider.getCode(contracts.metering)) !== "0x") {
    throw new UserError(
      `${path}: names a deployment in use on this chain; name another file, or use --force`,
    );
  }
}

import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { Consortium__factory, type Metering, Metering__factory } from "../../typechain-types/index.js";
import { readMembers } from "../../workers/chain/readMembers.js";
import {
  type MeteringDeployment,
  readMeteringDeployment,
} from "../../workers/metering/chain/meteringDeployment.js";
import { meteringPath } from "../support/meteringPath.js";
import { type KeyArguments, networkName, openNetwork } from "../support/openNetwork.js";
import { UserError } from "../support/userError.js";

/** The arguments of a task that the utility alone may call. */
export interface UtilityArguments extends KeyArguments {
  readonly metering: string | undefined;
}

/** Household metering, as its utility uses it. */
export interface Utility {
  readonly deployment: MeteringDeployment;
  readonly metering: Metering;
  readonly signer: Signer;
}

/** Opens household metering with the utility's account. @throws UserError if that is not among the network's accounts. */
export async function openUtility(hre: HardhatRuntimeEnvironment, args: UtilityArguments): Promise<Utility> {
  const deployment = readMeteringDeployment(meteringPath(hre, args.metering));
  const { ethers } = await openNetwork(hre, args);
  const { provider } = ethers;
  const { chainId } = await provider.getNetwork();
  if (chainId !== BigInt(deployment.chainId)) {
    throw new UserError(
      `metering is on chain ${deployment.chainId}, network ${networkName(hre)} is ${chainId}`,
    );
  }
  const metering = Metering__factory.connect(deployment.contracts.metering, provider);
  if ((await provider.getCode(deployment.contracts.metering)) === "0x") {
    throw new UserError(
      `there is no metering at ${deployment.contracts.metering}; was the network started anew?`,
    );
  }
  const seat = Number(await metering.utilitySeat());
  const members = await readMembers(Consortium__factory.connect(deployment.contracts.consortium, provider));
  const account = members.find((member) => member.seat === seat)?.account ?? "";
  const signers = await ethers.getSigners();
  const signer = signers.find(({ address }) => address.toLowerCase() === account.toLowerCase());
  if (signer === undefined) {
    throw new UserError(
      `${account}, the utility's account, is not among the accounts of ${networkName(hre)}`,
    );
  }
  return { deployment, metering: metering.connect(signer), signer };
}

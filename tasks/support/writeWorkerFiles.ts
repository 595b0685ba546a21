import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Deployment } from "../../workers/chain/deploymentFile.js";
import type { Member } from "../../workers/chain/readMembers.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { writeWorkerConfigurations } from "../../workers/devnet/workerFiles.js";
import { devnetFolder } from "./devnetFolder.js";
import { networkName } from "./openNetwork.js";

/** On the devnet: a configuration for the worker of each operator that is a member. @returns the files; none elsewhere. */
export function writeWorkerFiles(
  hre: HardhatRuntimeEnvironment,
  deployment: Deployment,
  members: readonly Member[],
): string[] {
  if (networkName(hre) !== "devnet") return [];
  const folder = devnetFolder(hre);
  const accounts = members.filter(({ active }) => active).map(({ account }) => account);
  return writeWorkerConfigurations(folder, readNetwork(folder), deployment, accounts);
}

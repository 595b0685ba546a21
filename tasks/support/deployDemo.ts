import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import GridProof from "../../ignition/modules/GridProof.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { type DemoTerms, demoTerms } from "../../workers/demo/demoTerms.js";
import type { DemoChain, DemoClock } from "../../workers/demo/types.js";
import { compileContracts } from "./compileContracts.js";
import { isEmbedded, networkName, openNetwork } from "./openNetwork.js";
import { UserError } from "./userError.js";

/** How often the time of a chain that goes by the clock is looked at. */
const LOOK_MILLISECONDS = 100;

/**
 * The contracts under the terms of the demo, with the operators as founders: on an embedded network of its own, or on the
 * network that was chosen.
 *
 * @throws UserError if that network has too few accounts.
 */
export async function deployDemo(
  names: readonly string[],
  hre: HardhatRuntimeEnvironment,
): Promise<DemoChain> {
  await compileContracts(hre);
  return isEmbedded(hre) ? await onEmbedded(names, hre) : await onChosen(names, hre);
}

/** On a network that nobody else sees. Its time is moved on. */
async function onEmbedded(names: readonly string[], hre: HardhatRuntimeEnvironment): Promise<DemoChain> {
  const connection = await hre.network.create({
    network: "default",
    override: { accounts: { count: names.length + 1 } },
  });
  const { time } = connection.networkHelpers;
  return await deploy(connection, names, {
    terms: demoTerms(names.length),
    firstOperator: 1,
    genesis: await time.latest(),
    clock: {
      now: () => time.latest(),
      advanceTo: async (seconds) => {
        if ((await time.latest()) < seconds) await time.increaseTo(seconds);
      },
    },
  });
}

/** On a network that lives by itself. Its time is waited for. */
async function onChosen(names: readonly string[], hre: HardhatRuntimeEnvironment): Promise<DemoChain> {
  const connection = await openNetwork(hre, { keystore: undefined, passwordFile: undefined });
  const accounts = await connection.ethers.getSigners();
  if (accounts.length < names.length) {
    throw new UserError(
      `network ${networkName(hre)} has ${accounts.length} accounts, too few for ${names.length} operators`,
    );
  }
  return await deployWaited(connection, names, demoTerms(names.length, "waited"), hre);
}

/** On a connection to a network that lives by itself, with its first accounts as founders. Its time is waited for. */
export async function deployWaited(
  connection: NetworkConnection,
  names: readonly string[],
  terms: DemoTerms,
  hre: HardhatRuntimeEnvironment,
): Promise<DemoChain> {
  const { provider } = connection.ethers;
  // A journal of its own, kept only where something went wrong.
  const deploymentId = `gridproof-demo-${Date.now()}`;
  const chain = await deploy(connection, names, {
    terms,
    firstOperator: 0,
    genesis: await latestTime(provider),
    clock: {
      now: () => latestTime(provider),
      advanceTo: async (seconds) => {
        while ((await latestTime(provider)) < seconds) await pause(LOOK_MILLISECONDS);
      },
    },
    deploymentId,
  });
  rmSync(join(hre.config.paths.ignition, "deployments", deploymentId), { recursive: true, force: true });
  return chain;
}

interface Setting {
  readonly terms: DemoTerms;
  /** Which of the network's accounts is the first operator's. */
  readonly firstOperator: number;
  readonly genesis: number;
  readonly clock: DemoClock;
  readonly deploymentId?: string;
}

async function deploy(
  { ethers, ignition }: NetworkConnection,
  names: readonly string[],
  { terms, firstOperator, genesis, clock: demoClock, deploymentId }: Setting,
): Promise<DemoChain> {
  const members = (await ethers.getSigners()).slice(firstOperator, firstOperator + names.length);
  const { clock, ...agreed } = terms;
  const parameters = {
    ...agreed,
    voting: { ...agreed.voting },
    founders: members.map((member, seat) => ({ account: member.address, name: names[seat]! })),
    clock: { genesis, ...clock },
  };
  const deployed = await ignition.deploy(GridProof, {
    parameters: { GridProof: parameters },
    ...(deploymentId === undefined ? {} : { deploymentId }),
  });
  const addresses = {
    consortium: await deployed.consortium.getAddress(),
    registry: await deployed.registry.getAddress(),
    ledger: await deployed.ledger.getAddress(),
  };
  return {
    provider: ethers.provider,
    clock: demoClock,
    operators: members.map((member, seat) => ({
      name: names[seat]!,
      address: member.address,
      contracts: connectContracts(addresses, member),
    })),
  };
}

async function latestTime(provider: Provider): Promise<number> {
  return (await provider.getBlock("latest"))!.timestamp;
}

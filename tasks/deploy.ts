import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { getAddress, type Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import GridProof from "../ignition/modules/GridProof.js";
import { connectContracts } from "../workers/chain/connectContracts.js";
import { type Deployment, readDeployment, writeDeployment } from "../workers/chain/deploymentFile.js";
import { foundersOf } from "../workers/chain/foundersOf.js";
import { FoundingJournal, journalName } from "../workers/chain/foundingJournal.js";
import { type Founding, parseFounding, readFoundersFile } from "../workers/chain/foundersFile.js";
import { readMembers } from "../workers/chain/readMembers.js";
import { rolesOf } from "../workers/chain/rolesOf.js";
import { grouped } from "../workers/report/number.js";
import { facts, table } from "../workers/report/table.js";
import { adoptSent } from "./support/adoptSent.js";
import { compileContracts } from "./support/compileContracts.js";
import { deploymentPath } from "./support/deploymentPath.js";
import { isEmbedded, type KeyArguments, networkName, openNetwork } from "./support/openNetwork.js";
import { report } from "./support/report.js";
import { UserError } from "./support/userError.js";
import { isSentBefore } from "./support/sentBefore.js";
import { userPath } from "./support/userPath.js";
import { userTask } from "./support/userTask.js";
import { writeWorkerFiles } from "./support/writeWorkerFiles.js";

interface Arguments extends KeyArguments {
  readonly founders: string | undefined;
  readonly operators: number;
  readonly deployment: string | undefined;
  readonly force: boolean;
  readonly json: string | undefined;
}

/** How long transactions of a deployment that was cut short are waited for. */
const PATIENCE_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 200;
const MOST_ATTEMPTS = 5;

/**
 * `deploy`: founds a consortium. Cut short on a network that stays, it is finished by running it again; run again after
 * that, it changes nothing.
 */
export default userTask<Arguments>(async (args, hre) => {
  const path = deploymentPath(hre, args.deployment);
  await compileContracts(hre);
  const connection = await openNetwork(hre, args);
  const { ethers } = connection;
  const { provider } = ethers;
  const signers = await ethers.getSigners();
  const deployer = signers[0]?.address;
  if (deployer === undefined) {
    throw new UserError("the node holds no account: set GRIDPROOF_OPERATOR_KEY or use --keystore");
  }
  const founding = foundingOf(
    args,
    hre,
    signers.map(({ address }) => address),
  );
  const journal = new FoundingJournal(
    join(hre.config.paths.ignition, "deployments", await journalName(provider, path)),
  );
  if (!args.force) {
    const standing = await standingDeployment(path, founding, provider);
    if (standing !== undefined) {
      await show(args, hre, path, standing, deployer, "deployed already; nothing was changed");
      journal.delete();
      return;
    }
  } else journal.delete();
  const deployment = isEmbedded(hre)
    ? await found(hre, connection, deployer, founding, undefined)
    : await found(hre, connection, deployer, founding, journal);
  const { consortium } = connectContracts(deployment.contracts, provider);
  const roles = await rolesOf(consortium, deployer);
  // A deployer that founds the consortium with others is a member like them, and no more.
  const beyond = roles.filter((role) => role !== "OPERATOR_ROLE");
  if (beyond.length > 0)
    throw new UserError(`the deployer still holds ${beyond.join(", ")}: do not use this deployment`);
  writeDeployment(path, deployment);
  await show(args, hre, path, deployment, deployer, undefined);
  // The file just written is what counts; the journal stays only where something went wrong.
  journal.delete();
});

/** Deploys, or goes on with what was begun. @param journal None on a network that ends with the command. */
async function found(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  deployer: string,
  founding: Founding,
  journal: FoundingJournal | undefined,
): Promise<Deployment> {
  const { provider } = connection.ethers;
  if ((await journal?.isStale(provider)) === true) {
    process.stderr.write("The journal of a deployment that was begun is of another chain: beginning anew\n");
    journal!.delete();
  }
  const begun = journal?.begun() !== undefined;
  if (begun) process.stderr.write("Going on with the deployment that was begun\n");
  const latest = (await provider.getBlock("latest"))!;
  const { fromBlock, genesis } = journal?.begin(deployer, founding, latest) ?? {
    fromBlock: latest.number,
    genesis: founding.clock.genesis ?? latest.timestamp,
  };
  const { clock, terms } = founding;
  const deploy = () =>
    connection.ignition.deploy(GridProof, {
      parameters: {
        GridProof: {
          founders: founding.founders.map(({ account, name }) => ({ account, name })),
          deposit: founding.deposit,
          vetoSeconds: founding.vetoSeconds,
          clock: { ...clock, genesis },
          terms: { ...terms },
          voting: { ...founding.voting },
        },
      },
      defaultSender: deployer,
      ...(journal === undefined ? {} : { deploymentId: basename(journal.folder) }),
    });
  const deployed =
    begun && journal !== undefined
      ? await resumed(deploy, async () => {
          await nothingUnderWay(provider, deployer);
          await adoptSent(journal.folder, connection, deployer, fromBlock);
        })
      : await deploy();
  return {
    network: networkName(hre),
    chainId: Number((await provider.getNetwork()).chainId),
    fromBlock,
    contracts: {
      consortium: await deployed.consortium.getAddress(),
      registry: await deployed.registry.getAddress(),
      ledger: await deployed.ledger.getAddress(),
      meterKeys: await deployed.meterKeys.getAddress(),
      finality: await deployed.finality.getAddress(),
    },
  };
}

/** Goes on with a deployment; what was sent in the moment that it was cut short can turn up until after it goes on. */
async function resumed<T>(deploy: () => Promise<T>, catchUp: () => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await catchUp();
    try {
      return await deploy();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isSentBefore(error)) throw error;
    }
  }
}

/** Waits until what was sent before the deployment was cut short is in a block. */
async function nothingUnderWay(provider: Provider, deployer: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (
    (await provider.getTransactionCount(deployer, "pending")) >
    (await provider.getTransactionCount(deployer, "latest"))
  ) {
    if (Date.now() > deadline)
      throw new UserError(
        `transactions of ${deployer} have waited for a minute: does the network make blocks?`,
      );
    await pause(LOOK_MILLISECONDS);
  }
}

/** Shows a deployment, and writes what the operators' workers on this machine need. */
async function show(
  { json }: Arguments,
  hre: HardhatRuntimeEnvironment,
  path: string,
  deployment: Deployment,
  deployer: string,
  remark: string | undefined,
): Promise<void> {
  const { ethers } = await openNetwork(hre);
  const { consortium } = connectContracts(deployment.contracts, ethers.provider);
  const members = await readMembers(consortium);
  const governance = await consortium.governance();
  const roles = await rolesOf(consortium, deployer);
  const workers = writeWorkerFiles(hre, deployment, members);
  report(
    json,
    {
      ...deployment,
      file: path,
      governance,
      deployer,
      deployerRoles: roles,
      members,
      workers,
      changed: remark === undefined,
    },
    [
      ...(remark === undefined ? [] : [`${path}: ${remark}`]),
      facts([
        ["consortium", deployment.contracts.consortium],
        ["grid registry", deployment.contracts.registry],
        ["slot ledger", deployment.contracts.ledger],
        ["meter keys", deployment.contracts.meterKeys],
        ["finality overlay", deployment.contracts.finality],
        ["governance", governance],
        ["deployer", deployer],
        ["roles of the deployer", roles.length === 0 ? "none left" : `${roles.join(", ")} (it is a founder)`],
        ["addresses written to", path],
      ]),
      table(
        [
          { head: "seat", align: "right" },
          { head: "member" },
          { head: "account" },
          { head: "credits", align: "right" },
        ],
        members.map(({ seat, name, account, credits }) => [seat, name, account, grouped(credits)]),
      ),
      ...(workers.length === 0 ? [] : [`Workers: gridproof worker run ${workers.join(" | ")}`]),
      ...(isEmbedded(hre)
        ? [
            `Network ${networkName(hre)} lives as long as this command: for one that stays, \`gridproof node\`.`,
          ]
        : []),
    ].join("\n"),
  );
}

function foundingOf(
  { founders, operators }: Arguments,
  hre: HardhatRuntimeEnvironment,
  accounts: readonly string[],
): Founding {
  const ofNetwork = (): Founding["founders"] => firstAccounts(operators, hre, accounts);
  if (founders !== undefined) return readFoundersFile(userPath(founders), ofNetwork);
  return parseFounding({ founders: ofNetwork() }, "--operators");
}

/** As many founders as are wanted, from the network's accounts. */
function firstAccounts(
  operators: number,
  hre: HardhatRuntimeEnvironment,
  accounts: readonly string[],
): Founding["founders"] {
  if (operators < 1 || operators > accounts.length) {
    throw new UserError(
      `name the founders with --founders: network ${networkName(hre)} has ${accounts.length} accounts, too few for ${operators} operators`,
    );
  }
  // The deployer is none of them, unless every account is needed.
  const first = operators < accounts.length ? 1 : 0;
  return accounts
    .slice(first, first + operators)
    .map((account, i) => ({ name: `Operator ${i + 1}`, account }));
}

/**
 * The deployment that a file names, if it is on this chain and has these founders; undefined if the file is not there, or
 * the chain has no such contracts.
 *
 * @throws UserError if it is another's: the addresses of contracts that are in use would be lost.
 */
async function standingDeployment(
  path: string,
  { founders }: Founding,
  provider: Provider,
): Promise<Deployment | undefined> {
  if (!existsSync(path)) return undefined;
  const deployment = readDeployment(path);
  const { chainId, contracts, fromBlock } = deployment;
  if ((await provider.getNetwork()).chainId !== BigInt(chainId)) {
    throw new UserError(`${path}: names a deployment on chain ${chainId}; name another file, or use --force`);
  }
  if ((await provider.getCode(contracts.consortium)) === "0x") return undefined;
  const { consortium } = connectContracts(contracts, provider);
  const first = await foundersOf(consortium, fromBlock);
  if (
    isDeepStrictEqual(
      first,
      founders.map(({ name, account }) => ({ name, account: getAddress(account) })),
    )
  )
    return deployment;
  throw new UserError(
    `${path}: names a deployment in use on this chain, of other founders; name another file, or use --force`,
  );
}

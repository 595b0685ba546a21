import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import GridProof from "../ignition/modules/GridProof.js";
import { connectContracts } from "../workers/chain/connectContracts.js";
import { type Deployment, readDeployment, writeDeployment } from "../workers/chain/deploymentFile.js";
import { type Founding, parseFounding, readFoundersFile } from "../workers/chain/foundersFile.js";
import { readMembers } from "../workers/chain/readMembers.js";
import { rolesOf } from "../workers/chain/rolesOf.js";
import { grouped } from "../workers/report/number.js";
import { facts, table } from "../workers/report/table.js";
import { deploymentPath } from "./support/deploymentPath.js";
import { isEmbedded, type KeyArguments, networkName, openNetwork } from "./support/openNetwork.js";
import { report } from "./support/report.js";
import { UserError } from "./support/userError.js";
import { userPath } from "./support/userPath.js";
import { userTask } from "./support/userTask.js";

interface Arguments extends KeyArguments {
  readonly founders: string | undefined;
  readonly operators: number;
  readonly deployment: string | undefined;
  readonly force: boolean;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const path = deploymentPath(hre, args.deployment);
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  const { ethers, ignition } = await openNetwork(hre, args);
  const { provider } = ethers;
  if (!args.force) await refuseToReplace(path, provider);
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
  const before = (await provider.getBlock("latest"))!;
  const { clock, terms } = founding;
  // A journal of its own: another deployment, or a chain that was started anew under the same number, is not this one.
  const deploymentId = `gridproof-${Date.now()}`;
  const deployed = await ignition.deploy(GridProof, {
    parameters: {
      GridProof: {
        founders: founding.founders.map(({ account, name }) => ({ account, name })),
        deposit: founding.deposit,
        vetoSeconds: founding.vetoSeconds,
        clock: { ...clock, genesis: clock.genesis ?? before.timestamp },
        terms: { ...terms },
        voting: { ...founding.voting },
      },
    },
    defaultSender: deployer,
    deploymentId,
  });
  const deployment: Deployment = {
    network: networkName(hre),
    chainId: Number((await provider.getNetwork()).chainId),
    fromBlock: before.number,
    contracts: {
      consortium: await deployed.consortium.getAddress(),
      registry: await deployed.registry.getAddress(),
      ledger: await deployed.ledger.getAddress(),
      meterKeys: await deployed.meterKeys.getAddress(),
      finality: await deployed.finality.getAddress(),
    },
  };
  const contracts = connectContracts(deployment.contracts, provider);
  const roles = await rolesOf(contracts.consortium, deployer);
  // A deployer that founds the consortium with others is a member like them, and no more.
  const beyond = roles.filter((role) => role !== "OPERATOR_ROLE");
  if (beyond.length > 0)
    throw new UserError(`the deployer still holds ${beyond.join(", ")}: do not use this deployment`);
  writeDeployment(path, deployment);
  // The file just written is what counts; the journal stays only where something went wrong.
  rmSync(join(hre.config.paths.ignition, "deployments", deploymentId), { recursive: true, force: true });
  const members = await readMembers(contracts.consortium);
  const governance = await contracts.consortium.governance();
  report(
    args.json,
    { ...deployment, file: path, governance, deployer, deployerRoles: roles, members },
    [
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
      ...(isEmbedded(hre)
        ? [
            `Network ${networkName(hre)} lives as long as this command: for one that stays, \`gridproof node\`.`,
          ]
        : []),
    ].join("\n"),
  );
});

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

/** The addresses of contracts that are in use would be lost. */
async function refuseToReplace(path: string, provider: Provider): Promise<void> {
  if (!existsSync(path)) return;
  const { chainId, contracts } = readDeployment(path);
  if ((await provider.getNetwork()).chainId !== BigInt(chainId)) {
    throw new UserError(`${path}: names a deployment on chain ${chainId}; name another file, or use --force`);
  }
  if ((await provider.getCode(contracts.consortium)) !== "0x") {
    throw new UserError(
      `${path}: names a deployment in use on this chain; name another file, or use --force`,
    );
  }
}

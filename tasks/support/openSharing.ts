import type { Provider, Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { type Contracts, connectContracts } from "../../workers/chain/connectContracts.js";
import { type Deployment, readDeployment } from "../../workers/chain/deploymentFile.js";
import { findMember, type Member, readMembers } from "../../workers/chain/readMembers.js";
import { deploymentPath } from "./deploymentPath.js";
import { isEmbedded, type KeyArguments, networkName, openNetwork } from "./openNetwork.js";
import { ownValidatorUrl } from "./ownValidator.js";
import { UserError } from "./userError.js";

/** Who signs. */
export interface SignerArguments extends KeyArguments {
  /** A member's name, or an address. */
  readonly as: string | undefined;
}

/** The contracts of a deployment, to read from. */
export interface Sharing {
  readonly provider: Provider;
  readonly deployment: Deployment;
  readonly contracts: Contracts;
  readonly members: readonly Member[];
}

/** The contracts of a deployment, as a signer uses them. */
export interface SigningSharing extends Sharing {
  readonly signer: Signer;
  readonly account: string;
  /** The member that signs; undefined if the signer is none. */
  readonly member: Member | undefined;
}

/**
 * Opens the deployment on the chosen network to read from.
 *
 * @throws ChainDataError, UserError if there is none.
 */
export async function openSharing(
  hre: HardhatRuntimeEnvironment,
  deploymentFile: string | undefined,
): Promise<Sharing> {
  const { ethers } = await openNetwork(hre);
  return connect(hre, ethers.provider, deploymentFile);
}

/**
 * Opens the deployment on the chosen network to send to. Without `--as` the signer is the only account there is; of
 * several, the only one that is a member.
 *
 * @param memberOnly The contracts take the call from members alone: without `--as` it must be clear who that is.
 * @throws ChainDataError, UserError if there is no deployment, or nobody to sign.
 */
export async function openSigning(
  hre: HardhatRuntimeEnvironment,
  deploymentFile: string | undefined,
  who: SignerArguments,
  memberOnly: boolean,
): Promise<SigningSharing> {
  const { ethers: first } = await openNetwork(hre, who, who.as);
  const asked = await connect(hre, first.provider, deploymentFile);
  const accounts = await first.getSigners();
  const account = accountOf(who.as, accounts, asked.members, memberOnly);
  // On the devnet an operator's own validator is known once it is known who signs.
  const elsewhere =
    networkName(hre) === "devnet" &&
    accounts.length > 1 &&
    ownValidatorUrl(hre, account) !== ownValidatorUrl(hre, who.as);
  const own = elsewhere ? (await openNetwork(hre, who, account)).ethers : first;
  const sharing = elsewhere ? await connect(hre, own.provider, deploymentFile) : asked;
  const signers = await own.getSigners();
  const signer = signers.find(({ address }) => address.toLowerCase() === account.toLowerCase());
  if (signer === undefined) {
    throw new UserError(
      `${account} is not among the ${signers.length} accounts of network ${networkName(hre)}`,
    );
  }
  return {
    ...sharing,
    signer,
    account: signer.address,
    contracts: connectContracts(sharing.deployment.contracts, signer),
    member: sharing.members.find((member) => member.active && member.account === signer.address),
  };
}

async function connect(
  hre: HardhatRuntimeEnvironment,
  provider: Provider,
  deploymentFile: string | undefined,
): Promise<Sharing> {
  const path = deploymentPath(hre, deploymentFile);
  if (isEmbedded(hre) && deploymentFile === undefined) {
    // Nothing is written to this file unless tasks run in one process.
    const { number } = (await provider.getBlock("latest"))!;
    if (number === 0) {
      throw new UserError(
        `network ${networkName(hre)} is empty: it lives as long as one command; run \`gridproof node\` and use --network local`,
      );
    }
  }
  const deployment = readDeployment(path);
  const { chainId } = await provider.getNetwork();
  if (chainId !== BigInt(deployment.chainId)) {
    throw new UserError(
      `${path}: is for chain ${deployment.chainId}, network ${networkName(hre)} is ${chainId}`,
    );
  }
  if ((await provider.getCode(deployment.contracts.consortium)) === "0x") {
    throw new UserError(
      `${path}: no contracts at these addresses on network ${networkName(hre)}; was it started anew? Deploy again`,
    );
  }
  const contracts = connectContracts(deployment.contracts, provider);
  return { provider, deployment, contracts, members: await readMembers(contracts.consortium) };
}

function accountOf(
  as: string | undefined,
  signers: readonly { readonly address: string }[],
  members: readonly Member[],
  memberOnly: boolean,
): string {
  if (as !== undefined) return as.startsWith("0x") ? as : findMember(members, as).account;
  if (signers.length === 0)
    throw new UserError("the node holds no account: set GRIDPROOF_OPERATOR_KEY or use --keystore");
  if (signers.length === 1) return signers[0]!.address;
  const present = members.filter(
    ({ account, active }) => active && signers.some(({ address }) => address === account),
  );
  if (present.length === 1) return present[0]!.account;
  if (!memberOnly) return signers[0]!.address;
  const names = present.map(({ name }) => `"${name}"`).join(", ");
  throw new UserError(`who signs? Name one with --as: ${names || "no account of this network is a member"}`);
}

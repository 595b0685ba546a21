import type { FinalityOverlay } from "../../typechain-types/index.js";
import type { FinalityDomain } from "../../workers/finality/attestation.js";
import type { OverlayStanding, SignerKey } from "../../workers/finality/overlayChain.js";
import { readSigners, readStanding } from "../../workers/finality/readOverlay.js";
import type { Sharing } from "../support/openSharing.js";
import { UserError } from "../support/userError.js";

/** The finality overlay of a deployment, and how it stands. */
export interface Overlay {
  readonly contract: FinalityOverlay;
  readonly domain: FinalityDomain;
  readonly standing: OverlayStanding;
  readonly keys: readonly SignerKey[];
}

/** @throws UserError if the deployment has none. */
export async function openOverlay({ contracts, deployment, provider }: Sharing): Promise<Overlay> {
  const contract = contracts.finality;
  if (contract === undefined) throw new UserError("the deployment names no finality overlay");
  const domain = { chainId: BigInt(deployment.chainId), overlay: await contract.getAddress() };
  const height = await provider.getBlockNumber();
  const [standing, keys] = await Promise.all([readStanding(contract, height), readSigners(contract, height)]);
  return { contract, domain, standing, keys };
}

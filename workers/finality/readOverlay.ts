import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { Governance__factory } from "../../typechain-types/factories/consortium/Governance__factory.js";
import type { FinalityOverlay } from "../../typechain-types/finality/FinalityOverlay.js";
import { seatsIn } from "../chain/governance/readProposals.js";
import type { OverlayStanding, SignerKey } from "./overlayChain.js";

/** How the overlay stands at a block. The node must have that block's state. */
export async function readStanding(contract: FinalityOverlay, height: number): Promise<OverlayStanding> {
  const at = { blockTag: height };
  const consortium = Consortium__factory.connect(await contract.consortium(at), contract.runner);
  const governance = Governance__factory.connect(await consortium.governance(at), contract.runner);
  const [now, rules] = await Promise.all([contract.standing(at), governance.rules(at)]);
  const epoch = Number(now.epoch);
  return {
    epoch,
    base: epoch === 0 ? undefined : { number: Number(now.baseHeight), hash: now.baseHash },
    recorded: /^0x0*$/u.test(now.finalHash)
      ? undefined
      : { number: Number(now.finalHeight), hash: now.finalHash },
    seats: seatsIn(now.activeSeats),
    signerChanges: Number(now.signerChanges),
    confirmationDepth: Number(rules.confirmationDepth),
  };
}

/** All keys that sign at a block, by seat and growing height. */
export async function readSigners(contract: FinalityOverlay, height: number): Promise<SignerKey[]> {
  return (await contract.signers({ blockTag: height })).map(({ seat, fromHeight, signer }) => ({
    seat: Number(seat),
    fromHeight: Number(fromHeight),
    signer,
  }));
}

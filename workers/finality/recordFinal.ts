import { concat } from "ethers";
import type { FinalityOverlay } from "../../typechain-types/finality/FinalityOverlay.js";
import { included } from "../chain/included.js";
import type { SignedAttestation } from "./attestation.js";
import { asStruct } from "./proveFault.js";

/**
 * Records a final block on the chain, for contracts that must know.
 *
 * @param signed a quorum's attestations of one block, one a seat.
 * @returns gas.
 * @throws what the contract refuses it with.
 */
export async function recordFinal(
  contract: FinalityOverlay,
  signed: readonly SignedAttestation[],
): Promise<bigint> {
  const bySeat = signed.toSorted((a, b) => a.seat - b.seat);
  const seats = bySeat.reduce((map, { seat }) => map | (1n << BigInt(seat)), 0n);
  const signatures = concat(bySeat.map(({ signature }) => signature));
  const response = await contract.recordFinal(asStruct(bySeat[0]!), seats, signatures);
  return (await included(response)).gasUsed;
}

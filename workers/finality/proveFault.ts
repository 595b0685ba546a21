import type { ContractTransactionReceipt } from "ethers";
import type { FinalityOverlay, IFinalityOverlay } from "../../typechain-types/finality/FinalityOverlay.js";
import { included } from "../chain/included.js";
import type { Attestation } from "./attestation.js";
import type { Evidence } from "./journal.js";

/** A fault that was put on record. */
export interface ProvedFault {
  readonly id: number;
  readonly gas: bigint;
}

/**
 * Proves a fault on the chain: an equivocation, or a fork where the heights differ.
 *
 * @throws what the contract refuses it with.
 */
export async function proveFault(contract: FinalityOverlay, evidence: Evidence): Promise<ProvedFault> {
  const { seat, first, second, headers } = evidence;
  const sides = [asStruct(first), first.signature, asStruct(second), second.signature] as const;
  const response =
    first.number === second.number
      ? await contract.proveEquivocation(seat, ...sides)
      : await contract.proveFork(seat, ...sides, [...headers]);
  const receipt = await included(response);
  return { id: faultIn(contract, receipt), gas: receipt.gasUsed };
}

/** An attestation as the contract takes it. */
export function asStruct({ epoch, number, hash }: Attestation): IFinalityOverlay.AttestationStruct {
  return { epoch, height: number, blockHash: hash };
}

function faultIn({ interface: abi }: FinalityOverlay, receipt: ContractTransactionReceipt): number {
  for (const log of receipt.logs) {
    const event = abi.parseLog(log);
    if (event?.name === "EquivocationProved" || event?.name === "ForkProved") return Number(event.args.id);
  }
  throw new Error("a proof left no event");
}

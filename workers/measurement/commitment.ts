import { AbiCoder, keccak256 } from "ethers";

/**
 * What an operator commits to before it shows its batch for a slot (`ISlotLedger.commit`).
 *
 * @param values The packed batch.
 * @param salt 32 bytes that nobody can guess: the values alone could be found by trying.
 */
export function commitment(slot: number, seat: number, salt: Uint8Array, values: Uint8Array): string {
  const types = ["uint256", "uint256", "bytes32", "bytes32"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [slot, seat, salt, keccak256(values)]));
}

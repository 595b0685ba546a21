import type { ContractTransactionReceipt, ContractTransactionResponse } from "ethers";
import { UserError } from "./userError.js";

/**
 * Waits until a transaction is in a block.
 * @throws what the contract refused with; UserError if another transaction took its place.
 */
export async function sent(
  transaction: Promise<ContractTransactionResponse>,
): Promise<ContractTransactionReceipt> {
  const response = await transaction;
  const receipt = await response.wait();
  if (receipt === null) throw new UserError(`transaction ${response.hash} did not get into a block`);
  return receipt;
}

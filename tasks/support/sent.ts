import type { ContractTransactionReceipt, ContractTransactionResponse } from "ethers";
import { included } from "../../workers/chain/included.js";

/**
 * Waits until a transaction is in a block.
 * @throws what the contract refused with.
 */
export async function sent(
  transaction: Promise<ContractTransactionResponse>,
): Promise<ContractTransactionReceipt> {
  return await included(await transaction);
}

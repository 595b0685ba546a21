import { type ContractTransactionReceipt, type ContractTransactionResponse, isError } from "ethers";

/**
 * Waits until a transaction is in a block and succeeded. Of one that failed there a node keeps no reason: it is called
 * again on the state after that block, and what it is refused with there is thrown.
 *
 * @throws what ethers throws; `revertReason` reads it.
 */
export async function included(response: ContractTransactionResponse): Promise<ContractTransactionReceipt> {
  try {
    return (await response.wait())!;
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION") || error.receipt == null || error.data != null) throw error;
    const { to, from, data, value } = response;
    await response.provider.call({ to, from, data, value, blockTag: error.receipt.blockNumber });
    throw error;
  }
}

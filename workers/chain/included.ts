import { setTimeout as pause } from "node:timers/promises";
import { type ContractTransactionReceipt, type ContractTransactionResponse, isError } from "ethers";

/** Before a look is made again at a receipt whose block is not on the chain. */
const AGAIN_MILLISECONDS = 50;

/**
 * Waits until a transaction is in a block of the chain and succeeded: one confirmation, as a person expects who waits for
 * it. Where the chain turns to another branch a receipt can stand for a moment without its block: then the wait goes on. Of
 * a transaction that failed a node keeps no reason: it is called again on the state after that block, and what it is
 * refused with there is thrown.
 *
 * @throws what ethers throws; `revertReason` reads it.
 */
export async function included(response: ContractTransactionResponse): Promise<ContractTransactionReceipt> {
  try {
    for (;;) {
      const receipt = (await response.wait())!;
      const block = await response.provider.getBlock(receipt.blockNumber);
      if (block?.hash === receipt.blockHash) return receipt;
      await pause(AGAIN_MILLISECONDS);
    }
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION") || error.receipt == null || error.data != null) throw error;
    const { to, from, data, value } = response;
    await response.provider.call({ to, from, data, value, blockTag: error.receipt.blockNumber });
    throw error;
  }
}

import type { Provider } from "ethers";
import type { BlockId } from "../chain/blockId.js";

/** Whether the chain that a node follows holds a block, by its hash. */
export async function onOwnChain(provider: Provider, { number, hash }: BlockId): Promise<boolean> {
  const block = await provider.getBlock(number);
  return block?.hash?.toLowerCase() === hash.toLowerCase();
}

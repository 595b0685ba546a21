import type { Provider } from "ethers";
import { onOwnChain } from "./onOwnChain.js";
import type { Finality } from "./types.js";

/** Finality of a chain whose latest block is final: the embedded network, which never turns, and QBFT by its own consensus. */
export function instantFinality(provider: Provider): Finality {
  return {
    latest: async () => {
      const block = await provider.getBlock("latest");
      return block?.hash == null ? undefined : { number: block.number, hash: block.hash };
    },
    isFinal: async (block) => await onOwnChain(provider, block),
  };
}

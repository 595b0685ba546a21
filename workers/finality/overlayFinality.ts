import type { Provider } from "ethers";
import type { Store } from "../store/openStore.js";
import { latestFinal } from "./journal.js";
import { onOwnChain } from "./onOwnChain.js";
import type { Finality } from "./types.js";

/**
 * Finality by the signatures of the validators' workers, as a `FinalityNode` notes it in the same store. Nothing is
 * final on a node whose chain lacks the latest final block.
 */
export function overlayFinality(store: Store, provider: Provider): Finality {
  return {
    latest: () => {
      const final = latestFinal(store);
      return Promise.resolve(final === undefined ? undefined : { number: final.number, hash: final.hash });
    },
    isFinal: async (block) => {
      const final = latestFinal(store);
      if (final === undefined || block.number > final.number) return false;
      // The block before and after: the chain that holds the final block is the one that holds this one.
      return (
        (await onOwnChain(provider, block)) &&
        (await onOwnChain(provider, final)) &&
        (await onOwnChain(provider, block))
      );
    },
  };
}

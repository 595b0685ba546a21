import type { Provider } from "ethers";
import { onOwnChain } from "./onOwnChain.js";
import type { Finality } from "./types.js";

/**
 * What has so many blocks above it is taken for final. On Clique that is no promise: where nothing must be undone, the
 * overlay gives one.
 *
 * @param depth asked for each time: it is voted.
 */
export function confirmedFinality(provider: Provider, depth: () => Promise<number>): Finality {
  const height = async (): Promise<number> => (await provider.getBlockNumber()) - (await depth());
  return {
    latest: async () => {
      const number = await height();
      const block = number < 0 ? null : await provider.getBlock(number);
      return block?.hash == null ? undefined : { number, hash: block.hash };
    },
    isFinal: async (block) => block.number <= (await height()) && (await onOwnChain(provider, block)),
  };
}

import type { Provider } from "ethers";
import type { FinalityOverlay } from "../../typechain-types/finality/FinalityOverlay.js";
import type { FinalityDomain } from "./attestation.js";
import { checkFinal } from "./checkFinal.js";
import { onOwnChain } from "./onOwnChain.js";
import { FinalityPeerError } from "./peer.js";
import { readSigners, readStanding } from "./readOverlay.js";
import { readWorkerFinal } from "./readWorker.js";
import type { BlockId } from "../chain/blockId.js";
import type { Finality } from "./types.js";

/**
 * Finality by the overlay for a program that signs no blocks itself: it asks the validators' workers what is final, and
 * counts the signatures that they show. A worker that lies shows none; one that is silent is passed over.
 *
 * @param workers where they serve HTTP.
 */
export function askedFinality(
  contract: FinalityOverlay,
  domain: FinalityDomain,
  provider: Provider,
  workers: readonly string[],
): Finality {
  let best: BlockId | undefined;
  const latest = async (): Promise<BlockId | undefined> => {
    const height = await provider.getBlockNumber();
    const [standing, signers] = await Promise.all([
      readStanding(contract, height),
      readSigners(contract, height),
    ]);
    for (const final of await Promise.all(workers.map(ask))) {
      if (final === undefined || final.number <= (best?.number ?? -1)) continue;
      if (!checkFinal(final, domain, standing, signers).isFinal) continue;
      const block = { number: final.number, hash: final.hash };
      if (await onOwnChain(provider, block)) best = block;
    }
    return best !== undefined && (await onOwnChain(provider, best)) ? best : undefined;
  };
  return {
    latest,
    isFinal: async (block) => {
      const final = await latest();
      return final !== undefined && block.number <= final.number && (await onOwnChain(provider, block));
    },
  };
}

async function ask(worker: string): ReturnType<typeof readWorkerFinal> {
  try {
    return await readWorkerFinal(worker);
  } catch (error) {
    if (error instanceof FinalityPeerError) return undefined;
    throw error;
  }
}

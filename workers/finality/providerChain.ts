import type { Block, JsonRpcApiProvider } from "ethers";
import { FinalityOverlay__factory } from "../../typechain-types/factories/finality/FinalityOverlay__factory.js";
import { headerBytes, type RpcBlock } from "./headerBytes.js";
import type { Link, OverlayChain } from "./overlayChain.js";
import { readSigners, readStanding } from "./readOverlay.js";

/** The chain as a node shows it over JSON-RPC. */
export function providerChain(provider: JsonRpcApiProvider, overlay: string): OverlayChain {
  const contract = FinalityOverlay__factory.connect(overlay, provider);

  return {
    head: async () => linkOf(await provider.getBlock("latest")),
    block: async (height) => linkOf(await provider.getBlock(height)),
    blockOf: async (hash) => linkOf(await provider.getBlock(hash)),
    header: async (hash) => {
      const block = (await provider.send("eth_getBlockByHash", [hash, false])) as RpcBlock | null;
      return block === null ? undefined : headerBytes(block);
    },
    standing: async (height) =>
      (await provider.getCode(overlay, height)) === "0x" ? undefined : await readStanding(contract, height),
    signers: async (height) => await readSigners(contract, height),
  };
}

function linkOf(block: Block | null): Link | undefined {
  if (block === null || block.hash === null) return undefined;
  return { number: block.number, hash: block.hash, parentHash: block.parentHash };
}

import type { Block, JsonRpcProvider } from "ethers";
import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { Governance__factory } from "../../typechain-types/factories/consortium/Governance__factory.js";
import { FinalityOverlay__factory } from "../../typechain-types/factories/finality/FinalityOverlay__factory.js";
import { seatsIn } from "../chain/governance/readProposals.js";
import { headerBytes, type RpcBlock } from "./headerBytes.js";
import type { Link, OverlayChain } from "./overlayChain.js";

/** The chain as a node shows it over JSON-RPC. */
export function providerChain(provider: JsonRpcProvider, overlay: string): OverlayChain {
  const contract = FinalityOverlay__factory.connect(overlay, provider);
  let governance: ReturnType<typeof Governance__factory.connect> | undefined;

  return {
    head: async () => linkOf(await provider.getBlock("latest")),
    block: async (height) => linkOf(await provider.getBlock(height)),
    blockOf: async (hash) => linkOf(await provider.getBlock(hash)),
    header: async (hash) => {
      const block = (await provider.send("eth_getBlockByHash", [hash, false])) as RpcBlock | null;
      return block === null ? undefined : headerBytes(block);
    },
    standing: async (height) => {
      if ((await provider.getCode(overlay, height)) === "0x") return undefined;
      if (governance === undefined) {
        const consortium = Consortium__factory.connect(await contract.consortium(), provider);
        governance = Governance__factory.connect(await consortium.governance(), provider);
      }
      const [now, rules] = await Promise.all([
        contract.standing({ blockTag: height }),
        governance.rules({ blockTag: height }),
      ]);
      const epoch = Number(now.epoch);
      const final = { number: Number(now.finalHeight), hash: now.finalHash };
      return {
        epoch,
        base: epoch === 0 ? undefined : { number: Number(now.baseHeight), hash: now.baseHash },
        recorded: /^0x0*$/u.test(final.hash) ? undefined : final,
        seats: seatsIn(now.activeSeats),
        signerChanges: Number(now.signerChanges),
        confirmationDepth: Number(rules.confirmationDepth),
      };
    },
    signers: async (height) =>
      (await contract.signers({ blockTag: height })).map(({ seat, fromHeight, signer }) => ({
        seat: Number(seat),
        fromHeight: Number(fromHeight),
        signer,
      })),
  };
}

function linkOf(block: Block | null): Link | undefined {
  if (block === null || block.hash === null) return undefined;
  return { number: block.number, hash: block.hash, parentHash: block.parentHash };
}

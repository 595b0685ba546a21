import type { Provider } from "ethers";
import {
  Consortium__factory,
  FinalityOverlay__factory,
  Governance__factory,
  type Metering,
} from "../../typechain-types/index.js";
import { askedFinality } from "../finality/askedFinality.js";
import { confirmedFinality } from "../finality/confirmedFinality.js";
import { instantFinality } from "../finality/instantFinality.js";
import type { Finality } from "../finality/types.js";

/** When a block is final, as a configuration says. */
export type FinalityChoice =
  | { readonly kind: "instant" | "client" | "confirmed" }
  | { readonly kind: "overlay"; readonly overlay: string; readonly workers: readonly string[] };

/** What the consortium voted: blocks above a transaction's own by which it is confirmed. */
async function votedDepth(metering: Metering): Promise<number> {
  const consortium = Consortium__factory.connect(await metering.consortium(), metering.runner);
  const governance = Governance__factory.connect(await consortium.governance(), metering.runner);
  return Number((await governance.rules()).confirmationDepth);
}

/**
 * Blocks above a transaction's own by which it is confirmed: what was voted where depth is all there is; none where finality has
 * a word of its own. A chain that makes blocks on demand adds none above the last.
 */
export async function confirmationDepth(choice: FinalityChoice, metering: Metering): Promise<number> {
  return choice.kind === "confirmed" ? await votedDepth(metering) : 0;
}

/** Opens it. */
export function openFinality(
  choice: FinalityChoice,
  chainId: number,
  provider: Provider,
  metering: Metering,
): Finality {
  if (choice.kind === "confirmed") return confirmedFinality(provider, () => votedDepth(metering));
  if (choice.kind !== "overlay") return instantFinality(provider);
  const { overlay, workers } = choice;
  const domain = { chainId: BigInt(chainId), overlay };
  return askedFinality(FinalityOverlay__factory.connect(overlay, provider), domain, provider, workers);
}

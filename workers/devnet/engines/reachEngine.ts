import type { Network } from "../types.js";
import { besuQbft } from "./besuQbft.js";
import { cliqueGeth } from "./cliqueGeth.js";
import type { Engine } from "./types.js";

/** The engine of a network for what only speaks with nodes that run: no client is looked for, and none can be started. */
export function reachEngine(network: Network): Engine {
  return network.engine === "clique" ? cliqueGeth("geth") : besuQbft("besu");
}

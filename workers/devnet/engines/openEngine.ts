import { DevnetError } from "../errors.js";
import { findGeth } from "../findGeth.js";
import type { Network } from "../types.js";
import { besuQbft, findBesu } from "./besuQbft.js";
import { cliqueGeth } from "./cliqueGeth.js";
import type { Engine } from "./types.js";

/**
 * The engine of a network, with the client that was found to run it.
 *
 * @param note Told what takes long.
 * @throws DevnetError if there is no such client.
 */
export async function openEngine(network: Network, note: (text: string) => void): Promise<Engine> {
  if (network.engine === "clique") return cliqueGeth(await findGeth(process.env, note));
  const besu = await findBesu(process.env);
  if (besu === undefined)
    throw new DevnetError("no Besu: put it on the path, or name it with GRIDPROOF_BESU");
  return besuQbft(besu);
}

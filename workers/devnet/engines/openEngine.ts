import { findGeth } from "../findGeth.js";
import { cliqueGeth } from "./cliqueGeth.js";
import type { Engine } from "./types.js";

/**
 * The engine that networks run on, with the client that it found.
 *
 * @param note Told what takes long.
 * @throws DevnetError if there is no such client.
 */
export async function openEngine(note: (text: string) => void): Promise<Engine> {
  return cliqueGeth(await findGeth(process.env, note));
}

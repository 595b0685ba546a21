import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkNetworkFolder } from "./checkNetworkFolder.js";
import { DevnetError } from "./errors.js";
import { findValidator } from "./findValidator.js";
import { CARRIED_SOCKETS, layout } from "./layout.js";
import { stopProcesses } from "./processes.js";
import { runningIn, runningOf } from "./running.js";
import type { Network } from "./types.js";
import { clearUnfinished } from "./unfinished.js";

/**
 * Stops everything that runs of the network in a folder, whatever its description says; its data stays.
 *
 * @returns how many processes there were.
 */
export async function stopNetwork(folder: string): Promise<number> {
  const { all, keeper } = await runningIn(folder);
  // The keeper first, so that nobody sends to a node that is about to end.
  if (keeper !== undefined) await stopProcesses([keeper]);
  await stopProcesses(all.filter((pid) => pid !== keeper));
  const { root, sockets } = layout(folder);
  // That of a carried folder tells where its sockets are to be.
  if (sockets !== join(root, CARRIED_SOCKETS)) rmSync(sockets, { recursive: true, force: true });
  return all.length;
}

/** Stops one validator. @throws DevnetError if there is none of this number, or it does not run. */
export async function stopValidator(folder: string, network: Network, number: number): Promise<void> {
  findValidator(network, number);
  const pid = (await runningOf(folder, network)).validators.get(number);
  if (pid === undefined) throw new DevnetError(`validator ${number} does not run`);
  await stopProcesses([pid]);
}

/**
 * Stops a network and deletes all that it is: keys, chain, logs. Its description need not be readable.
 *
 * @throws DevnetError if what is in the folder is no network's.
 */
export async function deleteNetwork(folder: string): Promise<void> {
  checkNetworkFolder(folder);
  await stopNetwork(folder);
  const { root } = layout(folder);
  rmSync(root, { recursive: true, force: true });
  clearUnfinished(root);
  // A link to it, if it was named by one.
  rmSync(resolve(folder), { recursive: true, force: true });
}

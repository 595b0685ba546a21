import { setTimeout as pause } from "node:timers/promises";
import { reachEngine } from "../../workers/devnet/engines/reachEngine.js";
import { networkStatus } from "../../workers/devnet/networkStatus.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { userTask } from "../support/userTask.js";
import { type NetworkArguments, networkFolder } from "./folder.js";
import { statusTable } from "./statusTable.js";

/** Where the cursor goes before the table is drawn again, and what clears what stood there. */
const HOME = "\u001B[H";
const CLEAR_LINE = "\u001B[K";
const CLEAR_BELOW = "\u001B[J";
const CLEAR_ALL = "\u001B[2J";

/** The status again and again, in place on a terminal, one below the other elsewhere; until it is interrupted. */
export default userTask<NetworkArguments>(async (args, hre) => {
  const folder = networkFolder(hre, args);
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  const inPlace = process.stdout.isTTY;
  if (inPlace) process.stdout.write(CLEAR_ALL);
  while (!stop.signal.aborted) {
    const network = readNetwork(folder);
    const status = await networkStatus(folder, network, reachEngine(network));
    const lines = `${new Date().toISOString()}\n${statusTable(status)}`.split("\n");
    process.stdout.write(
      inPlace
        ? `${HOME}${lines.map((line) => `${line}${CLEAR_LINE}\n`).join("")}${CLEAR_BELOW}`
        : `${lines.join("\n")}\n`,
    );
    await pause(1000 * network.blockPeriodSeconds, undefined, { signal: stop.signal }).catch(() => undefined);
  }
});

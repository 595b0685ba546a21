import { setTimeout as pause } from "node:timers/promises";
import { DevnetError } from "./errors.js";
import { portTaken } from "./portTaken.js";
import type { Network, Validator } from "./types.js";

const LOOPBACK = "127.0.0.1";
const LOOK_MILLISECONDS = 100;

/**
 * Checks that the ports of a network can be listened on, before anything is started.
 *
 * @param starting The validators whose nodes are to start.
 * @param serving Those whose JSON-RPC is to be opened besides.
 * @param seconds How long to wait for it: a gate closes a little after its node.
 * @throws DevnetError that names the first port that cannot be had.
 */
export async function checkPorts(
  network: Network,
  starting: readonly Validator[],
  serving: readonly Validator[],
  seconds: number,
): Promise<void> {
  const wanted = [
    ...serving.map((one) => ({ ...one, host: LOOPBACK, port: one.rpcPort, use: "JSON-RPC" })),
    ...starting.flatMap((one) => [
      { ...one, host: LOOPBACK, port: one.rpcPort, use: "JSON-RPC" },
      { ...one, port: one.p2pPort, use: "its peers" },
      // Besu has none.
      ...(network.engine === "clique"
        ? [{ ...one, host: LOOPBACK, port: one.authPort, use: "geth's engine API" }]
        : []),
    ]),
  ];
  const deadline = Date.now() + 1000 * seconds;
  for (const { number, host, port, use } of wanted) {
    let code = await portTaken(port, host);
    while (code === "EADDRINUSE" && Date.now() < deadline) {
      await pause(LOOK_MILLISECONDS);
      code = await portTaken(port, host);
    }
    if (code === "EADDRINUSE")
      throw new DevnetError(
        `port ${port}, validator ${number}'s for ${use}, is taken by another program; end that, or make the network anew with another --port`,
      );
    if (code === "EACCES")
      throw new DevnetError(`port ${port}, validator ${number}'s for ${use}: the system does not permit it`);
  }
}

import type { Network } from "./types.js";

/** From a network's first port to the one on which its keeper serves health and metrics: the last of its hundred. */
const HEALTH_OFFSET = 99;

/** Where a network's keeper serves `/health` and `/metrics`; of a network made before it did, as it would be chosen now. */
export function healthPortOf({ healthPort, validators }: Pick<Network, "healthPort" | "validators">): number {
  return healthPort ?? defaultHealthPort(Math.min(...validators.map(({ rpcPort }) => rpcPort)));
}

/** The port of a network whose first port is `basePort`. */
export function defaultHealthPort(basePort: number): number {
  return Math.min(basePort + HEALTH_OFFSET, 65_535);
}

import { pino } from "pino";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { NetworkWatch } from "../../workers/devnet/health/watchNetwork.js";
import type { Network } from "../../workers/devnet/types.js";

/**
 * The keeper of one side of a network that is cut in two, as it is where the other side's nodes run on other machines that
 * are away: it counts on its own side alone. Three sealers of four can deadlock in the moment in which they lose the fourth
 * (two seal at once, and the third has sealed just before); the keeper of the whole leaves them alone until they have all
 * peers again.
 *
 * @param side The validators' numbers.
 * @returns its one look, which mends a deadlock that it finds.
 */
export function sideKeeper(
  folder: string,
  network: Network,
  engine: Engine,
  side: readonly number[],
): () => Promise<void> {
  const validators = network.validators.filter(({ number }) => side.includes(number));
  const watch = new NetworkWatch({
    folder,
    network: () => ({ ...network, validators }),
    engine,
    logger: pino({ level: "silent" }),
    clockOffset: () => undefined,
  });
  return async () => await watch.look();
}

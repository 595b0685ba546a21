import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "./engines/types.js";
import type { Layout } from "./layout.js";
import { ask } from "./nodeState.js";
import type { Validator } from "./types.js";
import { until } from "./until.js";

/** Seconds after which a node with few peers begins to fetch their chain; geth's own, and some. */
export const SYNC_SECONDS = 12;
const FETCH_SECONDS = 3_600;

/** Waits until nodes have the chain of peers on other machines, whose heads nobody here can ask for. */
export async function followOthers(
  engine: Engine,
  validators: readonly Validator[],
  at: Layout,
): Promise<void> {
  await pause(1_000 * SYNC_SECONDS);
  await until(FETCH_SECONDS, `the others' chain was not fetched, see the logs in ${at.root},`, async () => {
    const syncing = await Promise.all(
      validators.map((validator) => ask(engine, validator, at, (node) => node.call("eth_syncing"))),
    );
    return syncing.every((one) => one === false);
  });
}

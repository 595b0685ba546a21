import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "./engines/types.js";
import { DevnetError } from "./errors.js";
import { haltedSeconds } from "./health/findAlerts.js";
import { layout } from "./layout.js";
import { networkStatus } from "./networkStatus.js";
import { ask, blockAt } from "./nodeState.js";
import { runningOf } from "./running.js";
import type { Network, Validator } from "./types.js";

/** A network that is well. */
export interface CheckedNetwork {
  /** Numbers of the validators that run on this machine; all of them have the block. */
  readonly running: readonly number[];
  readonly height: number;
  readonly hash: string;
  /** Who may seal, as every node knows it: the accounts of the network's validators and no other. */
  readonly sealers: readonly string[];
}

const LOOK_MILLISECONDS = 500;

/**
 * Waits until a network is well: its nodes on this machine have one block at one height and take the validators of the
 * network, and no other, for those who seal; the chain moves; and each of these sealed of late, wherever it runs.
 *
 * @throws DevnetError that says what did not come to hold in that time.
 */
export async function checkNetwork(
  folder: string,
  network: Network,
  engine: Engine,
  seconds: number,
): Promise<CheckedNetwork> {
  const deadline = performance.now() + 1000 * seconds;
  for (;;) {
    const found = await look(folder, network, engine);
    if (typeof found !== "string") return found;
    if (performance.now() > deadline) throw new DevnetError(`${found}, after ${seconds} s`);
    await pause(LOOK_MILLISECONDS);
  }
}

/** What holds, or what does not (yet). */
async function look(folder: string, network: Network, engine: Engine): Promise<CheckedNetwork | string> {
  const at = layout(folder);
  const running = await runningOf(folder, network);
  const here = network.validators.filter(({ number }) => running.validators.has(number));
  if (here.length === 0) return "no validator runs here";
  const seen = await Promise.all(
    here.map((validator) =>
      ask(engine, validator, at, async (node) => ({
        head: await blockAt(node),
        sealers: await engine.sealers(node),
      })),
    ),
  );
  const heights = seen.map((one) => one?.head?.height);
  const silent = here.filter((_, i) => heights[i] === undefined);
  if (silent.length > 0) return `validator ${listed(silent)} does not answer`;
  const height = Math.min(...heights.map((one) => one!));
  const age = Date.now() / 1000 - Math.max(...seen.map((one) => one!.head!.time));
  if (age > haltedSeconds(network.blockPeriodSeconds))
    return `the chain stands still: its newest block is ${Math.round(age)} s old`;
  const blocks = await Promise.all(
    here.map((validator) => ask(engine, validator, at, async (node) => await blockAt(node, height))),
  );
  const hashes = [...new Set(blocks.map((block) => block?.hash ?? "none"))];
  if (hashes.length > 1) return `the nodes have ${hashes.length} blocks ${height}`;

  const entitled = network.validators.map(({ address }) => address.toLowerCase()).sort();
  for (const [i, one] of seen.entries()) {
    const known = one!.sealers.map((sealer) => sealer.toLowerCase()).sort();
    if (known.join() !== entitled.join())
      return `validator ${here[i]!.number} takes ${known.length} accounts for sealers, not the ${entitled.length} of the network`;
  }
  const { validators } = await networkStatus(folder, network, engine);
  const idle = network.validators.filter((_, i) => !validators[i]!.sealedRecently);
  if (idle.length > 0) return `validator ${listed(idle)} does not seal`;
  return { running: here.map(({ number }) => number), height, hash: hashes[0]!, sealers: entitled };
}

function listed(validators: readonly Validator[]): string {
  return validators.map(({ number }) => number).join(", ");
}

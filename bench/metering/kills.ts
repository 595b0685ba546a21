import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { isAlive } from "../../workers/devnet/processes.js";
import { runningOf } from "../../workers/devnet/running.js";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { until } from "../../workers/devnet/until.js";
import type { OwnNetwork } from "../devnet/ownNetwork.js";
import type { Stand } from "./stand.js";

/** How often each was killed. */
export interface Kills {
  concentrator: number;
  mdms: number;
  validator: number;
}

/** Seconds between kills, and for which what was killed is away, at most. */
const BETWEEN = { least: 2, most: 8 };
const AWAY_MOST = 4;
/** Seconds that the system may take to end what was killed. */
const GONE_SECONDS = 15;
const VICTIMS = ["concentrator", "mdms", "validator"] as const;

/**
 * Kills concentrator, MDMS and a validator, each time one of them, and starts it again, by a schedule that a seed decides;
 * none of them a third time before each had its turn.
 */
export async function killUntil(
  { programs }: Stand,
  own: OwnNetwork,
  engine: Engine,
  seed: number,
  stop: AbortSignal,
  note: (text: string) => void,
): Promise<Kills> {
  const kills: Kills = { concentrator: 0, mdms: 0, validator: 0 };
  const draw = drawFrom(seed);
  const rest = async (seconds: number): Promise<void> =>
    await pause(1_000 * seconds, undefined, { signal: stop }).catch(() => undefined);
  for (;;) {
    await rest(BETWEEN.least + draw() * (BETWEEN.most - BETWEEN.least));
    if (stop.aborted) return kills;
    const least = Math.min(...Object.values(kills));
    const open = VICTIMS.filter((victim) => kills[victim] < least + 2);
    const victim = open[Math.floor(draw() * open.length)]!;
    kills[victim]++;
    const away = draw() * AWAY_MOST;
    if (victim !== "validator") {
      note(`kill -9 ${victim}`);
      await programs[victim].stop("SIGKILL");
      await rest(away);
      programs[victim].start();
      continue;
    }
    const { validators } = own.network;
    const { number } = validators[Math.floor(draw() * validators.length)]!;
    note(`kill -9 validator ${number}`);
    const pid = (await runningOf(own.folder, own.network)).validators.get(number);
    if (pid !== undefined) {
      process.kill(pid, "SIGKILL");
      // Where the run is over there is no pause in which it could end.
      await until(GONE_SECONDS, `validator ${number} was killed and does not end`, async () => !isAlive(pid));
    }
    await rest(away);
    await startValidator(own.folder, own.network, number, engine, () => undefined);
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

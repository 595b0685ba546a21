import type { Engine, NodeConnection } from "./engines/types.js";
import { endReason } from "./endReason.js";
import { readAlerts, type ServedAlert } from "./health/readAlerts.js";
import { layout } from "./layout.js";
import { ask, blockAt, type Head, peerCount } from "./nodeState.js";
import { pickLongest } from "./pickLongest.js";
import { runningOf } from "./running.js";
import type { Network } from "./types.js";

/** How a network stands. */
export interface NetworkStatus {
  readonly validators: readonly ValidatorStatus[];
  readonly blockPeriodSeconds: number;
  /** Over the last blocks of the longest chain; 0 where nothing is sealed. */
  readonly gasPerSecond: number;
  /** The alerts that stand, as the keeper sees them; null while it does not answer. */
  readonly alerts: readonly ServedAlert[] | null;
}

/** How one of its validators stands. */
export interface ValidatorStatus {
  readonly name: string;
  readonly running: boolean;
  readonly height: number | null;
  readonly headHash: string | null;
  readonly peers: number | null;
  /** It sealed one of the last blocks that everyone should have had a turn in, and not long ago: see `recentSeconds`. */
  readonly sealedRecently: boolean;
  /** Seconds since its newest block was due. */
  readonly lagSeconds: number | null;
  /** Why its node does not run, from the node's log; null where it runs or was never started. */
  readonly ended: string | null;
}

/** Blocks over which gas is averaged. */
const WINDOW = 10;

/** Turns of everyone in which a validator should have sealed once. */
const TURNS = 2;
/** How much later than due blocks may be where a machine is busy. */
const LATE_FACTOR = 2;
const LATE_SECONDS = 10;

/** How old a validator's last block may be, in seconds, for it to have sealed recently; blocks may be late. */
export function recentSeconds({ validators, blockPeriodSeconds }: Network): number {
  return LATE_FACTOR * TURNS * validators.length * blockPeriodSeconds + LATE_SECONDS;
}

/** Asks every node of a network how it stands. */
export async function networkStatus(
  folder: string,
  network: Network,
  engine: Engine,
  nowSeconds = Date.now() / 1000,
): Promise<NetworkStatus> {
  const at = layout(folder);
  const [running, alerts] = await Promise.all([runningOf(folder, network), readAlerts(network)]);
  const seen = await Promise.all(
    network.validators.map((validator) =>
      ask(engine, validator, at, async (node) => ({
        validator,
        head: await blockAt(node),
        peers: await peerCount(node),
      })),
    ),
  );
  const answering = seen.flatMap((one) => (one?.head === undefined ? [] : [{ ...one, head: one.head }]));
  const longest = pickLongest(answering, nowSeconds);
  const recent =
    longest === undefined
      ? undefined
      : await ask(engine, longest.validator, at, async (node) => ({
          rate: await gasRate(node, longest.head),
          sealers: await recentSealers(
            engine,
            node,
            longest.head,
            TURNS * network.validators.length,
            nowSeconds - recentSeconds(network),
          ),
        }));
  return {
    blockPeriodSeconds: network.blockPeriodSeconds,
    gasPerSecond: recent?.rate ?? 0,
    alerts,
    validators: network.validators.map((validator, i) => {
      const head = seen[i]?.head;
      const isRunning = running.validators.has(validator.number);
      return {
        name: validator.name,
        running: isRunning,
        height: head?.height ?? null,
        headHash: head?.hash ?? null,
        peers: seen[i]?.peers ?? null,
        sealedRecently: recent?.sealers.has(validator.address.toLowerCase()) ?? false,
        lagSeconds: head === undefined ? null : lagOf(head, network.blockPeriodSeconds, nowSeconds),
        ended: isRunning ? null : (endReason(at.validator(validator.number).log) ?? null),
      };
    }),
  };
}

function lagOf(head: Head, period: number, now: number): number {
  return Math.max(0, Math.round(10 * (now - head.time - period)) / 10);
}

async function gasRate(node: NodeConnection, newest: Head): Promise<number> {
  const heights = Array.from({ length: Math.min(WINDOW, newest.height) }, (_, i) => newest.height - i);
  const blocks = (await Promise.all(heights.map((height) => blockAt(node, height)))).filter(
    (block) => block !== undefined,
  );
  const before = await blockAt(node, newest.height - heights.length);
  const gas = blocks.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  return Math.round(gas / Math.max(1, newest.time - (before?.time ?? newest.time)));
}

/** Who sealed the last blocks, as far as they are not from before a time. */
async function recentSealers(
  engine: Engine,
  node: NodeConnection,
  newest: Head,
  blocks: number,
  notBefore: number,
): Promise<ReadonlySet<string>> {
  const heights = Array.from({ length: Math.min(blocks, newest.height) }, (_, i) => newest.height - i);
  const sealers = await Promise.all(
    heights.map(async (height) => {
      const block = height === newest.height ? newest : await blockAt(node, height);
      if (block === undefined || block.time < notBefore) return [];
      return [(await engine.sealerOf(node, height)).toLowerCase()];
    }),
  );
  return new Set(sealers.flat());
}

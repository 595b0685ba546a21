import type { NodeSnapshot } from "./types.js";

/** Seconds for which no head may have changed, at least. */
const STILL_SECONDS = 12;
/** And in blocks, where they come slowly. */
const STILL_BLOCKS = 4;

/**
 * What a look at the nodes found. `deadlocked`: all four conditions hold. `suspected`: all that can be seen from a part of
 * the nodes holds. Else why it is none.
 */
export type Verdict =
  { readonly kind: "deadlocked" | "suspected" } | { readonly kind: "none"; readonly why: NoDeadlock };

/** Why there is no deadlock, in the order in which it is looked for. */
export type NoDeadlock = "moving" | "too few run" | "peers are missing" | "one head" | "someone may seal";

/** Seconds without a new head anywhere from which on a network is taken to stand still. */
export function stillSeconds(blockPeriodSeconds: number): number {
  return Math.max(STILL_SECONDS, STILL_BLOCKS * blockPeriodSeconds);
}

/**
 * Whether Clique is deadlocked (EIP-3436): all sealers wait for one another, on heads that fork choice does not tell apart.
 * It is if all of these hold:
 *
 * 1. no head has changed for `stillSeconds`;
 * 2. every node has all others that run as peers, and enough run to seal: ⌊N/2⌋+1;
 * 3. heads differ;
 * 4. every sealer that runs stands in its own `recents` above head + 1 - (⌊N/2⌋+1), so that it may not seal the next block.
 *    Left out where the difficulties of the heads differ: then the lighter side should have followed long ago.
 *
 * @param nodes Those that answer.
 * @param validators How many nodes the network has.
 * @param seesAll False where only a part of the nodes can be asked, as on a machine that holds only its own: then 3 cannot
 * be seen, and peers must be full.
 */
export function findDeadlock(
  nodes: readonly NodeSnapshot[],
  {
    validators,
    blockPeriodSeconds,
    seesAll,
  }: { readonly validators: number; readonly blockPeriodSeconds: number; readonly seesAll: boolean },
): Verdict {
  const still = stillSeconds(blockPeriodSeconds);
  if (nodes.some((node) => node.stillSeconds < still)) return { kind: "none", why: "moving" };
  const sealing = nodes.filter((node) => includes(node.sealers, node.sealer));
  if (sealing.length === 0) return { kind: "none", why: "too few run" };
  if (seesAll && sealing.some((node) => sealing.length < limitOf(node)))
    return { kind: "none", why: "too few run" };
  const full = (seesAll ? nodes.length : validators) - 1;
  if (nodes.some(({ peers }) => peers < full)) return { kind: "none", why: "peers are missing" };
  if (seesAll && new Set(nodes.map(({ head }) => head.hash)).size === 1)
    return { kind: "none", why: "one head" };
  const sameWeight = new Set(nodes.map(({ head }) => head.totalDifficulty)).size === 1;
  if (sameWeight && !sealing.every(mustWait)) return { kind: "none", why: "someone may seal" };
  return { kind: seesAll ? "deadlocked" : "suspected" };
}

/** How many blocks a sealer must let pass from one of its own to the next, itself counted (EIP-225). */
function limitOf({ sealers }: NodeSnapshot): number {
  return Math.floor(sealers.length / 2) + 1;
}

/** Whether a validator's own node lets it not seal the next block, since it sealed one of the last. */
function mustWait(node: NodeSnapshot): boolean {
  const before = node.head.height + 1 - limitOf(node);
  return node.recents.some(
    ({ height, sealer }) => height > before && sealer.toLowerCase() === node.sealer.toLowerCase(),
  );
}

function includes(sealers: readonly string[], one: string): boolean {
  return sealers.some((sealer) => sealer.toLowerCase() === one.toLowerCase());
}

import { checkFinal } from "../../workers/finality/checkFinal.js";
import { finalityQuorum, leastDepth } from "../../workers/finality/finalityQuorum.js";
import { readWorkerFinal } from "../../workers/finality/readWorker.js";
import type { BlockId } from "../../workers/chain/blockId.js";
import type { Network } from "../../workers/devnet/types.js";
import { openOverlay } from "../finality/openOverlay.js";
import type { Sharing } from "../support/openSharing.js";

/** How far a chain is final, and what says so. */
export interface KnownFinal {
  /** Undefined if no block is known to be. */
  readonly number: number | undefined;
  readonly by: string;
}

/**
 * The highest block that is known to be final on the chain that this node follows: its latest one under QBFT; with an overlay in use, the highest
 * that is recorded or that the workers show a quorum's signatures of; else, where no quorum of seats ever registered keys, one as deep as a first signature would be.
 *
 * @param workers Where workers serve HTTP.
 */
export async function finalHeight(
  sharing: Sharing,
  network: Network,
  workers: readonly string[],
): Promise<KnownFinal> {
  const { provider, members, contracts } = sharing;
  const head = await provider.getBlockNumber();
  if (network.engine === "qbft") return { number: head, by: "the client's consensus" };
  const active = members.filter(({ active: is }) => is).length;
  const deep = { number: head - leastDepth(active), by: `${leastDepth(active)} blocks on top` };
  if (contracts.finality === undefined) return deep;
  const { domain, standing, keys } = await openOverlay(sharing);
  const withKeys = new Set(keys.filter(({ fromHeight }) => fromHeight <= head).map(({ seat }) => seat));
  const signing = standing.seats.filter((seat) => withKeys.has(seat)).length;
  if (signing < finalityQuorum(standing.seats.length)) {
    const depth = Math.max(leastDepth(active), standing.confirmationDepth);
    return { number: head - depth, by: `${depth} blocks on top, as no quorum of seats signs blocks` };
  }
  const known: BlockId[] = standing.recorded === undefined ? [] : [standing.recorded];
  for (const url of workers) {
    const final = await readWorkerFinal(url);
    if (final !== undefined && checkFinal(final, domain, standing, keys).isFinal) known.push(final);
  }
  const own: number[] = [];
  for (const { number, hash } of known) {
    if ((await provider.getBlock(number))?.hash === hash) own.push(number);
  }
  return {
    number: own.length === 0 ? undefined : Math.max(...own),
    by: "signatures of the finality overlay",
  };
}

import type { Consortium } from "../../typechain-types/index.js";
import { departedNodes } from "../chain/departedNodes.js";
import { departedValidators } from "./departed.js";
import type { Network, Validator } from "./types.js";

/** Validators of members that departed, by whether that can still be undone. */
export interface Departures {
  /** To be voted out: departed as of a final block, and still. */
  readonly final: readonly Validator[];
  /** Departed as the latest block has it, which is not final. */
  readonly waiting: readonly Validator[];
}

/**
 * The validators whose members departed. Voting one out undoes nothing when the chain turns to a branch on which its
 * member is one still, so only departures count that are final.
 *
 * @param fromBlock Nothing was recorded before.
 * @param final Number of a final block of this chain; undefined if none is known.
 */
export async function finalDepartures(
  network: Network,
  consortium: Consortium,
  fromBlock: number,
  final: number | undefined,
): Promise<Departures> {
  const now = departedValidators(network, await departedNodes(consortium, fromBlock));
  const then =
    final === undefined || final < fromBlock
      ? []
      : departedValidators(network, await departedNodes(consortium, fromBlock, final));
  const wasOut = new Set(then.map(({ number }) => number));
  return {
    final: now.filter(({ number }) => wasOut.has(number)),
    waiting: now.filter(({ number }) => !wasOut.has(number)),
  };
}

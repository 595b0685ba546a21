import type { FaultNetwork } from "./openFaultNetwork.js";

/** How long after its node is back a worker may take until its batches are in blocks, on a busy machine. */
const CATCH_UP_SECONDS = 15;

/**
 * Notes for how long operators' nodes do not follow the chain, or there is none: their values of slots that are cut off then
 * need not be on it.
 */
export async function absent(
  net: FaultNetwork,
  seats: readonly number[],
  meanwhile: () => Promise<void>,
): Promise<void> {
  const from = Date.now() / 1000;
  await meanwhile();
  const to = Date.now() / 1000 + CATCH_UP_SECONDS;
  for (const seat of seats) net.absences.push({ seat, from, to });
}

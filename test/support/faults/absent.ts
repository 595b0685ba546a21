import type { FaultNetwork } from "./openFaultNetwork.js";

/** How long after its node is back a worker may take until its batches are in blocks, on a busy machine. */
const CATCH_UP_SECONDS = 15;

/** Notes for how long an operator's node does not follow the chain: the values of slots that were cut off then are not on it. */
export async function absent<T>(net: FaultNetwork, seat: number, meanwhile: () => Promise<T>): Promise<T> {
  const from = Date.now() / 1000;
  const result = await meanwhile();
  net.absences.push({ seat, from, to: Date.now() / 1000 + CATCH_UP_SECONDS });
  return result;
}

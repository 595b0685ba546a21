import type { FaultNetwork } from "./openFaultNetwork.js";

/** How long after its node is back a worker may take until its batches are in blocks, on a busy machine. */
const CATCH_UP_SECONDS = 15;

/**
 * Notes for how long operators' workers do not run, or reach no node that follows the chain: their values of slots that are
 * cut off then need not be on it. Most faults are over long before a cut-off, and excuse nothing. But a machine may be busy,
 * and a node that starts may meet a peer that dials it at the same moment: geth dials again only after 35 s.
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

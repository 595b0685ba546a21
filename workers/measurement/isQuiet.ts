/** J and τ are compared in floating point here, and exactly by the ledger: a slot this close to τ is left to itself. */
const CLOSE = 1e-6;

/** Whether an estimate raises no alarm, so that its slot can be settled together with others. */
export function isQuiet(objective: number, threshold: number): boolean {
  return objective < threshold * (1 - CLOSE);
}

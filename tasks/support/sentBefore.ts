/**
 * Ignition's complaints that a transaction is under way or in a block which its journal does not have: it was sent in the
 * moment that the deployment was cut short. 10402 and 10403: wait for it; 10410: it is lost.
 */
const SENT_BEFORE = new Set([10_402, 10_403, 10_410]);

/** Whether a deployment failed for what was sent before it was cut short: it goes on once the journal has that. */
export function isSentBefore(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "HardhatError" &&
    "number" in error &&
    SENT_BEFORE.has(Number(error.number))
  );
}

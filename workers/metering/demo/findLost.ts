import type { SkipReason } from "../chain/reasons.js";
import type { MeteringResult } from "./types.js";

/** Why the contract refuses each attack of `attackReports`. */
const REFUSALS: Readonly<Record<string, SkipReason>> = {
  replayed: "Duplicate",
  forged: "BadSignature",
  "too old": "Stale",
  tampered: "HashMismatch",
};

/** What did not hold in a demo; undefined if all did. */
export function findLost(result: MeteringResult): string | undefined {
  const { reportsSent, reportsStored, homesThatDiffer, refused, energyWhSent, energyWhStored } = result;
  if (reportsStored !== reportsSent) return `${reportsSent} reports were sent, ${reportsStored} are stored`;
  if (homesThatDiffer.length > 0)
    return `what is stored is not what was measured of ${homesThatDiffer.join(", ")}`;
  if (energyWhSent !== energyWhStored) return `${energyWhSent} Wh were sent, ${energyWhStored} Wh are stored`;
  for (const [attack, want] of Object.entries(REFUSALS)) {
    const got = refused.find((one) => one.attack === attack)?.reason;
    if (got === undefined) return `the ${attack} report was not refused`;
    if (got !== want) return `the ${attack} report was refused as ${got}, not as ${want}`;
  }
  return undefined;
}

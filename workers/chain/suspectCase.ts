import type { Suspects } from "../../typechain-types/index.js";
import { revertReason } from "./revertReason.js";

/** The standing claim about a slot that raised the alarm. */
export interface SuspectCase {
  /** J as settled. */
  readonly objective: number;
  /** Unix seconds: claims are taken before. */
  readonly until: number;
  /** Undefined while nobody is named. */
  readonly claim:
    | {
        /** Number of the meter in the version, and the seat that owns it. */
        readonly meter: number;
        readonly seat: number;
        /** What J is proved to fall by without the meter. */
        readonly drop: number;
        readonly claimant: string;
        /** Unix seconds. */
        readonly at: number;
        readonly concluded: boolean;
      }
    | undefined;
}

const Q32 = 2 ** 32;

/** The case of a slot; undefined if it raised no alarm, or is not settled. */
export async function readSuspectCase(suspects: Suspects, slot: number): Promise<SuspectCase | undefined> {
  try {
    const found = await suspects.caseOf(slot);
    return {
      objective: Number(found.objectiveQ32) / Q32,
      until: Number(found.until),
      claim: found.named
        ? {
            meter: Number(found.meter),
            seat: Number(found.seat),
            drop: Number(found.dropQ32) / Q32,
            claimant: found.claimant,
            at: Number(found.claimedAt),
            concluded: found.concluded,
          }
        : undefined,
    };
  } catch (error) {
    if (revertReason(error)?.name === "SuspectsNoAlarm") return undefined;
    throw error;
  }
}

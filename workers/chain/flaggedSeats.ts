import type { GridRegistry } from "../../typechain-types/index.js";
import { seatsIn } from "./governance/readProposals.js";

/** The seats that voters should look at in a version: those that lose nearly all meters, and that gain very many. */
export async function flaggedSeats(
  registry: GridRegistry,
  version: number | bigint,
): Promise<{ readonly stripped: number[]; readonly swollen: number[] }> {
  const { stripped, swollen } = await registry.flags(version);
  return { stripped: seatsIn(stripped), swollen: seatsIn(swollen) };
}

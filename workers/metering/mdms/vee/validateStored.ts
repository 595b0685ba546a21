import type { Provider } from "ethers";
import type { Database } from "../database/types.js";
import { readProgress } from "../store/progress.js";
import { type ValidatedDays, validateDays } from "./validateDays.js";

const DAY = 86_400;
/** Usage points in a turn: between them the MDMS goes on with reports. */
const AT_ONCE = 20;
/** Up to when all was validated, by database: the chain is asked once a day. */
const validatedUntil = new WeakMap<Database, number>();

/**
 * Validates the days that are over by the chain's time: that of the last block whose reports are stored, not the clock's, so
 * that an MDMS that catches up takes for missing only what is.
 *
 * @returns undefined if nothing was due.
 */
export async function validateStored(
  database: Database,
  provider: Provider,
  intervalSeconds: number,
  afterSeconds: number,
): Promise<ValidatedDays | undefined> {
  const dayOf = (now: number): number => Math.floor((now - afterSeconds) / DAY) * DAY;
  const known = validatedUntil.get(database) ?? 0;
  if (dayOf(Date.now() / 1_000) <= known) return undefined;
  const progress = await readProgress(database);
  const block = progress && (await provider.getBlock(progress.number));
  if (block == null || dayOf(block.timestamp) <= known) return undefined;
  const validated = await validateDays(database, intervalSeconds, block.timestamp, afterSeconds, AT_ONCE);
  if (validated.left === 0) validatedUntil.set(database, dayOf(block.timestamp));
  return validated.points > 0 ? validated : undefined;
}

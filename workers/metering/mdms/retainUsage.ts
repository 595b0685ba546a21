import type { Database } from "./database/types.js";
import { deleteUsage } from "./store/deleteUsage.js";

/**
 * Deletes usage that is older than it is kept.
 *
 * @param retentionSeconds undefined: all is kept.
 * @returns how many intervals were deleted.
 */
export async function retainUsage(
  database: Database,
  retentionSeconds: number | undefined,
  now: number,
): Promise<number> {
  if (retentionSeconds === undefined) return 0;
  const before = now - retentionSeconds;
  const points = await database.all<{ usage_point: string }>(
    "SELECT DISTINCT usage_point FROM intervals WHERE tau <= $1",
    before,
  );
  let deleted = 0;
  for (const point of points) {
    deleted += (await deleteUsage(database, point.usage_point, before, now, "retention")).intervals;
  }
  return deleted;
}

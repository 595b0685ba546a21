import type { Database } from "../database/types.js";
import { deletedUntil } from "./deletedUntil.js";

/** What a deletion took. */
export interface DeletedUsage {
  readonly intervals: number;
  /** Reports, those that were not opened yet among them. */
  readonly reports: number;
}

/**
 * Deletes what a usage point used in the intervals that end at `before` or earlier, with all that stood there before
 * and what was found; what is reported of that time later is deleted when it comes. That something was deleted, and why, is kept;
 * of the chain's ciphertexts nobody has the key once their epoch is over.
 *
 * @param before unix seconds, not after `at`, the present: what is not used yet is not deleted.
 */
export async function deleteUsage(
  database: Database,
  usagePoint: string,
  before: number,
  at: number,
  reason: string,
): Promise<DeletedUsage> {
  return database.transaction(async (session) => {
    const here = "usage_point = $1 AND tau <= $2";
    const reports = await session.run(
      `UPDATE reports SET state = 'deleted', payload = NULL, reason = NULL
       WHERE tau <= $2 AND state <> 'deleted' AND meter IN (SELECT meter FROM installations WHERE usage_point = $1)`,
      usagePoint,
      before,
    );
    await session.run(`DELETE FROM replaced WHERE ${here}`, usagePoint, before);
    await session.run(`DELETE FROM findings WHERE ${here}`, usagePoint, before);
    const intervals = await session.run(`DELETE FROM intervals WHERE ${here}`, usagePoint, before);
    // Also where nothing was there: what is reported of that time later goes by it.
    if (intervals + reports > 0 || before > (await deletedUntil(session, usagePoint))) {
      await session.run(
        "INSERT INTO deletions (at, usage_point, before, intervals, reason) VALUES ($1, $2, $3, $4, $5)",
        at,
        usagePoint,
        before,
        intervals,
        reason,
      );
    }
    return { intervals, reports };
  });
}

import type { Database } from "../database/types.js";

/**
 * Deletes what a usage point used in the intervals that end at `before` or earlier, with all that stood there before
 * and what was found. That something was deleted, and why, is kept; of the chain's ciphertexts nobody has the key once
 * their epoch is over.
 *
 * @returns how many intervals were deleted.
 */
export async function deleteUsage(
  database: Database,
  usagePoint: string,
  before: number,
  at: number,
  reason: string,
): Promise<number> {
  return database.transaction(async (session) => {
    const here = "usage_point = $1 AND tau <= $2";
    await session.run(
      `UPDATE reports SET state = 'deleted', payload = NULL, reason = NULL
       WHERE tau <= $2 AND meter IN (SELECT meter FROM installations WHERE usage_point = $1)`,
      usagePoint,
      before,
    );
    await session.run(`DELETE FROM replaced WHERE ${here}`, usagePoint, before);
    await session.run(`DELETE FROM findings WHERE ${here}`, usagePoint, before);
    const deleted = await session.run(`DELETE FROM intervals WHERE ${here}`, usagePoint, before);
    if (deleted > 0) {
      await session.run(
        "INSERT INTO deletions (at, usage_point, before, intervals, reason) VALUES ($1, $2, $3, $4, $5)",
        at,
        usagePoint,
        before,
        deleted,
        reason,
      );
    }
    return deleted;
  });
}

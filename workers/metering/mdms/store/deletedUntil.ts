import type { Session } from "../database/types.js";

/** Up to when the usage of a usage point was deleted, unix seconds; 0 if nothing was. */
export async function deletedUntil(session: Session, usagePoint: string): Promise<number> {
  const [row] = await session.all<{ before: number | null }>(
    "SELECT max(before) AS before FROM deletions WHERE usage_point = $1",
    usagePoint,
  );
  return row?.before ?? 0;
}

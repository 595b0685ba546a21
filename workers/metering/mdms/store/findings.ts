import type { Session } from "../database/types.js";
import type { Finding, FindingKind } from "../vee/validate.js";

/** Puts the findings of a stretch in the place of those that stood there. */
export async function putFindings(
  session: Session,
  usagePoint: string,
  since: number,
  until: number,
  findings: readonly Finding[],
): Promise<void> {
  await session.run(
    "DELETE FROM findings WHERE usage_point = $1 AND tau > $2 AND tau <= $3",
    usagePoint,
    since,
    until,
  );
  for (const { kind, tau, intervals, detail } of findings) {
    await session.run(
      "INSERT INTO findings (usage_point, tau, finding, intervals, detail) VALUES ($1, $2, $3, $4, $5)",
      usagePoint,
      tau,
      kind,
      intervals,
      detail,
    );
  }
}

/** What validation found at a usage point, in the order of τ. */
export async function findingsOf(
  session: Session,
  usagePoint: string,
  since: number,
  until: number,
): Promise<Finding[]> {
  const rows = await session.all<{ finding: FindingKind; tau: number; intervals: number; detail: string }>(
    `SELECT finding, tau, intervals, detail FROM findings
     WHERE usage_point = $1 AND tau > $2 AND tau <= $3 ORDER BY tau, finding`,
    usagePoint,
    since,
    until,
  );
  return rows.map(({ finding, tau, intervals, detail }) => ({ kind: finding, tau, intervals, detail }));
}

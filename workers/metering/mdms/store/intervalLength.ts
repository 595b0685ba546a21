import type { Session } from "../database/types.js";

/** That of household meters, s: where the database says nothing. */
const USUAL = 1_800;

/**
 * The length of an interval, s: what the MDMS noted of the contract's rules, else the least distance of two intervals of a
 * usage point.
 */
export async function intervalLength(session: Session): Promise<number> {
  const [noted] = await session.all<{ value: string }>(
    "SELECT value FROM identity WHERE name = 'intervalSeconds'",
  );
  if (noted !== undefined) return Number(noted.value);
  const [least] = await session.all<{ step: number | null }>(
    `SELECT min(step) AS step FROM (SELECT tau - lag(tau) OVER (PARTITION BY usage_point ORDER BY tau) AS step
     FROM intervals) AS steps`,
  );
  return least?.step ?? USUAL;
}

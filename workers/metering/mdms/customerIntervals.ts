import type { Session } from "./database/types.js";
import { type Interval, intervalsOf } from "./store/intervals.js";
import { occupanciesOf, OccupancyError } from "./store/occupancies.js";

/**
 * The intervals of a usage point that end after `since` and up to `until`; of a customer, only those in which it lived there.
 *
 * @throws OccupancyError if it never did.
 */
export async function customerIntervals(
  session: Session,
  usagePoint: string,
  customer: string | undefined,
  since: number,
  until: number,
): Promise<Interval[]> {
  if (customer === undefined) return intervalsOf(session, usagePoint, since, until);
  const own = (await occupanciesOf(session, usagePoint)).filter((one) => one.customer === customer);
  if (own.length === 0) throw new OccupancyError(`${usagePoint}: ${customer} never lived there`);
  const parts: Interval[] = [];
  for (const occupancy of own) {
    const from = Math.max(since, occupancy.since);
    const to = Math.min(until, occupancy.until ?? until);
    if (to > from) parts.push(...(await intervalsOf(session, usagePoint, from, to)));
  }
  return parts;
}

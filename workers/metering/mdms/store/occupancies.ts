import type { Database, Session } from "../database/types.js";

/** A customer at a usage point: what is used in the intervals that end after `since` and up to `until` is theirs. */
export interface Occupancy {
  readonly usagePoint: string;
  readonly customer: string;
  /** Unix seconds. */
  readonly since: number;
  /** Unix seconds; undefined while they live there. */
  readonly until: number | undefined;
}

/** A move that contradicts what is known. */
export class OccupancyError extends Error {
  override readonly name = "OccupancyError";
}

interface Row {
  readonly usage_point: string;
  readonly customer: string;
  readonly since: number;
  readonly until: number | null;
}

/**
 * A customer moves in; who lived there until then moves out at the same time.
 *
 * @throws OccupancyError if somebody else came there later, or the customer is no name.
 */
export async function moveIn(
  database: Database,
  usagePoint: string,
  customer: string,
  since: number,
): Promise<void> {
  await database.transaction(async (session) => {
    const before = (await occupanciesOf(session, usagePoint)).at(-1);
    if (before?.customer === customer && before.since === since) return;
    const last = await checkMoveIn(session, usagePoint, customer, since);
    if (last !== undefined && last.until === undefined) await end(session, last, since);
    await session.run(
      "INSERT INTO occupancies (usage_point, customer, since) VALUES ($1, $2, $3)",
      usagePoint,
      customer,
      since,
    );
  });
}

/**
 * Checks that a customer can move in at a time.
 *
 * @returns who lived there last.
 * @throws OccupancyError if somebody else came there later, or the customer is no name.
 */
export async function checkMoveIn(
  session: Session,
  usagePoint: string,
  customer: string,
  since: number,
): Promise<Occupancy | undefined> {
  // What is exported as XML must not hold control characters.
  if (customer.trim() === "" || /\p{Cc}/u.test(customer)) {
    throw new OccupancyError(`${usagePoint}: a customer needs a name, without control characters`);
  }
  const last = (await occupanciesOf(session, usagePoint)).at(-1);
  if (last !== undefined && Math.max(last.since + 1, last.until ?? 0) > since) {
    throw new OccupancyError(`${usagePoint}: ${last.customer} lived there at that time`);
  }
  return last;
}

/** Who lives at a usage point moves out. @throws OccupancyError if nobody does, or they came later. */
export async function moveOut(database: Database, usagePoint: string, until: number): Promise<void> {
  await database.transaction(async (session) => {
    const last = (await occupanciesOf(session, usagePoint)).at(-1);
    if (last === undefined || last.until !== undefined || last.since >= until) {
      throw new OccupancyError(`${usagePoint}: nobody lived there at that time`);
    }
    await end(session, last, until);
  });
}

/** Who lived at a usage point, oldest first. */
export async function occupanciesOf(session: Session, usagePoint: string): Promise<Occupancy[]> {
  const rows = await session.all<Row>(
    "SELECT * FROM occupancies WHERE usage_point = $1 ORDER BY since",
    usagePoint,
  );
  return rows.map(({ usage_point, customer, since, until }) => ({
    usagePoint: usage_point,
    customer,
    since,
    until: until ?? undefined,
  }));
}

async function end(session: Session, { usagePoint, since }: Occupancy, until: number): Promise<void> {
  await session.run(
    "UPDATE occupancies SET until = $1 WHERE usage_point = $2 AND since = $3",
    until,
    usagePoint,
    since,
  );
}

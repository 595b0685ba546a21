import type { Database, Session } from "../database/types.js";

/** A meter at a usage point: it measures the intervals that end after `since` and up to `until`. */
export interface Installation {
  /** The meter's number on the chain. */
  readonly meter: number;
  readonly usagePoint: string;
  /** Unix seconds. */
  readonly since: number;
  /** Unix seconds; undefined while it is there. */
  readonly until: number | undefined;
}

/** An installation that contradicts what is known. */
export class InstallationError extends Error {
  override readonly name = "InstallationError";
}

interface Row {
  readonly meter: number;
  readonly usage_point: string;
  readonly since: number;
  readonly until: number | null;
}

/**
 * Installs a meter at a usage point. One that is there is taken down at the same time: a meter exchange.
 *
 * @throws InstallationError if the meter was installed before, or another came then or later.
 */
export async function installMeter(
  database: Database,
  meter: number,
  usagePoint: string,
  since: number,
): Promise<void> {
  await database.transaction(async (session) => {
    const own = await installationOf(session, meter);
    if (own !== undefined) {
      if (own.usagePoint === usagePoint && own.since === since) return;
      throw new InstallationError(`meter ${meter} was installed at ${own.usagePoint} already`);
    }
    const last = await checkInstallation(session, usagePoint, since);
    if (last !== undefined && last.until === undefined) {
      await session.run("UPDATE installations SET until = $1 WHERE meter = $2", since, last.meter);
    }
    await session.run(
      "INSERT INTO installations (meter, usage_point, since) VALUES ($1, $2, $3)",
      meter,
      usagePoint,
      since,
    );
  });
}

/**
 * Checks that a meter can come to a usage point at a time.
 *
 * @returns what was installed there last.
 * @throws InstallationError if another came then or later.
 */
export async function checkInstallation(
  session: Session,
  usagePoint: string,
  since: number,
): Promise<Installation | undefined> {
  const last = (await installationsAt(session, usagePoint)).at(-1);
  // One that came at the same time would have measured nothing, and what it measured would be lost.
  if (last !== undefined && Math.max(last.since + 1, last.until ?? 0) > since) {
    throw new InstallationError(`${usagePoint} had meter ${last.meter} at that time`);
  }
  return last;
}

/** Where a meter is or was; undefined if it is unknown. */
export async function installationOf(session: Session, meter: number): Promise<Installation | undefined> {
  const rows = await session.all<Row>("SELECT * FROM installations WHERE meter = $1", meter);
  return rows.map(toInstallation)[0];
}

/** The meters of a usage point, oldest first. */
export async function installationsAt(session: Session, usagePoint: string): Promise<Installation[]> {
  const rows = await session.all<Row>(
    "SELECT * FROM installations WHERE usage_point = $1 ORDER BY since",
    usagePoint,
  );
  return rows.map(toInstallation);
}

/** All usage points. */
export async function usagePoints(session: Session): Promise<string[]> {
  const rows = await session.all<{ usage_point: string }>(
    "SELECT DISTINCT usage_point FROM installations ORDER BY usage_point",
  );
  return rows.map((row) => row.usage_point);
}

function toInstallation({ meter, usage_point: usagePoint, since, until }: Row): Installation {
  return { meter, usagePoint, since, until: until ?? undefined };
}

import type { Session } from "../database/types.js";

/** An interval of a usage point, as it stands. */
export interface Interval {
  readonly usagePoint: string;
  /** Its end, unix seconds. */
  readonly tau: number;
  readonly energyWh: number;
  readonly quality: "measured" | "estimated";
  /** Of a measured one: the meter, and the last digits of its register (Wh modulo 65,536). */
  readonly meter: number | undefined;
  readonly registerWh: number | undefined;
  /** Of an estimated one: its method, and that method's mean error on held-out intervals, Wh. */
  readonly method: string | undefined;
  readonly errorWh: number | undefined;
}

/** What stood in an interval's place before, and why it was replaced. */
export interface ReplacedInterval extends Interval {
  /** From 1. */
  readonly revision: number;
  readonly reason: string;
}

interface IntervalRow {
  readonly usage_point: string;
  readonly tau: number;
  readonly energy_wh: number;
  readonly quality: "measured" | "estimated";
  readonly meter: number | null;
  readonly register_wh: number | null;
  readonly method: string | null;
  readonly error_wh: number | null;
}

const COLUMNS = "usage_point, tau, energy_wh, quality, meter, register_wh, method, error_wh";

/**
 * Puts an interval in its place. What stood there and differs is kept among the replaced. A measured interval is never
 * replaced by an estimate.
 *
 * @returns whether anything changed.
 */
export async function putInterval(session: Session, interval: Interval, reason: string): Promise<boolean> {
  const { usagePoint, tau, energyWh, quality, meter, registerWh, method, errorWh } = interval;
  const [before] = await session.all<IntervalRow>(
    `SELECT ${COLUMNS} FROM intervals WHERE usage_point = $1 AND tau = $2`,
    usagePoint,
    tau,
  );
  if (before !== undefined) {
    if (before.quality === "measured" && quality === "estimated") return false;
    const same =
      before.energy_wh === energyWh &&
      before.quality === quality &&
      before.method === (method ?? null) &&
      before.meter === (meter ?? null);
    if (same) return false;
    await session.run(
      `INSERT INTO replaced (${COLUMNS}, revision, reason)
       SELECT ${COLUMNS}, 1 + (SELECT count(*) FROM replaced WHERE usage_point = $1 AND tau = $2), $3
       FROM intervals WHERE usage_point = $1 AND tau = $2`,
      usagePoint,
      tau,
      reason,
    );
  }
  await session.run(
    `INSERT INTO intervals (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (usage_point, tau) DO UPDATE SET energy_wh = excluded.energy_wh, quality = excluded.quality,
     meter = excluded.meter, register_wh = excluded.register_wh, method = excluded.method,
     error_wh = excluded.error_wh`,
    usagePoint,
    tau,
    energyWh,
    quality,
    meter ?? null,
    registerWh ?? null,
    method ?? null,
    errorWh ?? null,
  );
  return true;
}

/** The intervals of a usage point that end after `since` and up to `until`, in the order of τ. */
export async function intervalsOf(
  session: Session,
  usagePoint: string,
  since: number,
  until: number,
): Promise<Interval[]> {
  const rows = await session.all<IntervalRow>(
    `SELECT ${COLUMNS} FROM intervals WHERE usage_point = $1 AND tau > $2 AND tau <= $3 ORDER BY tau`,
    usagePoint,
    since,
    until,
  );
  return rows.map(toInterval);
}

/** What stood before in the intervals of a usage point, oldest revision first. */
export async function replacedOf(
  session: Session,
  usagePoint: string,
  since: number,
  until: number,
): Promise<ReplacedInterval[]> {
  const rows = await session.all<IntervalRow & { revision: number; reason: string }>(
    `SELECT ${COLUMNS}, revision, reason FROM replaced
     WHERE usage_point = $1 AND tau > $2 AND tau <= $3 ORDER BY tau, revision`,
    usagePoint,
    since,
    until,
  );
  return rows.map((row) => ({ ...toInterval(row), revision: row.revision, reason: row.reason }));
}

function toInterval(row: IntervalRow): Interval {
  return {
    usagePoint: row.usage_point,
    tau: row.tau,
    energyWh: row.energy_wh,
    quality: row.quality,
    meter: row.meter ?? undefined,
    registerWh: row.register_wh ?? undefined,
    method: row.method ?? undefined,
    errorWh: row.error_wh ?? undefined,
  };
}

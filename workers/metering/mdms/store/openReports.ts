import type { Database } from "../database/types.js";
import { ReportRefusedError } from "../../report/errors.js";
import type { OpenedUsage } from "../../report/types.js";
import { deletedUntil } from "./deletedUntil.js";
import { type Installation, installationOf } from "./installations.js";
import { putInterval } from "./intervals.js";
import { type ChainReport, countWaiting, sealedReports } from "./reports.js";

/**
 * Opens what a report holds.
 *
 * @returns undefined if the key of its epoch is not at hand (yet).
 * @throws ReportRefusedError if it is not what the meter sealed.
 */
export type OpenReport = (report: ChainReport) => Promise<OpenedUsage | undefined> | OpenedUsage | undefined;

/** A report that cannot be read. */
export interface UnreadableReport {
  readonly meter: number;
  /** End of its interval, unix seconds. */
  readonly tau: number;
  readonly reason: string;
}

/** What became of reports that were looked at. */
export interface Opened {
  readonly opened: number;
  readonly unreadable: number;
  /** Of those that are unreadable, the first; left out where none is. */
  readonly firstUnreadable?: UnreadableReport;
  /** Their meter is at no usage point, or their epoch's key is not at hand: they wait. */
  readonly waiting: number;
}

/**
 * Opens sealed reports of blocks up to a time and puts their intervals in place, each `limit` of them in one transaction:
 * killed anywhere, a report is sealed still or its interval stands. Two instances that open the same put the same.
 * Reports that wait hold no others up, however many they are: it looks on until it finds some that do not.
 *
 * @param until unix seconds.
 * @throws what `open` throws, beside a refusal: nothing of those `limit` is changed.
 */
export async function openReports(
  database: Database,
  until: number,
  limit: number,
  open: OpenReport,
): Promise<Opened> {
  const keyless = new Set<number>();
  for (;;) {
    const sealed = await sealedReports(database, until, limit, keyless);
    const before = keyless.size;
    const { finished, unreadable, ...done } = await openThese(database, sealed, open, keyless);
    if (finished === 0 && sealed.length === limit && keyless.size > before) continue;
    const waiting = await countWaiting(database, until, keyless);
    const [firstUnreadable] = unreadable;
    const first = firstUnreadable && { firstUnreadable };
    return { ...done, unreadable: unreadable.length, ...first, waiting };
  }
}

/** @param keyless is given the epochs whose keys turn out not to be at hand. */
async function openThese(
  database: Database,
  sealed: readonly ChainReport[],
  open: OpenReport,
  keyless: Set<number>,
): Promise<{ finished: number; opened: number; unreadable: readonly UnreadableReport[] }> {
  const results = await Promise.all(
    sealed.map(async (report) => {
      try {
        return { report, usage: await open(report), reason: undefined };
      } catch (error) {
        // Anything else, such as a node that does not answer, says nothing of the report: it stays sealed.
        if (!(error instanceof ReportRefusedError)) throw error;
        return { report, usage: undefined, reason: error.message };
      }
    }),
  );
  const unreadable: UnreadableReport[] = [];
  const done = { finished: 0, opened: 0, unreadable };
  await database.transaction(async (session) => {
    const places = new Map<number, Installation | undefined>();
    const gone = new Map<string, number>();
    for (const { report, usage, reason } of results) {
      const { meter, tau } = report;
      const finish = async (state: string, why: string | null): Promise<number> => {
        const written = await session.run(
          `UPDATE reports SET state = $1, reason = $2, payload = NULL
           WHERE meter = $3 AND tau = $4 AND state = 'sealed' AND block = $5`,
          state,
          why,
          meter,
          tau,
          report.block,
        );
        done.finished += written;
        return written;
      };
      const refuse = async (why: string): Promise<void> => {
        if ((await finish("unreadable", why)) > 0) unreadable.push({ meter, tau, reason: why });
      };
      if (reason !== undefined) {
        await refuse(reason);
        continue;
      }
      if (!places.has(meter)) places.set(meter, await installationOf(session, meter));
      const place = places.get(meter);
      if (usage === undefined) keyless.add(report.epoch);
      if (usage === undefined || place === undefined) continue;
      if (tau <= place.since || (place.until !== undefined && tau > place.until)) {
        await refuse(`meter ${meter} was not at ${place.usagePoint} then`);
        continue;
      }
      if (!gone.has(place.usagePoint)) {
        gone.set(place.usagePoint, await deletedUntil(session, place.usagePoint));
      }
      if (tau <= gone.get(place.usagePoint)!) {
        await finish("deleted", null);
        continue;
      }
      // Opened by another instance, or gone with its block: nothing is put.
      if ((await finish("opened", null)) === 0) continue;
      const { usagePoint } = place;
      await putInterval(
        session,
        {
          usagePoint,
          tau,
          energyWh: usage.usageWh,
          quality: "measured",
          meter,
          registerWh: usage.registerRestWh,
          method: undefined,
          errorWh: undefined,
        },
        "the meter's report came",
      );
      done.opened++;
    }
  });
  return done;
}

import type { Database } from "../database/types.js";
import { ReportRefusedError } from "../../report/errors.js";
import type { OpenedUsage } from "../../report/types.js";
import { type Installation, installationOf } from "./installations.js";
import { putInterval } from "./intervals.js";
import { type ChainReport, sealedReports } from "./reports.js";

/**
 * Opens what a report holds.
 *
 * @returns undefined if the key of its epoch is not at hand (yet).
 * @throws ReportRefusedError if it is not what the meter sealed.
 */
export type OpenReport = (report: ChainReport) => Promise<OpenedUsage | undefined> | OpenedUsage | undefined;

/** What became of reports that were looked at. */
export interface Opened {
  readonly opened: number;
  readonly unreadable: number;
  /** Their meter is at no usage point, or their epoch's key is not at hand: they wait. */
  readonly waiting: number;
}

/**
 * Opens sealed reports of blocks up to a time and puts their intervals in place, in one transaction: killed anywhere,
 * a report is sealed still or its interval stands. Two instances that open the same put the same.
 *
 * @param until unix seconds.
 * @throws what `open` throws, beside a refusal: nothing is changed.
 */
export async function openReports(
  database: Database,
  until: number,
  limit: number,
  open: OpenReport,
): Promise<Opened> {
  const opened = { opened: 0, unreadable: 0, waiting: 0 };
  const sealed = await sealedReports(database, until, limit);
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
  await database.transaction(async (session) => {
    const places = new Map<number, Installation | undefined>();
    for (const { report, usage, reason } of results) {
      const { meter, tau } = report;
      const finish = (state: string, why: string | null): Promise<number> =>
        session.run(
          `UPDATE reports SET state = $1, reason = $2, payload = NULL
           WHERE meter = $3 AND tau = $4 AND state = 'sealed' AND block = $5`,
          state,
          why,
          meter,
          tau,
          report.block,
        );
      if (reason !== undefined) {
        opened.unreadable += await finish("unreadable", reason);
        continue;
      }
      if (!places.has(meter)) places.set(meter, await installationOf(session, meter));
      const place = places.get(meter);
      if (usage === undefined || place === undefined) {
        opened.waiting++;
        continue;
      }
      if (tau <= place.since || (place.until !== undefined && tau > place.until)) {
        opened.unreadable += await finish("unreadable", `meter ${meter} was not at ${place.usagePoint} then`);
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
      opened.opened++;
    }
  });
  return opened;
}

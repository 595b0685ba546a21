import type { Database } from "../mdms/database/types.js";
import { checkInstallation, InstallationError, installationsAt } from "../mdms/store/installations.js";
import { checkMoveIn, OccupancyError, occupanciesOf } from "../mdms/store/occupancies.js";
import { meterOfSerial } from "../mdms/store/serials.js";
import { type ListedMeter, MeterListError } from "./readMeterList.js";
import type { RecordedMeter } from "./utilityRecord.js";

/**
 * Checks that new meters of a list can be installed and their customers can move in, and that their names mean nothing else: what
 * is found after their identities are on the chain would stand in the way of every later call.
 *
 * @param known meters of the record.
 * @param since when they are installed, unix seconds.
 * @throws MeterListError naming the line.
 */
export async function checkMeters(
  database: Database,
  known: readonly RecordedMeter[],
  fresh: readonly ListedMeter[],
  since: number,
): Promise<void> {
  const serials = new Set(known.map(({ serial }) => serial));
  const points = new Map(known.map(({ usagePoint, since: from, done }) => [usagePoint, { from, done }]));
  for (const { serial, usagePoint, customer, place } of fresh) {
    const refuse = (why: string): never => {
      throw new MeterListError(`${place}: ${why}`);
    };
    const other = await meterOfSerial(database, serial);
    if (other !== undefined) refuse(`${serial} is the serial number of meter ${other} already`);
    if (points.has(serial) || (await installationsAt(database, serial)).length > 0) {
      refuse(`${serial} is the name of a usage point`);
    }
    if (usagePoint === "") continue;
    if (serials.has(usagePoint) || (await meterOfSerial(database, usagePoint)) !== undefined) {
      refuse(`${usagePoint} is the serial number of a meter`);
    }
    // One that is recorded and not installed yet: its provisioning was killed.
    const begun = points.get(usagePoint);
    if (begun !== undefined && !begun.done && begun.from >= since) {
      refuse(`${usagePoint} has another meter at that time`);
    }
    try {
      await checkInstallation(database, usagePoint, since);
      const last = (await occupanciesOf(database, usagePoint)).at(-1);
      if (customer !== "" && !livesThere(last, customer)) {
        await checkMoveIn(database, usagePoint, customer, since);
      }
    } catch (error) {
      if (error instanceof InstallationError || error instanceof OccupancyError) refuse(error.message);
      throw error;
    }
  }
}

/** Whether a customer lives at a usage point who need not move in. */
export function livesThere(
  last: { readonly customer: string; readonly until: number | undefined } | undefined,
  customer: string,
): boolean {
  return last?.customer === customer && last.until === undefined;
}

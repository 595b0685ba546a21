import type { Session } from "../database/types.js";
import { type Meaning, meterNumberOf, oneMeaning } from "./oneMeaning.js";
import { meterOfSerial } from "./serials.js";

/**
 * The meter that somebody means, by its serial number or its number. Its serial number is noted, it was installed, or it
 * reported.
 *
 * @throws UnknownMeterError, AmbiguousMeterError
 */
export async function findMeter(session: Session, asked: string): Promise<number> {
  return oneMeaning(asked, await metersNamed(session, asked));
}

/** The known meters that a serial number or a number could stand for. */
export async function metersNamed(session: Session, asked: string): Promise<Meaning<number>[]> {
  const meanings: Meaning<number>[] = [];
  const named = await meterOfSerial(session, asked);
  if (named !== undefined) meanings.push({ value: named, what: `meter ${named}, of that serial number` });
  const number = meterNumberOf(asked);
  if (number !== undefined && (await isKnown(session, number))) {
    meanings.push({ value: number, what: `meter ${number}` });
  }
  return meanings;
}

async function isKnown(session: Session, meter: number): Promise<boolean> {
  for (const table of ["serials", "installations", "reports"]) {
    if ((await session.all(`SELECT 1 FROM ${table} WHERE meter = $1 LIMIT 1`, meter)).length > 0) return true;
  }
  return false;
}

import type { Session } from "../database/types.js";
import { metersNamed } from "./findMeter.js";
import { installationOf, installationsAt } from "./installations.js";
import { type Meaning, oneMeaning } from "./oneMeaning.js";

/**
 * The usage point that somebody means: by its own name, or by the serial number or the number of a meter that is or was there.
 *
 * @throws UnknownMeterError, AmbiguousMeterError
 */
export async function findUsagePoint(session: Session, asked: string): Promise<string> {
  const meanings: Meaning<string>[] = [];
  if ((await installationsAt(session, asked)).length > 0) {
    meanings.push({ value: asked, what: `the usage point ${asked}` });
  }
  for (const { value, what } of await metersNamed(session, asked)) {
    const place = await installationOf(session, value);
    if (place !== undefined)
      meanings.push({ value: place.usagePoint, what: `${what}, at ${place.usagePoint}` });
  }
  return oneMeaning(asked, meanings);
}

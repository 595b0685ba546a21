import type { Session } from "../database/types.js";
import { installationOf, installationsAt } from "./installations.js";
import { meterOfSerial } from "./serials.js";

/** No usage point, serial number or number of a meter goes by this name. */
export class UnknownMeterError extends Error {
  override readonly name = "UnknownMeterError";
  constructor(readonly asked: string) {
    super(`${asked}: no usage point, serial number or number of a meter that the MDMS knows`);
  }
}

/**
 * The usage point that somebody means: by its own name, or by the serial number or the number of a meter that is or was there.
 *
 * @throws UnknownMeterError
 */
export async function findUsagePoint(session: Session, asked: string): Promise<string> {
  if ((await installationsAt(session, asked)).length > 0) return asked;
  const meter =
    (await meterOfSerial(session, asked)) ?? (/^[1-9]\d{0,9}$/u.test(asked) ? Number(asked) : undefined);
  const place = meter === undefined ? undefined : await installationOf(session, meter);
  if (place === undefined) throw new UnknownMeterError(asked);
  return place.usagePoint;
}

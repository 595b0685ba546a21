import type { Session } from "../database/types.js";

/** Notes the serial number of a meter, by its number on the chain. */
export async function putSerial(session: Session, meter: number, serial: string): Promise<void> {
  await session.run(
    "INSERT INTO serials (meter, serial) VALUES ($1, $2) ON CONFLICT (meter) DO UPDATE SET serial = excluded.serial",
    meter,
    serial,
  );
}

/** The meter of a serial number; undefined if it is unknown. */
export async function meterOfSerial(session: Session, serial: string): Promise<number | undefined> {
  const [row] = await session.all<{ meter: number }>("SELECT meter FROM serials WHERE serial = $1", serial);
  return row?.meter;
}

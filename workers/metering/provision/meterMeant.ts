import { existsSync } from "node:fs";
import { openExisting } from "../mdms/database/openExisting.js";
import { isPostgres } from "../mdms/database/isPostgres.js";
import { installationsAt } from "../mdms/store/installations.js";
import { type Meaning, meterNumberOf, oneMeaning } from "../mdms/store/oneMeaning.js";
import { folderDatabase } from "./folderDatabase.js";
import type { MeteringFiles } from "./layout.js";
import { readRecord } from "./utilityRecord.js";

/**
 * The meter of a folder that somebody means, by serial number, number or usage point. A usage point that had several meters, as
 * the record or the MDMS knows, means none of them.
 *
 * @throws UnknownMeterError, AmbiguousMeterError, ProvisionError
 */
export async function meterMeant(files: MeteringFiles, asked: string): Promise<number> {
  const meanings = new Map<string, Meaning<number>>();
  const add = (value: number, what: string): void => void meanings.set(what, { value, what });
  const meters = readRecord(files.record)?.meters ?? [];
  for (const { meter, serial } of meters) {
    if (serial === asked) add(meter, `meter ${meter}, of that serial number`);
  }
  const number = meterNumberOf(asked);
  if (number !== undefined) add(number, `meter ${number}`);
  const there = meters.filter(({ usagePoint }) => usagePoint === asked).map(({ meter }) => meter);
  // A serial number or a number needs no database.
  if (there.length > 0 || meanings.size === 0) there.push(...(await installedAt(files, asked)));
  for (const meter of there) add(meter, `meter ${meter}, of that usage point`);
  return oneMeaning(asked, [...meanings.values()]);
}

/** The meters that the folder's MDMS has at a usage point, now or once. */
async function installedAt(files: MeteringFiles, usagePoint: string): Promise<number[]> {
  const where = folderDatabase(files);
  if (!isPostgres(where) && !existsSync(where)) return [];
  const database = await openExisting(where);
  try {
    return (await installationsAt(database, usagePoint)).map(({ meter }) => meter);
  } finally {
    await database.close();
  }
}

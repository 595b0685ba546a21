import { existsSync, readFileSync } from "node:fs";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { FleetStore } from "../meter/fleetStore.js";
import type { Database } from "../mdms/database/types.js";
import { installMeter } from "../mdms/store/installations.js";
import { moveIn, occupanciesOf } from "../mdms/store/occupancies.js";
import { putSerial } from "../mdms/store/serials.js";
import { checkMeters, livesThere } from "./checkMeters.js";
import { drawIdentities } from "./drawIdentities.js";
import { ProvisionError } from "./errors.js";
import type { MeteringFiles } from "./layout.js";
import type { ListedMeter } from "./readMeterList.js";
import { secretIn, writePrivate } from "./secretFiles.js";
import { storeIdentities } from "./storeIdentities.js";
import { type RecordedMeter, type UtilityRecord, writeRecord } from "./utilityRecord.js";

/** Meters whose keys are drawn and stored together. */
const AT_ONCE = 100;

/**
 * Provisions the meters of a list that are not in the record yet: identity keys into the meters' store, salts into the
 * record, hashed identities onto the chain, credentials, installations and move-ins. The keys are kept before anything is
 * sent; killed anywhere, the next call goes on. A meter in stock is not installed.
 *
 * @param metering connected to the utility's account.
 * @param mdms address of the MDMS's identity key.
 * @param since when they were installed, unix seconds.
 * @param progress told how many of how many are done.
 * @returns how many were added.
 * @throws MeterListError if a meter cannot be installed or a customer cannot move in: nothing was drawn or sent.
 */
export async function addMeters(
  metering: Metering,
  files: MeteringFiles,
  record: UtilityRecord,
  database: Database,
  listed: readonly ListedMeter[],
  mdms: string,
  since: number,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<number> {
  const known = new Set(record.meters.map(({ serial }) => serial));
  const fresh = listed.filter(({ serial }) => !known.has(serial));
  const begun = record.meters.filter(({ done }) => !done);
  const total = begun.length + fresh.length;
  await checkMeters(database, record.meters, fresh, since);
  const store = new FleetStore(files.meters, secretIn(files.metersPassword));
  try {
    if (begun.length > 0) await finish(metering, files, record, database, begun);
    for (let at = 0; at < fresh.length; at += AT_ONCE) {
      const batch = await draw(metering, files, record, store, fresh.slice(at, at + AT_ONCE), mdms, since);
      await finish(metering, files, record, database, batch);
      progress(begun.length + at + batch.length, total);
    }
  } finally {
    store.close();
  }
  return total;
}

/** Draws identities, under the numbers that the chain will give them: the keys, then the record. */
async function draw(
  metering: Metering,
  files: MeteringFiles,
  record: UtilityRecord,
  store: FleetStore,
  batch: readonly ListedMeter[],
  mdms: string,
  since: number,
): Promise<RecordedMeter[]> {
  const first = Number(await metering.meterCount()) + 1;
  const drawn = drawIdentities(batch.map(({ serial }) => serial));
  for (const [i, { saltedId, identityKey }] of drawn.entries()) {
    store.saveMemory({
      meter: first + i,
      saltedId,
      identityKey,
      mdms,
      registered: false,
      since,
      registerWh: 0,
      lastTime: 0,
      session: undefined,
      nextSession: undefined,
      epoch: undefined,
    });
  }
  store.commit();
  const added = batch.map(({ serial, usagePoint, customer }, i): RecordedMeter => {
    const { salt, hid } = drawn[i]!;
    return { serial, usagePoint, customer, salt, hid, meter: first + i, since, done: false };
  });
  record.meters.push(...added);
  writeRecord(files.record, record);
  return added;
}

/** What follows the drawing; each step may have been done before. */
async function finish(
  metering: Metering,
  files: MeteringFiles,
  record: UtilityRecord,
  database: Database,
  meters: RecordedMeter[],
): Promise<void> {
  const stored = await Promise.all(meters.map(async ({ hid }) => Number(await metering.meterOf(hid))));
  const left = meters.filter((_, i) => stored[i] === 0);
  const numbers = await storeIdentities(
    metering,
    left.map(({ hid }) => hid),
  );
  for (const [i, { serial, meter }] of left.entries()) {
    if (numbers[i] !== meter) {
      throw new ProvisionError(
        `${serial}: became meter ${numbers[i]}, not ${meter}; does another provision too?`,
      );
    }
  }
  issue(files, meters);
  for (const { meter, serial, usagePoint, customer, since } of meters) {
    await putSerial(database, meter, serial);
    // In stock: `metering exchange` installs it.
    if (usagePoint === "") continue;
    await installMeter(database, meter, usagePoint, since);
    if (customer === "") continue;
    const lived = await occupanciesOf(database, usagePoint);
    // Killed after they had moved in, and moved out since: the next call does not bring them back.
    const noted = lived.some((one) => one.customer === customer && one.since === since);
    if (!noted && !livesThere(lived.at(-1), customer)) await moveIn(database, usagePoint, customer, since);
  }
  for (const meter of meters) meter.done = true;
  writeRecord(files.record, record);
}

/** Broker credentials; one whose password was not kept is issued anew. */
function issue(files: MeteringFiles, meters: readonly RecordedMeter[]): void {
  const passwords = existsSync(files.metersBrokerPasswords)
    ? (JSON.parse(readFileSync(files.metersBrokerPasswords, "utf8")) as Record<string, string>)
    : {};
  const names = meters.map(({ meter }) => String(meter)).filter((name) => passwords[name] === undefined);
  const issued = new Credentials(files.credentials).issue(names);
  writePrivate(
    files.metersBrokerPasswords,
    `${JSON.stringify({ ...passwords, ...Object.fromEntries(issued) })}\n`,
  );
}

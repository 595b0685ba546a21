import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Signer } from "ethers";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { Metering } from "../../../../typechain-types/index.js";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import { installMeter } from "../../../../workers/metering/mdms/store/installations.js";
import { moveIn } from "../../../../workers/metering/mdms/store/occupancies.js";
import { putSerial } from "../../../../workers/metering/mdms/store/serials.js";
import { addMeters } from "../../../../workers/metering/provision/addMeters.js";
import { ProvisionError } from "../../../../workers/metering/provision/errors.js";
import { meteringFiles } from "../../../../workers/metering/provision/layout.js";
import { provision, type Provisioning } from "../../../../workers/metering/provision/provision.js";
import { type ListedMeter, MeterListError } from "../../../../workers/metering/provision/readMeterList.js";
import type { RecordedMeter, UtilityRecord } from "../../../../workers/metering/provision/utilityRecord.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const SINCE = 1_800_000;
const MDMS = `0x${"11".repeat(20)}`;

const listed = (serial: string, usagePoint: string, customer = ""): ListedMeter => ({
  serial,
  usagePoint,
  customer,
  place: `list:${serial}`,
});

const recorded = (serial: string, usagePoint: string, meter: number, done: boolean): RecordedMeter => ({
  serial,
  usagePoint,
  customer: "",
  salt: `0x${"00".repeat(32)}`,
  hid: `0x${"00".repeat(32)}`,
  meter,
  since: SINCE,
  done,
});

/** A chain that nobody may ask. */
const untouched = new Proxy({} as Metering, {
  get: () => {
    throw new Error("the chain was asked");
  },
});

describe("provisioning into what is no folder", () => {
  it("says so in a line, before anything is done", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "mine");
    const error = await provision(untouched, {} as Signer, { folder: file } as Provisioning).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ProvisionError);
    expect((error as Error).message).to.equal(`${file}: is a file; name a folder`);
  });
});

describe("provisioning of a list that contradicts what is known", () => {
  const files = meteringFiles(temporaryFolder());

  it("names the line before a key is drawn, and is as it was", async () => {
    const database = await openDatabase(":memory:");
    await putSerial(database, 1, "SN-1");
    await installMeter(database, 1, "P1", SINCE);
    await moveIn(database, "P1", "Ada", SINCE);
    await moveIn(database, "P2", "Bob", SINCE);
    const known = [recorded("SN-1", "P1", 1, true), recorded("SN-5", "P5", 5, true)];
    const record: UtilityRecord = {
      format: "gridproof-metering/1",
      chainId: "1",
      metering: MDMS,
      mdms: { id: "MDMS", salt: `0x${"00".repeat(32)}` },
      meters: [...known],
    };
    const add = async (since: number, ...meters: ListedMeter[]): Promise<unknown> =>
      await addMeters(
        untouched,
        files,
        record,
        database,
        [listed("SN-1", "P1"), ...meters],
        MDMS,
        since,
      ).catch((error: unknown) => error);
    for (const [line, since, said] of [
      [listed("SN-2", "P1"), SINCE, "list:SN-2: P1 had meter 1 at that time"],
      [listed("SN-2", "P1"), SINCE - 1, "list:SN-2: P1 had meter 1 at that time"],
      [listed("SN-2", "P2", "Eve"), SINCE, "list:SN-2: P2: Bob lived there at that time"],
      [listed("SN-2", "SN-5"), SINCE + 1, "list:SN-2: SN-5 is the serial number of a meter"],
      [listed("P5", "P3"), SINCE + 1, "list:P5: P5 is the name of a usage point"],
    ] as const) {
      const error = await add(since, listed("SN-9", "P9"), line);
      expect(error).to.be.instanceOf(MeterListError);
      expect((error as Error).message).to.equal(said);
    }
    await putSerial(database, 7, "SN-7");
    expect(String(await add(SINCE + 1, listed("SN-7", "P7")))).to.include(
      "list:SN-7: SN-7 is the serial number of meter 7 already",
    );
    expect(record.meters).to.deep.equal(known);
    expect(existsSync(files.record)).to.equal(false);
    expect(existsSync(files.meters)).to.equal(false);
    // One that is right reaches the chain.
    expect(String(await add(SINCE + 1, listed("SN-2", "P1", "Ada"), listed("SN-3", "")))).to.include(
      "the chain was asked",
    );
    await database.close();
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { describe, it } from "mocha";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import { openExisting } from "../../../../workers/metering/mdms/database/openExisting.js";
import { DatabaseForeignError } from "../../../../workers/metering/mdms/database/errors.js";
import { findMeter } from "../../../../workers/metering/mdms/store/findMeter.js";
import { findUsagePoint } from "../../../../workers/metering/mdms/store/findUsagePoint.js";
import { installMeter } from "../../../../workers/metering/mdms/store/installations.js";
import {
  AmbiguousMeterError,
  UnknownMeterError,
} from "../../../../workers/metering/mdms/store/oneMeaning.js";
import { putSerial } from "../../../../workers/metering/mdms/store/serials.js";
import { meteringFiles } from "../../../../workers/metering/provision/layout.js";
import { meterMeant } from "../../../../workers/metering/provision/meterMeant.js";
import { type UtilityRecord, writeRecord } from "../../../../workers/metering/provision/utilityRecord.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const SINCE = 1_800_000;
const error = async (work: Promise<unknown>): Promise<unknown> =>
  await work.catch((thrown: unknown) => thrown);

describe("names of meters and usage points", () => {
  const files = meteringFiles(temporaryFolder());
  const bytes32 = `0x${"00".repeat(32)}`;
  const meter = (number: number, serial: string, usagePoint: string): UtilityRecord["meters"][number] => {
    return {
      serial,
      usagePoint,
      customer: "",
      salt: bytes32,
      hid: bytes32,
      meter: number,
      since: 0,
      done: true,
    };
  };

  it("mean one thing, or are refused with all that they could be", async () => {
    const database = await openDatabase(files.mdmsDatabase);
    for (const number of [1, 2, 4]) await installMeter(database, number, `P${number}`, SINCE);
    await putSerial(database, 1, "SN-1");
    await putSerial(database, 4, "2");
    await putSerial(database, 9, "SN-9");
    expect(await findUsagePoint(database, "SN-1")).to.equal("P1");
    expect(await findUsagePoint(database, "1")).to.equal("P1");
    expect(await findUsagePoint(database, "P4")).to.equal("P4");
    const two = await error(findUsagePoint(database, "2"));
    expect(two).to.be.instanceOf(AmbiguousMeterError);
    expect(String(two)).to.include("meter 4, of that serial number, at P4 or meter 2, at P2");
    // A meter in stock is at no usage point; one that nobody provisioned is none.
    expect(await findMeter(database, "SN-9")).to.equal(9);
    expect(await findMeter(database, "9")).to.equal(9);
    for (const unknown of ["9999", "4294967299", "P1"]) {
      expect(await error(findMeter(database, unknown)), unknown).to.be.instanceOf(UnknownMeterError);
    }
    expect(await error(findUsagePoint(database, "SN-9"))).to.be.instanceOf(UnknownMeterError);
    await installMeter(database, 9, "P1", SINCE + 1_800);
    await database.close();
  });

  it("mean one meter to revoke, by the record and by what was exchanged since", async () => {
    writeRecord(files.record, {
      format: "gridproof-metering/1",
      chainId: "1",
      metering: bytes32,
      mdms: { id: "MDMS", salt: bytes32 },
      meters: [meter(1, "SN-1", "P1"), meter(4, "2", "P4"), meter(9, "SN-9", "")],
    });
    expect(await meterMeant(files, "SN-1")).to.equal(1);
    expect(await meterMeant(files, "9")).to.equal(9);
    expect(await meterMeant(files, "P4")).to.equal(4);
    expect(String(await error(meterMeant(files, "2")))).to.include(
      "meter 4, of that serial number or meter 2;",
    );
    expect(String(await error(meterMeant(files, "P1")))).to.include(
      "meter 1, of that usage point or meter 9,",
    );
    expect(await error(meterMeant(files, "P7"))).to.be.instanceOf(UnknownMeterError);
  });

  it("are not looked for in what is no database of an MDMS, which stays as it is", async () => {
    const folder = temporaryFolder();
    const queue = join(folder, "concentrator.sqlite");
    const other = new DatabaseSync(queue);
    other.exec("CREATE TABLE queue (item TEXT)");
    other.close();
    const text = join(folder, "notes.txt");
    writeFileSync(text, "no database\n".repeat(100));
    for (const file of [queue, text]) {
      const before = readFileSync(file);
      expect(await error(openExisting(file))).to.be.instanceOf(DatabaseForeignError);
      expect(readFileSync(file).equals(before)).to.equal(true);
    }
    await (await openExisting(files.mdmsDatabase)).close();
  });
});

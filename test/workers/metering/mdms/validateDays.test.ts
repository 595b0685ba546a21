import { expect } from "chai";
import { describe, it } from "mocha";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import type { Database } from "../../../../workers/metering/mdms/database/types.js";
import { findingsOf } from "../../../../workers/metering/mdms/store/findings.js";
import { installMeter } from "../../../../workers/metering/mdms/store/installations.js";
import { intervalsOf, putInterval } from "../../../../workers/metering/mdms/store/intervals.js";
import { validateDays } from "../../../../workers/metering/mdms/vee/validateDays.js";

const HALF_HOUR = 1_800;
const DAY = 86_400;
const HOUR = 3_600;
const MONDAY = Date.UTC(2026, 0, 5) / 1_000;

async function measure(database: Database, usagePoint: string, n: number): Promise<void> {
  const interval = {
    usagePoint,
    tau: MONDAY + n * HALF_HOUR,
    energyWh: 100,
    quality: "measured" as const,
    meter: 1,
    registerWh: n * 100,
    method: undefined,
    errorWh: undefined,
  };
  await putInterval(database, interval, "the meter's report came");
}

describe("the validation of days that are over", () => {
  it("waits for the hour after midnight, does each day once, a few usage points at a time, and sees what came late", async () => {
    const database = await openDatabase(":memory:");
    for (const [i, point] of ["A", "B", "C"].entries()) {
      await installMeter(database, i + 1, point, MONDAY);
      for (let n = 1; n <= 60; n++) if (n !== 10) await measure(database, point, n);
    }
    const midnight = MONDAY + DAY;
    const at = (now: number, most = 2) => validateDays(database, HALF_HOUR, now, HOUR, most);
    const none = { points: 0, findings: 0, estimated: 0, left: 0 };
    expect(await at(midnight + HOUR - 1)).to.deep.equal({ points: 2, findings: 0, estimated: 0, left: 1 });
    await at(midnight + HOUR - 1);
    expect(await at(midnight + HOUR - 1)).to.deep.equal(none);

    expect(await at(midnight + HOUR)).to.deep.equal({ points: 2, findings: 2, estimated: 2, left: 1 });
    expect(await at(midnight + HOUR)).to.deep.equal({ points: 1, findings: 1, estimated: 1, left: 0 });
    expect(await at(midnight + HOUR)).to.deep.equal(none);
    const [estimate] = await intervalsOf(database, "A", MONDAY + 9 * HALF_HOUR, MONDAY + 10 * HALF_HOUR);
    expect(estimate).to.deep.include({ quality: "estimated", energyWh: 100 });

    // The report comes after all: the next day's round takes the finding back.
    await measure(database, "A", 10);
    for (let n = 61; n <= 96; n++) for (const point of ["A", "B", "C"]) await measure(database, point, n);
    expect(await at(midnight + DAY + HOUR, 3)).to.deep.equal({
      points: 3,
      findings: 2,
      estimated: 0,
      left: 0,
    });
    expect(await findingsOf(database, "A", MONDAY, MONDAY + DAY)).to.deep.equal([]);
    expect(await findingsOf(database, "B", MONDAY, MONDAY + DAY)).to.have.lengthOf(1);
    await database.close();
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import type { Database } from "../../../../workers/metering/mdms/database/types.js";
import { findingsOf } from "../../../../workers/metering/mdms/store/findings.js";
import { installMeter } from "../../../../workers/metering/mdms/store/installations.js";
import { intervalsOf, putInterval } from "../../../../workers/metering/mdms/store/intervals.js";
import { validateAndEstimate } from "../../../../workers/metering/mdms/vee/validateAndEstimate.js";
import { validateDays } from "../../../../workers/metering/mdms/vee/validateDays.js";

const HALF_HOUR = 1_800;
const DAY = 86_400;
const HOUR = 3_600;
const MONDAY = Date.UTC(2026, 0, 5) / 1_000;

/** Wh: nothing for 30 hours. */
const usedIn = (n: number): number => (n > 72 && n <= 132 ? 0 : 100);

async function measure(
  database: Database,
  usagePoint: string,
  n: number,
  energyWh = 100,
  registerWh = n * 100,
): Promise<void> {
  const interval = {
    usagePoint,
    tau: MONDAY + n * HALF_HOUR,
    energyWh,
    quality: "measured" as const,
    meter: 1,
    registerWh,
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

  it("keeps what it found once the week is over in which it looks again, where it began before that too", async () => {
    const database = await openDatabase(":memory:");
    await installMeter(database, 1, "A", MONDAY);
    // Nothing used for 30 hours from noon of the second day; the register jumps in the first half hour of the third day;
    // 16 intervals are missing around the end of the fourth day.
    let register = 0;
    for (let day = 1; day <= 12; day++) {
      for (let n = 48 * (day - 1) + 1; n <= 48 * day; n++) {
        register += usedIn(n) + (n === 97 ? 7 : 0);
        if (n <= 4 * 48 - 8 || n > 4 * 48 + 8) await measure(database, "A", n, usedIn(n), register);
      }
      await validateDays(database, HALF_HOUR, MONDAY + day * DAY + HOUR, HOUR, 10);
    }
    const found = await findingsOf(database, "A", MONDAY, MONDAY + 12 * DAY);
    const at = (n: number): number => MONDAY + n * HALF_HOUR;
    expect(found.map(({ kind, tau, intervals }) => [kind, tau, intervals])).to.deep.equal([
      ["register", at(97), 1],
      ["zeros", at(132), 60],
      ["gap", at(200), 16],
    ]);
    // The estimate of a gap that the week's border cuts is not taken back for a worse one.
    const estimates = await intervalsOf(database, "A", at(184), at(200));
    expect(estimates).to.have.lengthOf(16);
    for (const { method } of estimates) expect(method).to.match(/\+register$/u);
    expect(estimates.reduce((sum, { energyWh }) => sum + energyWh, 0)).to.equal(1_600);
    await database.close();
  });

  it("sees no gap where it begins between two intervals", async () => {
    const database = await openDatabase(":memory:");
    await installMeter(database, 1, "A", MONDAY);
    for (let n = 1; n <= 96; n++) if (n !== 20) await measure(database, "A", n);
    const vee = await validateAndEstimate(database, "A", MONDAY + 700, MONDAY + 2 * DAY + 700, HALF_HOUR);
    const gap = { kind: "gap", tau: MONDAY + 20 * HALF_HOUR, intervals: 1 };
    expect(vee.findings.map(({ kind, tau, intervals }) => ({ kind, tau, intervals }))).to.deep.equal([gap]);
    expect(vee).to.include({ estimated: 1, unestimated: 0 });
    await database.close();
  });
});

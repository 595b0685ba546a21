import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { describe, it } from "mocha";
import { plausibleReading } from "../../../../workers/metering/readings/plausible.js";
import { HouseholdFileError, readHousehold } from "../../../../workers/metering/readings/readHousehold.js";
import { replay } from "../../../../workers/metering/readings/replay.js";
import { sharedPath } from "../../../support/shared.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const HALF_HOUR = 1_800;
const at = (text: string): number => Date.parse(`${text}Z`) / 1_000;

/** Wh of each half hour of a year. */
const year = (seed: number): number[] =>
  Array.from({ length: 365 * 48 }, (_, i) => plausibleReading(seed, (i + 1) * HALF_HOUR, HALF_HOUR).usageWh);

describe("readings of households", () => {
  const folder = temporaryFolder();

  it("reads kWh to whole Wh, and leaves out what has no energy or came before", () => {
    const path = join(folder, "one.csv.gz");
    const rows = [
      "LCLid,tstp,energy(kWh/hh)",
      "M,2013-01-01 00:30:00, 0.2194 ",
      "M,2013-01-01 00:00:00.0000000,1",
      "M,2013-01-01 00:30:00, 9 ",
      "M,2013-01-01 01:00:00,Null",
    ];
    writeFileSync(path, gzipSync(`${rows.join("\r\n")}\n`));
    expect(readHousehold(path)).to.deep.equal([
      { time: at("2013-01-01T00:00:00"), usageWh: 1_000 },
      { time: at("2013-01-01T00:30:00"), usageWh: 219 },
    ]);
  });

  it("names the line that is no reading", () => {
    const path = join(folder, "two.csv");
    writeFileSync(path, "id,time,kWh\nM,2013-01-01 00:30:00,0.1\nM,yesterday,0.1\n");
    expect(() => readHousehold(path)).to.throw(
      HouseholdFileError,
      `two.csv:3: "M,yesterday,0.1" is no reading`,
    );
  });

  it("moves a window to now by whole weeks", () => {
    const start = at("2013-12-01T00:30:00");
    const readings = Array.from({ length: 31 * 48 }, (_, i) => ({ time: start + i * HALF_HOUR, usageWh: i }));
    for (const now of ["2026-11-21T09:30:00", "2026-11-22T00:00:00", "2026-02-28T23:30:00"]) {
      const end = at(now);
      const window = replay(readings, end, 96, HALF_HOUR);
      expect(window).to.have.lengthOf(96);
      expect(window.at(-1)!.time).to.equal(end);
      const before = readings.find(({ usageWh }) => usageWh === window[0]!.usageWh)!.time;
      expect((window[0]!.time - before) % (7 * 86_400)).to.equal(0);
    }
  });

  it("replays a real home's two days", function () {
    const path = sharedPath("data/london/MAC000002.csv.gz");
    if (path === undefined) {
      process.stdout.write("    skipped: ../shared/data/london is not here\n");
      this.skip();
    }
    const window = replay(readHousehold(path), at("2026-11-21T12:00:00"), 96, HALF_HOUR);
    expect(window.length).to.be.within(90, 96);
    expect(window.every(({ usageWh }) => Number.isInteger(usageWh) && usageWh >= 0)).to.equal(true);
  });

  it("draws the same plausible home again, of a sensible size", () => {
    expect(year(3)).to.deep.equal(year(3));
    const totals = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => year(seed).reduce((sum, wh) => sum + wh, 0) / 1e6);
    expect(new Set(totals).size).to.equal(totals.length);
    for (const megawattHours of totals) expect(megawattHours).to.be.within(1, 9);
  });
});

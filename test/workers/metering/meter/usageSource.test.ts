import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { householdSource } from "../../../../workers/metering/meter/usageSource.js";
import { ProgramConfigError } from "../../../../workers/program/readConfig.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const HALF_HOUR = 1_800;
const WEEK = 7 * 86_400;
const START = Date.parse("2013-01-01T00:30:00Z") / 1_000;

describe("households from files", () => {
  const folder = temporaryFolder();

  /** A folder with a home for each number of weeks; each half hour says in Wh which it is. */
  function homes(name: string, ...weeks: readonly number[]): string {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [index, count] of weeks.entries()) {
      const rows = Array.from({ length: (count * WEEK) / HALF_HOUR }, (_, i) => {
        const [day, time] = new Date((START + i * HALF_HOUR) * 1_000).toISOString().split(/[TZ]/u);
        return `H${index},${day} ${time!.slice(0, 8)},${(i / 1_000).toFixed(3)}`;
      });
      writeFileSync(join(path, `${index}.csv`), ["id,time,kWh", ...rows].join("\n"));
    }
    return path;
  }

  it("has a reading of each half hour for years to come, of the same weekday and time of day", () => {
    const source = householdSource(homes("two", 2, 9), HALF_HOUR);
    const first = Math.ceil(Date.now() / 1_000 / HALF_HOUR) * HALF_HOUR;
    for (const meter of [1, 2, 3]) {
      const seen = new Set<number>();
      for (let i = 0; i < 40 * 48; i++) {
        const time = first + i * HALF_HOUR;
        const index = source(meter, time)!;
        expect((time - (START + index * HALF_HOUR)) % WEEK).to.equal(0);
        expect(source(meter, time - 5 * 52 * WEEK), "before").to.not.equal(undefined);
        seen.add(index);
      }
      // Not one week alone: all that there is, and of the long one the end.
      expect(seen.size).to.equal(meter === 2 ? 5 * 336 : 2 * 336);
      if (meter === 2) expect(Math.min(...seen)).to.equal(4 * 336);
    }
  });

  it("adds half hours to hours", () => {
    const path = homes("hours", 1);
    const halves = householdSource(path, HALF_HOUR);
    const hours = householdSource(path, 2 * HALF_HOUR);
    const begin = Math.ceil(Date.now() / 3_600_000) * 3_600;
    for (let time = begin; time < begin + 2 * WEEK; time += 3_600)
      expect(hours(1, time)).to.equal(halves(1, time)! + halves(1, time - HALF_HOUR)!);
  });

  it("leaves missing what is missing", () => {
    const path = join(folder, "day");
    mkdirSync(path);
    const rows = [
      "id,time,kWh",
      "H,2013-01-01 00:30:00,0.1",
      "H,2013-01-01 01:30:00,0.2",
      "H,2013-01-01 02:00:00,0.3",
    ];
    writeFileSync(join(path, "home.csv"), rows.join("\n"));
    const later = START + 700 * WEEK;
    const at = [0, 1, 2, 3, 4].map((i) => later + i * HALF_HOUR);
    expect(at.map((time) => householdSource(path, HALF_HOUR)(1, time))).to.deep.equal([
      100,
      undefined,
      200,
      300,
      undefined,
    ]);
    expect([at[1]!, at[3]!].map((time) => householdSource(path, 2 * HALF_HOUR)(1, time))).to.deep.equal([
      undefined,
      500,
    ]);
  });

  it("names a folder that is not there or holds nothing, and intervals that the files do not have", () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    for (const [path, seconds, said] of [
      [join(folder, "none"), HALF_HOUR, "none: there is no such folder"],
      [empty, HALF_HOUR, "empty: holds no household file"],
      [empty, 900, "intervalSeconds: 900: household files are of half hours"],
      [empty, 2_700, "intervalSeconds: 2700"],
    ] as const)
      expect(() => householdSource(path, seconds)).to.throw(ProgramConfigError, said);
  });
});

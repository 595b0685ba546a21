import { gunzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { estimateGap } from "../../../../workers/metering/mdms/vee/estimateGap.js";
import { heldOutError } from "../../../../workers/metering/mdms/vee/heldOutError.js";
import { findGaps, type Series } from "../../../../workers/metering/mdms/vee/series.js";
import { type Reading, validate } from "../../../../workers/metering/mdms/vee/validate.js";
import { sharedPath } from "../../../support/shared.js";

const HALF_HOUR = 1_800;
const DAY = 86_400;
const MODULUS = 65_536;
/** A Monday, midnight. */
const MONDAY = Date.UTC(2026, 0, 5) / 1_000;

/** Readings of one meter, one after another from Monday on. */
function readings(energies: readonly number[], meter = 1): Reading[] {
  let register = 0;
  return energies.map((energyWh, i) => {
    register += energyWh;
    return { tau: MONDAY + (i + 1) * HALF_HOUR, energyWh, meter, registerWh: register % MODULUS };
  });
}

function seriesOf(energies: readonly (number | undefined)[]): Series {
  const measured = new Map<number, number>();
  for (const [i, energy] of energies.entries()) {
    if (energy !== undefined) measured.set(MONDAY + (i + 1) * HALF_HOUR, energy);
  }
  return { intervalSeconds: HALF_HOUR, measured };
}

const at = (i: number): number => MONDAY + (i + 1) * HALF_HOUR;

const soundDay = Array.from({ length: 48 }, (_, i) => 100 + i);
const check = (list: readonly Reading[], days = 1): [string, number, number][] =>
  validate(list, HALF_HOUR, MONDAY, MONDAY + days * DAY, MODULUS).map(({ kind, tau, intervals }) => [
    kind,
    tau,
    intervals,
  ]);

/** Two days with a stretch of nothing. */
const zeros = (from: number, count: number): Reading[] =>
  readings(Array.from({ length: 96 }, (_, i) => (i >= from && i < from + count ? 0 : 100)));

describe("validation of intervals", () => {
  it("finds nothing in a sound day", () => {
    expect(check(readings(soundDay))).to.deep.equal([]);
  });

  it("finds gaps, at the edges too", () => {
    const list = readings(soundDay).filter((_, i) => i !== 0 && i !== 20 && i !== 21 && i !== 47);
    expect(check(list)).to.deep.equal([
      ["gap", at(0), 1],
      ["gap", at(21), 2],
      ["gap", at(47), 1],
    ]);
  });

  it("finds an interval that the register contradicts, and not what a meter exchange or a gap explains", () => {
    const list = readings(soundDay);
    const wrong = list.map((one, i) => (i === 10 ? { ...one, energyWh: one.energyWh + 1 } : one));
    expect(check(wrong)).to.deep.equal([["register", at(10), 1]]);
    const exchanged = list.map((one, i) =>
      i < 24 ? one : { ...one, meter: 2, registerWh: (i * 777) % MODULUS },
    );
    expect(check(exchanged.slice(0, 25))[0]?.[0]).to.equal("gap");
    const turned = readings(Array.from({ length: 48 }, () => 60_000));
    expect(check(turned)).to.deep.equal([]);
  });

  it("finds a spike by power and by the day's third highest interval", () => {
    const spiked = (value: number): Reading[] =>
      readings(soundDay.map((energy, i) => (i === 30 ? value : energy)));
    expect(check(spiked(5_000))).to.deep.equal([["spike", at(30), 1]]);
    expect(check(spiked(4_400))).to.deep.equal([]);
    const heavy = soundDay.map((_, i) => (i > 44 ? 3_000 : 100));
    expect(check(readings(heavy.map((energy, i) => (i === 30 ? 5_000 : energy))))).to.deep.equal([]);
  });

  it("finds a day without use, and not half of one", () => {
    expect(check(zeros(20, 48), 2)).to.deep.equal([["zeros", at(67), 48]]);
    expect(check(zeros(20, 47), 2)).to.deep.equal([]);
  });
});

describe("estimation of gaps", () => {
  it("lies on a line for two hours, and follows like days beyond", () => {
    const week = Array.from({ length: 14 * 48 }, (_, i) => 100 + (i % 48) * 10);
    const short = week.map((energy, i) => (i > 99 && i <= 103 ? undefined : energy));
    expect(estimateGap(seriesOf(short), { first: at(100), count: 4 }, undefined, MODULUS)).to.deep.equal({
      method: "linear",
      energyWh: [140, 150, 160, 170],
    });
    const long = week.map((energy, i) => (i >= 100 && i < 140 ? undefined : energy));
    const estimate = estimateGap(seriesOf(long), { first: at(100), count: 40 }, undefined, MODULUS);
    expect(estimate?.method).to.equal("like-day");
    expect(estimate?.energyWh).to.deep.equal(week.slice(100, 140));
  });

  it("adds up to what the register moved, also beyond a turn of its digits", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (energies, count) => {
          const hidden = energies.map((energy, i) => (i >= 50 && i < 50 + count ? undefined : energy));
          const total = energies.slice(50, 50 + count).reduce((sum, value) => sum + value, 0);
          const estimate = estimateGap(seriesOf(hidden), { first: at(50), count }, total % MODULUS, MODULUS);
          if (estimate === undefined) return count > 9;
          const sum = estimate.energyWh.reduce((all, value) => all + value, 0);
          expect(sum % MODULUS).to.equal(total % MODULUS);
          expect(estimate.energyWh.every((value) => Number.isInteger(value) && value >= 0)).to.equal(true);
          return estimate.method.endsWith("+register");
        },
      ),
    );
  });

  it("estimates nothing where nothing is near", () => {
    expect(estimateGap(seriesOf([]), { first: at(0), count: 1 }, undefined, MODULUS)).to.equal(undefined);
    expect(heldOutError(seriesOf([]), 1, false, MODULUS)).to.equal(undefined);
  });

  it("knows every gap", () => {
    const series = seriesOf([1, undefined, undefined, 4, undefined]);
    expect(findGaps(series, MONDAY, at(4))).to.deep.equal([
      { first: at(1), count: 2 },
      { first: at(4), count: 1 },
    ]);
  });

  it("is nearer to a real household's use than yesterday's, and nearer still with the register", function () {
    const path = sharedPath("data/london/MAC000002.csv.gz");
    if (path === undefined) {
      process.stdout.write("    skipped: ../shared/data/london is not here\n");
      this.skip();
    }
    const energies = gunzipSync(readFileSync(path))
      .toString()
      .trim()
      .split("\n")
      .slice(1, 1 + 60 * 48)
      .map((row) => Math.round(Number(row.split(",")[2]) * 1_000));
    const series = seriesOf(energies);
    for (const count of [12, 48]) {
      const plain = heldOutError(series, count, false, MODULUS)!;
      const withRegister = heldOutError(series, count, true, MODULUS)!;
      const naive = energies.slice(48).map((energy, i) => Math.abs(energy - energies[i]!));
      const yesterday = naive.reduce((sum, value) => sum + value, 0) / naive.length;
      expect(plain, `${count} intervals`).to.be.lessThan(yesterday);
      expect(withRegister, `${count} intervals`).to.be.lessThan(plain);
    }
  });
});

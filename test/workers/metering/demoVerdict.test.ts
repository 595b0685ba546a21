import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { compareStored } from "../../../workers/metering/demo/compareStored.js";
import { findLost } from "../../../workers/metering/demo/findLost.js";
import type { MeteringResult, Refused } from "../../../workers/metering/demo/types.js";
import { openDatabase } from "../../../workers/metering/mdms/database/openDatabase.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const refusals: readonly Refused[] = [
  { meter: "A", attack: "replayed", reason: "Duplicate" },
  { meter: "B", attack: "forged", reason: "BadSignature" },
  { meter: "C", attack: "too old", reason: "Stale" },
  { meter: "D", attack: "tampered", reason: "HashMismatch" },
];
const sound: MeteringResult = {
  meters: 4,
  reportsSent: 10,
  reportsStored: 10,
  refused: refusals,
  energyWhSent: 5,
  energyWhStored: 5,
  homesThatDiffer: [],
  transactions: 1,
  gasPerReport: 1,
  sessions: 1,
  epochs: 1,
  messages: 1,
  seconds: 1,
};

describe("the verdict of a metering demo", () => {
  const folder = temporaryFolder();
  const times = [1_800, 3_600, 5_400];
  let made = 0;

  /** Homes that are found to differ, where one measured 5, 6 and 7 Wh and this is stored and was sent. */
  async function differing(
    stored: Readonly<Record<number, number>>,
    sent: readonly number[] = times,
  ): Promise<unknown> {
    const database = await openDatabase(join(folder, `${made++}.sqlite`));
    try {
      for (const [tau, wh] of Object.entries(stored))
        await database.run(
          "INSERT INTO intervals (usage_point, tau, energy_wh, quality) VALUES ($1, $2, $3, 'measured')",
          "HOME",
          Number(tau),
          wh,
        );
      const measured = (time: number): number | undefined => [5, 6, 7][times.indexOf(time)];
      return await compareStored(
        database,
        [{ name: "HOME", file: undefined }],
        () => ({ measured, sent: new Set(sent) }),
        times,
      );
    } finally {
      await database.close();
    }
  }

  it("compares interval by interval, with what was sent", async () => {
    const all = { 1_800: 5, 3_600: 6, 5_400: 7 };
    const counts = { reportsSent: 3, reportsStored: 3, energyWhSent: 18, energyWhStored: 18 };
    expect(await differing(all)).to.deep.equal({ ...counts, homesThatDiffer: [] });
    // As much in all, in other intervals.
    expect(await differing({ 1_800: 6, 3_600: 5, 5_400: 7 })).to.deep.equal({
      ...counts,
      homesThatDiffer: ["HOME"],
    });
    expect(await differing({ 1_800: 5, 3_600: 6, 7_200: 7 })).to.deep.include({ homesThatDiffer: ["HOME"] });
    // Neither sent nor stored.
    expect(await differing({ 1_800: 5, 3_600: 6 }, [1_800, 3_600])).to.deep.equal({
      reportsSent: 2,
      reportsStored: 2,
      energyWhSent: 11,
      energyWhStored: 11,
      homesThatDiffer: ["HOME"],
    });
    // Stored, and never sent.
    expect(await differing(all, [1_800, 3_600])).to.deep.include({
      reportsSent: 2,
      homesThatDiffer: ["HOME"],
    });
  });

  it("wants each attack refused, for its own reason", () => {
    expect(findLost(sound)).to.equal(undefined);
    for (const [at, { attack, reason }] of refusals.entries()) {
      expect(findLost({ ...sound, refused: refusals.toSpliced(at, 1) })).to.equal(
        `the ${attack} report was not refused`,
      );
      const wrong = refusals.with(at, { meter: "A", attack, reason: "WrongEpoch" });
      expect(findLost({ ...sound, refused: wrong })).to.equal(
        `the ${attack} report was refused as WrongEpoch, not as ${reason}`,
      );
    }
  });

  it("says what is not as it was sent", () => {
    expect(findLost({ ...sound, reportsStored: 9 })).to.contain("10 reports were sent, 9 are stored");
    expect(findLost({ ...sound, homesThatDiffer: ["HOME"] })).to.contain("HOME");
    expect(findLost({ ...sound, energyWhStored: 4 })).to.contain("4 Wh are stored");
  });
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import { findLost } from "../../workers/metering/demo/findLost.js";
import type { MeteringResult } from "../../workers/metering/demo/types.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runTask } from "./runTask.js";

describe("metering demo", function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);

  it("carries every reading of some homes to the utility, and names why attacks are refused", async () => {
    const json = at("demo.json");
    const { stdout, error } = await runTask("metering demo", {
      meters: 6,
      days: 2,
      folder: at("left"),
      json,
    });
    expect(error).to.equal(undefined);
    const result = JSON.parse(readFileSync(json, "utf8")) as MeteringResult;
    expect(result.meters).to.equal(6);
    expect(result.reportsSent).to.be.within(6 * 90, 6 * 96);
    expect(result.reportsStored).to.equal(result.reportsSent);
    expect(result.energyWhStored).to.equal(result.energyWhSent);
    expect(result.homesThatDiffer).to.deep.equal([]);
    expect(result.refused.map(({ attack, reason }) => [attack, reason])).to.deep.equal([
      ["replayed", "Duplicate"],
      ["forged", "BadSignature"],
      ["too old", "Stale"],
      ["tampered", "HashMismatch"],
    ]);
    // How far it was, now and then.
    expect(stdout.match(/^ {2}\d+ of 96 half hours$/gmu)).to.deep.equal(
      [12, 24, 36, 48, 60, 72, 84, 96].map((done) => `  ${done} of 96 half hours`),
    );
    expect(stdout).to.contain("Every report that was sent is stored once");

    const database = await openDatabase(at("left/mdms.sqlite"));
    const [sum] = await database.all<{ wh: number; n: number }>(
      "SELECT sum(energy_wh) AS wh, count(*) AS n FROM intervals WHERE quality = 'measured'",
    );
    expect(sum).to.deep.equal({ wh: result.energyWhSent, n: result.reportsSent });
    await database.close();
  });

  it("loses nothing where an epoch ends with the play", async () => {
    const json = at("day.json");
    const { error } = await runTask("metering demo", { meters: 4, days: 1, folder: at("day"), json });
    expect(error).to.equal(undefined);
    const result = JSON.parse(readFileSync(json, "utf8")) as MeteringResult;
    expect(result.reportsSent).to.be.within(4 * 45, 4 * 48);
    expect(findLost(result)).to.equal(undefined);
  });

  it("replaces what an earlier demo left, and nothing else", async () => {
    const own = at("own");
    const file = join(own, "mdms.sqlite");
    mkdirSync(own);
    writeFileSync(file, "precious");
    const { error } = await runTask("metering demo", { meters: 4, days: 1, folder: own });
    expect(error).to.contain("holds metering that no demo made");
    expect(readFileSync(file, "utf8")).to.equal("precious");
    expect(existsSync(join(own, "demo.json"))).to.equal(false);
  });
});

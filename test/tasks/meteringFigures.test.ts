import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { MeteringFigures } from "../../tasks/support/meteringFigureTables.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runTask } from "./runTask.js";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("metering figures", function suite() {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const run = async (options: object): Promise<{ found: MeteringFigures; page: string }> => {
    const [json, markdown] = [join(folder, "figures.json"), join(folder, "figures.md")];
    const { error } = await runTask("metering figures", { readings: 200, json, markdown, ...options });
    expect(error).to.equal(undefined);
    return {
      found: JSON.parse(readFileSync(json, "utf8")) as MeteringFigures,
      page: readFileSync(markdown, "utf8"),
    };
  };

  it("counts bits and storage by part, under the paper's, and times five meters", async () => {
    const { found, page } = await run({});
    expect(found.bits.own.total)
      .to.equal(1_264)
      .and.to.equal(sum(found.bits.own.parts.map(({ bits }) => bits)));
    expect(found.bits.paper.total).to.equal(512 + 513 + 257 + 64);
    expect(found.storage.bytes).to.equal(sum(found.storage.parts.map(({ bytes }) => bytes)));
    expect(found.storage.bytes).to.be.below(3_000);
    expect(found.times).to.have.length(5);
    for (const { reports, timestamp, encryption, signature, total } of found.times) {
      expect(reports).to.equal(200);
      for (const part of [timestamp, encryption, signature]) expect(part).to.be.greaterThan(0);
      expect(total).to.equal(timestamp + encryption + signature);
    }
    // Fixed header of two bytes of length, topic `report/5` with its length, packet's number.
    expect(found.framing.mqtt).to.equal(1 + 2 + (2 + 8) + 2);
    const london = existsSync(join(import.meta.dirname, "../../../shared/data/london"));
    expect(found.data).to.equal(london ? "London" : "plausible");
    for (const words of ["1,264", "1,346", "20.59", "158.06", "five households"].slice(0, london ? 5 : 4))
      expect(page).to.include(words);
  });

  it("says plainly that readings are drawn where there is no data", async () => {
    const { found, page } = await run({ folder: join(folder, "nothing") });
    expect(found.data).to.equal("plausible");
    expect(page).to.include("the readings are plausible ones, drawn");
  });

  it("refuses too few readings in one line", async () => {
    const { error } = await runTask("metering figures", { readings: 10 });
    expect(error).to.equal("--readings 10: expected at least 200");
  });
});

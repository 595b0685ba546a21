import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { validateXML } from "xmllint-wasm";
import { greenButton } from "../../../../workers/metering/mdms/export/greenButton.js";
import { usageCsv } from "../../../../workers/metering/mdms/export/usageCsv.js";
import type { Interval } from "../../../../workers/metering/mdms/store/intervals.js";
import { sharedPath } from "../../../support/shared.js";

const HALF_HOUR = 1_800;
const START = Date.UTC(2026, 0, 5, 22) / 1_000;

const intervals: Interval[] = [100, 0, 250, 40, 60, 70].map((energyWh, i) => ({
  usagePoint: "P 1 & <2>",
  tau: START + (i + 1) * HALF_HOUR,
  energyWh,
  quality: i === 2 || i === 4 ? "estimated" : "measured",
  meter: 7,
  registerWh: 1,
  method: i === 2 ? "linear+register" : i === 4 ? "like-day" : undefined,
  errorWh: i === 2 ? 12.34 : undefined,
}));

describe("exports of usage", () => {
  it("is CSV that a spreadsheet reads", () => {
    expect(usageCsv(intervals, HALF_HOUR).split("\n").slice(0, 4)).to.deep.equal([
      "start,end,energyWh,quality,method,errorWh",
      "2026-01-05T22:00:00Z,2026-01-05T22:30:00Z,100,measured,,",
      "2026-01-05T22:30:00Z,2026-01-05T23:00:00Z,0,measured,,",
      "2026-01-05T23:00:00Z,2026-01-05T23:30:00Z,250,estimated,linear+register,12.3",
    ]);
  });

  describe("as Green Button", () => {
    const xml = greenButton({ usagePoint: "P 1 & <2>", intervalSeconds: HALF_HOUR, intervals, at: START });

    it("is accepted by the published schema, and a broken one is not", async function () {
      this.timeout(60_000);
      const folder = sharedPath("schemas/green-button");
      if (folder === undefined) {
        process.stdout.write("    skipped: ../shared/schemas/green-button is not here\n");
        this.skip();
      }
      const file = (fileName: string): { fileName: string; contents: string } => ({
        fileName,
        contents: readFileSync(join(folder, fileName), "utf8"),
      });
      const lint = (contents: string) =>
        validateXML({
          xml: { fileName: "usage.xml", contents },
          schema: file("green-button.xsd"),
          preload: ["atom.xsd", "espi.xsd", "xml.xsd"].map(file),
        });
      const sound = await lint(xml);
      expect(sound.errors.map(({ message }) => message)).to.deep.equal([]);
      expect(sound.valid).to.equal(true);
      const broken = await lint(
        xml.replace("<duration>1800</duration>", "<duration>half an hour</duration>"),
      );
      expect(broken.valid).to.equal(false);
    });

    it("has a block for each day, every interval, and its quality", () => {
      expect(xml.match(/<IntervalBlock/gu)).to.have.lengthOf(2);
      expect([...xml.matchAll(/<value>(\d+)</gu)].map(([, value]) => Number(value))).to.deep.equal([
        100, 0, 250, 40, 60, 70,
      ]);
      expect([...xml.matchAll(/<quality>(\d+)</gu)].map(([, code]) => Number(code))).to.deep.equal([
        0, 0, 9, 0, 8, 0,
      ]);
    });

    it("names resources the same in every export, and each its own", () => {
      const ids = [...xml.matchAll(/<id>([^<]*)</gu)].map(([, id]) => id);
      expect(new Set(ids).size).to.equal(ids.length);
      const later = greenButton({ usagePoint: "P 1 & <2>", intervalSeconds: HALF_HOUR, intervals, at: 0 });
      expect([...later.matchAll(/<id>([^<]*)</gu)].map(([, id]) => id)).to.deep.equal(ids);
    });
  });
});

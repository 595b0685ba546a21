import { appendFileSync, copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { beforeEach, describe, it } from "mocha";
import { ingestFile } from "../../../../workers/operator/ingest/ingestFile.js";
import { listSources } from "../../../../workers/operator/ingest/listSources.js";
import { CHUNK_BYTES } from "../../../../workers/operator/ingest/readNewLines.js";
import type { IngestContext } from "../../../../workers/operator/ingest/types.js";
import { watchSource } from "../../../../workers/operator/ingest/watchSource.js";
import { countMeasurements, measurementOf } from "../../../../workers/store/measurements.js";
import { openStore, type Store } from "../../../../workers/store/openStore.js";
import { latestProblems } from "../../../../workers/store/problems.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const genesis = Date.parse("2026-01-01T00:00:00Z") / 1000;
const HEADER = "time,meter,value,unit,quality,timezone\n";

const context: IngestContext = {
  meters: new Map([
    ["a", { index: 0, kind: "injection", own: true, rangeCounts: 2 ** 20 }],
    ["b", { index: 1, kind: "flowFrom", own: true, rangeCounts: 2 ** 20 }],
    ["theirs", { index: 2, kind: "flowFrom", own: false, rangeCounts: 2 ** 20 }],
  ]),
  rules: [{ firstSlot: 0, start: genesis, slotSeconds: 10, cutoffSlots: 3, commitSlots: 0 }],
  now: genesis,
  powerUnitKw: 1,
  maxAheadSeconds: 1e9,
};

const row = (slot: number, meter: string, value: number | string): string =>
  `${new Date((genesis + 10 * slot) * 1000).toISOString()},${meter},${value},kW,,\n`;

describe("ingestFile", () => {
  const folder = temporaryFolder();
  let store: Store;
  let path: string;
  let round = 0;
  beforeEach(() => {
    store = openStore(":memory:");
    mkdirSync(join(folder, String(++round)));
    path = join(folder, String(round), "readings.csv");
  });

  const ingest = (file = path): string[] =>
    ingestFile(store, file, context).problems.map((one) => `${one.line} ${one.code}`);

  it("reports each bad row by its line, once, and takes the others", () => {
    writeFileSync(
      path,
      HEADER +
        row(0, "a", 1) + // 2
        row(0, "a", 2) + // 3 duplicate
        row(0, "x", 1) + // 4 unknown
        row(0, "b", 1e9) + // 5 out of range
        "2026-01-01T00:00:03Z,b,1,kW,,\n" + // 6 misaligned
        "nonsense\n" + // 7 malformed
        "2026-01-01T00:00:00Z,b,1,kVA,,\n" + // 8 bad unit
        row(0, "theirs", 1) + // 9 foreign
        "2026-03-29T02:30:00,b,1,kW,,Europe/Berlin\n" + // 10
        "2026-10-25T02:30:00,b,1,kW,,Europe/Berlin\n" + // 11
        "\n" +
        row(0, "b", 7), // 13
    );
    const expected = [
      "3 duplicate",
      "4 unknownMeter",
      "5 outOfRange",
      "6 misaligned",
      "7 malformed",
      "8 badUnit",
      "9 foreignMeter",
      "10 nonexistentTime",
      "11 ambiguousTime",
    ];
    expect(ingest()).to.deep.equal(expected);
    expect(ingest()).to.deep.equal([]);
    expect(latestProblems(store, 99)).to.have.length(expected.length);
    expect(latestProblems(store, 99).at(-1)?.message).to.contain("readings.csv:2");
    expect(measurementOf(store, 0, "a")?.counts).to.equal(1);
    expect(measurementOf(store, 0, "b")).to.include({ counts: 7, path, line: 13 });
  });

  it("leaves a partial last line until it is whole", () => {
    writeFileSync(path, `${HEADER}${row(0, "a", 1)}2026-01-01T00:00:10Z,a,4`);
    expect(ingest()).to.deep.equal([]);
    expect(countMeasurements(store)).to.equal(1);
    appendFileSync(path, "2,kW,,\r\n");
    expect(ingest()).to.deep.equal([]);
    expect(measurementOf(store, 1, "a")).to.include({ counts: 42, line: 3 });
  });

  it("reads the same, however the file grows", () => {
    const whole = `\uFEFF${HEADER}${row(0, "a", 1)}${row(0, "b", 2)}oops\n${row(1, "a", 3)}${row(1, "a", 4)}`;
    const bytes = Buffer.from(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const grown = openStore(":memory:");
        rmSync(path, { force: true });
        const seen: string[] = [];
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), bytes.length]) {
          appendFileSync(path, bytes.subarray(from, to));
          from = to;
          seen.push(...ingestFile(grown, path, context).problems.map((one) => `${one.line} ${one.code}`));
        }
        expect(seen).to.deep.equal(["4 malformed", "6 duplicate"]);
        expect(countMeasurements(grown)).to.equal(3);
        grown.close();
      }),
      { numRuns: 30 },
    );
  });

  it("knows a file again after it was renamed or rewritten with more rows", () => {
    writeFileSync(path, HEADER + row(0, "a", 1));
    ingest();
    const renamed = join(folder, "renamed.csv");
    renameSync(path, renamed);
    appendFileSync(renamed, row(0, "b", 2));
    expect(ingest(renamed)).to.deep.equal([]);

    const replacement = join(folder, "replacement");
    copyFileSync(renamed, replacement);
    appendFileSync(replacement, row(1, "a", 3));
    renameSync(replacement, renamed);
    expect(ingest(renamed)).to.deep.equal([]);
    expect(countMeasurements(store)).to.equal(3);
  });

  it("reads a new file under an old name from its start", () => {
    writeFileSync(path, HEADER + row(0, "a", 1) + row(1, "a", 1));
    ingest();
    // Shorter, and longer with another beginning.
    writeFileSync(path, `time,meter,unit,value\n2026-01-01T00:00:20Z,a,kW,1\n`);
    expect(ingest()).to.deep.equal([]);
    writeFileSync(path, HEADER + row(3, "a", 1) + row(4, "a", 1) + row(5, "a", 1));
    expect(ingest()).to.deep.equal([]);
    expect(countMeasurements(store)).to.equal(6);
  });

  it("keeps rows and position together: what a crash undid is read again", () => {
    writeFileSync(path, HEADER + row(0, "a", 1));
    const failing = {
      ...context,
      meters: {
        get: (): never => {
          throw new Error("power cut");
        },
      } as unknown as IngestContext["meters"],
    };
    expect(() => ingestFile(store, path, failing)).to.throw("power cut");
    expect(countMeasurements(store)).to.equal(0);
    expect(ingest()).to.deep.equal([]);
    expect(countMeasurements(store)).to.equal(1);
  });

  it("says once what is wrong with a header, until the file is mended", () => {
    writeFileSync(path, `time,meter,value\n${row(0, "a", 1)}`);
    expect(ingest()).to.deep.equal(["1 malformed"]);
    appendFileSync(path, row(1, "a", 1));
    expect(ingest()).to.deep.equal([]);
    writeFileSync(path, HEADER + row(0, "a", 1) + row(1, "a", 1));
    expect(ingest()).to.deep.equal([]);
    expect(countMeasurements(store)).to.equal(2);
  });

  it("reads JSON lines by the same rules", () => {
    const lines = join(folder, "readings.jsonl");
    const time = "2026-01-01T00:00:00Z";
    writeFileSync(
      lines,
      [
        JSON.stringify({ time, meter: "a", value: 2, unit: "MW" }),
        "{",
        JSON.stringify({ time, meter: "b", value: null, quality: "missing" }),
        JSON.stringify({ time, meter: "b", value: -3, unit: "kW", quality: "suspect" }),
        "",
      ].join("\n"),
    );
    expect(ingest(lines)).to.deep.equal(["2 malformed"]);
    expect(measurementOf(store, 0, "a")?.counts).to.equal(2000);
    expect(measurementOf(store, 0, "b")).to.include({ counts: -3, quality: "suspect", line: 4 });
  });

  it("goes on after a line longer than it can hold, and reads files longer than one chunk", () => {
    const many = Array.from({ length: 40_000 }, (_, slot) => row(slot, "a", slot % 100)).join("");
    expect(many.length).to.be.above(CHUNK_BYTES);
    writeFileSync(path, HEADER + "x".repeat(CHUNK_BYTES + 5));
    expect(ingest()).to.deep.equal([]);
    appendFileSync(path, `\n${many}`);
    expect(ingest()).to.deep.equal(["2 malformed"]);
    expect(countMeasurements(store)).to.equal(40_000);
  });

  it("lists the measurement files of a folder by name, and wakes when one comes", async () => {
    const source = join(folder, "source");
    expect(listSources(source)).to.deep.equal([]);
    mkdirSync(source);
    const woken = new Promise<void>((resolve) => {
      const watching = watchSource(source, () => {
        watching.close();
        resolve();
      });
    });
    for (const name of ["b.CSV", "a.jsonl", ".hidden.csv", "c.csv.part", "notes.txt"]) {
      writeFileSync(join(source, name), "");
    }
    const alive = setInterval(() => undefined, 1000);
    await woken;
    clearInterval(alive);
    expect(listSources(source)).to.deep.equal([join(source, "a.jsonl"), join(source, "b.CSV")]);
    expect(listSources(path)).to.deep.equal([]);
  });
});

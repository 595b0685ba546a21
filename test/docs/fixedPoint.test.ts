import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { SlotLedger__factory } from "../../typechain-types/index.js";
import { readDoc, ROOT, section } from "./readDoc.js";

const METERS = 25_290;
const BUSES = 9_241;
const LINES = 16_049;

describe("docs/fixed-point.md", () => {
  const text = readDoc("docs/fixed-point.md");

  it("gives the constants as the contracts have them", () => {
    const sources = new Map(
      readdirSync(join(ROOT, "contracts"), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".sol"))
        .map((file) => [basename(file, ".sol"), readDoc(join("contracts", file))]),
    );
    const rows = [...section(text, "Constants").matchAll(/^\| `(\w+)\.(\w+)`\s+\| (.*?)\s*\|$/gmu)];
    expect(rows).to.have.length.above(10);
    for (const [, file, name, value] of rows) {
      const found = new RegExp(`constant ${name} = ([^;]*);`, "u").exec(sources.get(file!) ?? "");
      expect(found?.[1], `${file}.${name}`).to.equal(value);
    }
  });

  it("counts the bytes of a settlement of the reference size, below what a node takes", () => {
    const values = 3 * METERS;
    const angles = 5 * BUSES;
    const call = SlotLedger__factory.createInterface().encodeFunctionData("settle", [
      1,
      new Uint8Array(values),
      "0x",
      new Uint8Array(angles),
    ]);
    const bytes = (call.length - 2) / 2;
    expect(bytes).to.be.below(128 * 1024 - 1024);
    const left = Math.floor((129_500 - values - angles) / 5);
    const carried = section(text, "What a transaction carries").replaceAll(",", "");
    for (const figure of [values, angles, values + angles, bytes, left, 3 * 32_767 + 5 * 32_767]) {
      expect(carried).to.match(new RegExp(`\\b${figure}\\b`, "u"));
    }
  });

  it("counts the bytes of a version of the reference size", () => {
    const chords = LINES - (BUSES - 1);
    const [records, ranges, directory] = [
      32 * (BUSES + chords),
      wholeWords(3 * METERS),
      wholeWords(8 * METERS),
    ];
    const total = records + ranges + directory;
    const carried = section(text, "What a transaction carries").replaceAll(",", "");
    for (const figure of [records, ranges, directory, total, Math.ceil(total / 24_544)]) {
      expect(carried).to.match(new RegExp(`\\b${figure}\\b`, "u"));
    }
  });
});

/** Bytes filled up to whole words. */
function wholeWords(bytes: number): number {
  return 32 * Math.ceil(bytes / 32);
}

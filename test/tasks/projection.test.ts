import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { Compared } from "../../tasks/bench/projection.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runTask } from "./runTask.js";

describe("bench projection", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);

  it("runs the printed method for a case, and writes tables, plot and JSON", async () => {
    const { error, stdout } = await runTask("bench projection", {
      cases: ["ieee14"],
      operators: 2,
      markdown: at("page.md"),
      plot: at("plot.svg"),
      json: at("figures.json"),
    });
    expect(error).to.equal(undefined);
    const { cases } = JSON.parse(readFileSync(at("figures.json"), "utf8")) as { cases: Compared[] };
    expect(cases).to.have.length(1);
    const { projection, certificate } = cases[0]!;
    expect(projection.meters).to.equal(certificate.meters);
    expect(projection.store.bytes).to.be.above(8 * 34 * 34 + 16 * 13 * 13);
    for (const text of [stdout, readFileSync(at("page.md"), "utf8")]) {
      expect(text).to.include(projection.freivalds.gas.toLocaleString("en-US"));
      expect(text).to.include(certificate.version.toLocaleString("en-US"));
    }
    expect(readFileSync(at("page.md"), "utf8")).to.include("![Gas against meters](plot.svg)");
    expect(readFileSync(at("plot.svg"), "utf8")).to.match(/^<svg [^>]*xmlns=/u);
  });

  it("refuses, before it measures anything, what it cannot do", async () => {
    const folderless = await runTask("bench projection", { cases: ["ieee14"], plot: at("no/plot.svg") });
    expect(folderless.error).to.include("does not exist");
    const many = await runTask("bench projection", { cases: ["ieee14"], operators: 15 });
    expect(many.error).to.be.a("string");
    expect(existsSync(at("no"))).to.equal(false);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { demoReport } from "../../../workers/report/demoReport.js";
import { names, quietSlot, resultOf, tinyGrid } from "../demo/tinyDemo.js";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";

const falsified = quietSlot({
  slot: 9,
  event: "falsified",
  falsification: { meter: 4, errorKw: 16_000, identifiable: true },
  objective: 400,
  suspects: [{ meter: 4, normalisedResidual: 20, errorKw: 16_000 }],
  normalisedResiduals: Float64Array.from(tinyGrid.meters, (_, meter) => (meter === 4 ? 20 : 1)),
});
const incomplete = quietSlot({
  slot: 8,
  event: "silent",
  complete: false,
  gaps: [{ meter: 2, filledKw: undefined, exactKw: 3 }],
  objective: undefined,
  threshold: undefined,
});

describe("demoReport", () => {
  const html = demoReport(resultOf([quietSlot(), incomplete, falsified]));

  it("is one file that refers to nothing outside itself", () => {
    expect(html).to.match(/^<!doctype html>/);
    expect(html).not.to.match(/<(script|link|img|iframe)\b/i);
    expect(html).not.to.match(/\b(src|href)\s*=\s*"(?!#)/i);
    expect(html).not.to.match(/url\((?!#)/i);
    expect(html).not.to.match(/@import/i);
  });

  it("has a plot for objective, map, residuals, credits and gas, in the page's own colours", () => {
    const labels = [...html.matchAll(/<svg role="img" aria-label="([^"]+)"/g)].map(([, label]) => label);
    expect(labels).to.deep.equal([
      "Objective J of every slot against the threshold τ",
      "Map of ieee14",
      "Normalised residuals by meter",
      "Credits over slots by operator",
      "Gas per meter by slot",
    ]);
    expect(html).not.to.contain("#01020");
    expect(html).not.to.contain("NaN");
    expect(html).not.to.contain("undefined");
  });

  it("closes every element of its plots", () => {
    for (const tag of ["svg", "g", "text", "table", "tr", "section", "figure"]) {
      const opened = html.match(new RegExp(`<${tag}[ >]`, "g"))?.length;
      expect(html.match(new RegExp(`</${tag}>`, "g"))?.length, tag).to.equal(opened);
    }
  });

  it("points out the falsified meter in table, map and residuals", () => {
    const { id } = tinyGrid.meters[4]!;
    expect(html).to.contain(`<td class="alarm">${id} (20.0)</td>`);
    expect(html).to.match(new RegExp(`<text [^>]*fill="#d9443c"[^>]*>${id}  20.0</text>`));
    expect(html).to.match(new RegExp(`<text [^>]*fill="#d9443c">${id}</text>`));
  });

  it("leaves out the residuals where nothing was falsified, and says which checks failed", () => {
    const honest = demoReport(resultOf([quietSlot()], { checks: [{ claim: "a < b", held: false }] }));
    expect(honest).not.to.contain("Normalised residuals by meter");
    expect(honest).to.contain('<li class="failed">a &lt; b</li>');
  });

  it("escapes the names of a case", () => {
    const gridCase = { ...builtinCase("ieee14"), name: '<b>"case"</b>' };
    const named = demoReport(resultOf([quietSlot()], { demoGrid: prepareGrid(gridCase, names) }));
    expect(named).not.to.contain('<b>"case');
    expect(named).to.contain("&lt;b&gt;&quot;case&quot;&lt;/b&gt;");
  });
});

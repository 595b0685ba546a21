import { expect } from "chai";
import { describe, it } from "mocha";
import type { CoalitionFigures } from "../../../workers/incentives/describeCoalition.js";
import { MOST_BARS } from "../../../workers/report/coalitionsPlot.js";
import { coalitionsReport } from "../../../workers/report/coalitionsReport.js";

function coalition(members: readonly string[], distortionGain: number): CoalitionFigures {
  return {
    members,
    meters: 3,
    meterShare: 0.25,
    lambda: 0.01,
    distortionGain,
    attack: {},
    hiddenAttack: distortionGain > 0 ? { angles: { 7: 0.01 }, values: { F1: 3 } } : null,
    exposingMeters: distortionGain > 0 ? ["F1"] : [],
  };
}

describe("coalitionsReport", () => {
  it("shows each coalition as text, with what pays set off, and a plot", () => {
    const page = coalitionsReport({
      case: "a <grid>",
      anomalyPenalty: 30_000,
      operators: ["North & Co", "South"],
      coalitions: [coalition(["North & Co"], 7_200.4), coalition(["North & Co", "South"], -5)],
    });
    expect(page).to.include("a &lt;grid&gt;").and.to.include("North &amp; Co, South");
    expect(page)
      .to.match(/class="number alarm">7,200</u)
      .and.to.match(/class="number">-5</u);
    expect(page.match(/<svg role="img"/gu)).to.have.length(1);
    expect(page).to.include(">1+2<").and.to.include("1 North &amp; Co, 2 South");
    expect(page).to.not.match(/NaN|undefined|href|src=/u);
  });

  it("draws the largest gains where there are very many", () => {
    const operators = Array.from({ length: 60 }, (_, seat) => `O${seat + 1}`);
    const coalitions = operators.map((name, seat) => coalition([name], seat + 1));
    const page = coalitionsReport({ case: "x", anomalyPenalty: 1, operators, coalitions });
    expect(page).to.include(`The ${MOST_BARS} that gain most are drawn.`);
    const labels = [...page.matchAll(/<text[^>]*>(\d+)<\/text>/gu)].map((match) => Number(match[1]));
    expect(labels).to.include(60).and.not.to.include(19);
    expect(page).to.include(">O1<");
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import {
  CONCENTRATOR_ALERTS,
  MDMS_ALERTS,
  NETWORK_ALERTS,
  WORKER_ALERTS,
} from "../../workers/alerts/alertNames.js";
import { firstCells, readDoc, section } from "./readDoc.js";

describe("docs/alerts.md", () => {
  const text = readDoc("docs/alerts.md");

  it("names every alert of the worker, and no other", () => {
    expect(firstCells(section(text, "The worker")).sort()).to.deep.equal(Object.keys(WORKER_ALERTS).sort());
  });

  it("names every alert of the programs of metering, and no other", () => {
    const parts = section(text, "Household metering").split(/^### /mu);
    for (const [title, alerts] of [
      ["Concentrator", CONCENTRATOR_ALERTS],
      ["MDMS", MDMS_ALERTS],
    ] as const) {
      const part = parts.find((one) => one.startsWith(`${title}\n`))!;
      expect(firstCells(part).sort(), title).to.deep.equal(Object.keys(alerts).sort());
    }
  });

  it("names alerts of the network that there are", () => {
    if (!text.includes("\n## The network")) return;
    const all = Object.keys({ ...WORKER_ALERTS, ...NETWORK_ALERTS });
    expect(all).to.include.members(firstCells(section(text, "The network")));
  });
});

describe("docs/operator-worker.md: metrics", () => {
  it("has a row for every metric, and no other", () => {
    const files = ["workers/operator/monitor/workerMetrics.ts", "workers/alerts/alertGauge.ts"];
    const source = files.map(readDoc).join("");
    const made = [...source.matchAll(/"(gridproof_\w+)"/gu)].map((match) => match[1]!);
    const rows = firstCells(section(readDoc("docs/operator-worker.md"), "Metrics and health"));
    expect(rows.sort()).to.deep.equal(made.sort());
  });
});

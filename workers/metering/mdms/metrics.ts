import { Gauge, Registry } from "prom-client";
import type { Database } from "./database/types.js";
import { readProgress } from "./store/progress.js";
import { countReports } from "./store/reports.js";

/** The metrics of an MDMS, read from its database when they are asked for. docs/metering-programs.md has a row for each. */
export function mdmsMetrics(database: Database): Registry {
  const registry = new Registry();
  const block = new Gauge({
    name: "gridproof_mdms_block",
    help: "Number of the last block whose reports are stored.",
    registers: [],
    async collect() {
      this.set((await readProgress(database))?.number ?? 0);
    },
  });
  const reports = new Gauge({
    name: "gridproof_mdms_reports",
    help: "Reports, by what became of them.",
    labelNames: ["state"],
    registers: [],
    async collect() {
      this.reset();
      for (const [state, count] of Object.entries(await countReports(database))) this.set({ state }, count);
    },
  });
  registry.registerMetric(block);
  registry.registerMetric(reports);
  return registry;
}

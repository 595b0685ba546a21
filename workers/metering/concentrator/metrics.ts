import { Counter, Gauge, Registry } from "prom-client";
import type { Concentrator } from "./concentrator.js";

/** The metrics of a concentrator, read when they are asked for. docs/metering-programs.md has a row for each. */
export function concentratorMetrics(concentrator: Concentrator, connected: () => boolean): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: () => number): void => {
    const metric = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(value());
      },
    });
    registry.registerMetric(metric);
  };
  const total = (name: string, help: string, value: () => number): void => {
    const metric = new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
    registry.registerMetric(metric);
  };
  const { counts } = concentrator;
  gauge(
    "gridproof_concentrator_queue_waiting",
    "Items that wait for a transaction.",
    () => concentrator.length.waiting,
  );
  gauge(
    "gridproof_concentrator_queue_under_way",
    "Items in transactions that are not final.",
    () => concentrator.length.underWay,
  );
  gauge("gridproof_concentrator_lag_seconds", "Age of the oldest item that is not final.", () => {
    const { oldest } = concentrator.length;
    return oldest === undefined ? 0 : Math.max(0, Date.now() / 1_000 - oldest);
  });
  gauge(
    "gridproof_concentrator_broker_connected",
    "Whether there is a connection to the broker: 1 or 0.",
    () => Number(connected()),
  );
  total("gridproof_concentrator_messages_total", "Messages of meters that came.", () => counts.received);
  total("gridproof_concentrator_reports_accepted_total", "Reports that a block took.", () => counts.accepted);
  total("gridproof_concentrator_reports_final_total", "Reports that became final.", () => counts.final);
  total("gridproof_concentrator_transactions_total", "Transactions sent.", () => counts.batches);
  total("gridproof_concentrator_gas_total", "Gas that they used.", () => counts.gasUsed);
  total(
    "gridproof_concentrator_busy_total",
    "Messages that were turned away for a full queue.",
    () => counts.busy,
  );
  const refused = new Counter({
    name: "gridproof_concentrator_refused_total",
    help: "Reports and requests that were refused, by reason.",
    labelNames: ["reason"],
    registers: [],
    collect() {
      this.reset();
      for (const [reason, count] of counts.refused) this.inc({ reason }, count);
    },
  });
  registry.registerMetric(refused);
  return registry;
}

import { Gauge, type Registry } from "prom-client";
import type { AlertBook } from "./alertBook.js";
import type { AlertTable } from "./alertNames.js";

/**
 * Shows at `/metrics` how many alerts stand of each name.
 *
 * @param names those that the program can raise.
 */
export function addAlertGauge(registry: Registry, book: AlertBook, names: AlertTable): void {
  const gauge = new Gauge({
    name: "gridproof_alert",
    help: "Alerts of a name that stand; 0: none.",
    labelNames: ["alert"],
    registers: [],
    collect() {
      for (const name of Object.keys(names))
        this.set({ alert: name }, book.standing.filter((one) => one.name === name).length);
    },
  });
  registry.registerMetric(gauge);
}

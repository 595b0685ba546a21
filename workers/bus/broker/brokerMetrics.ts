import { Counter, Gauge, Registry } from "prom-client";
import type { Refusal } from "./openBroker.js";

/** The metrics of a broker. */
export class BrokerMetrics {
  readonly #registry = new Registry();
  readonly #refused = new Counter({
    name: "gridproof_broker_refused_total",
    help: "What clients may not do and tried, by reason.",
    labelNames: ["reason"],
    registers: [this.#registry],
  });
  readonly #dropped = new Counter({
    name: "gridproof_broker_dropped_total",
    help: "Messages kept for a client that is away, and dropped for newer ones.",
    registers: [this.#registry],
  });

  /** Counts a message that is kept no longer. */
  dropped(): void {
    this.#dropped.inc();
  }

  /** Counts a refusal. */
  refused({ reason }: Refusal): void {
    this.#refused.inc({ reason });
  }

  /** @param clients how many are connected, asked for each time. */
  registry(clients: () => number): Registry {
    const gauge = new Gauge({
      name: "gridproof_broker_clients",
      help: "Clients that are connected.",
      registers: [],
      collect() {
        this.set(clients());
      },
    });
    this.#registry.registerMetric(gauge);
    return this.#registry;
  }
}

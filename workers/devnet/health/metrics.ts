import { Counter, Gauge, Registry } from "prom-client";
import type { NetworkHealth, ValidatorHealth } from "./types.js";

/** A network's metrics, for Prometheus. Every name begins with `gridproof_`; units are in names and help texts. */
export interface NetworkMetrics {
  readonly registry: Registry;
  /** Takes in how the network stands now. */
  update(health: NetworkHealth): void;
}

/** Gauges of each validator: what cannot be seen has no value. */
const GAUGES: readonly (readonly [string, string, (one: ValidatorHealth) => number | null])[] = [
  [
    "running",
    "1 if the validator's node answers, 0 if not",
    ({ running }) => (running === null ? null : Number(running)),
  ],
  ["seals", "1 if the chain lets the validator seal, 0 if not", ({ seals }) => Number(seals)],
  ["height_blocks", "Number of the newest block of the validator's node", ({ height }) => height],
  ["peers", "Peers of the validator's node", ({ peers }) => peers],
  [
    "since_sealed_seconds",
    "Seconds since the time of the last block that the validator sealed",
    ({ secondsSinceSealed }) => secondsSinceSealed,
  ],
  [
    "since_sealed_blocks",
    "Blocks of the longest chain since the validator sealed one",
    ({ blocksSinceSealed }) => blocksSinceSealed,
  ],
  ["lag_seconds", "Seconds since the validator's newest block was due", ({ lagSeconds }) => lagSeconds],
  [
    "clock_offset_seconds",
    "Seconds by which the validator's clock is ahead of this machine's; below zero behind, or its blocks come late",
    ({ clockOffsetSeconds }) => clockOffsetSeconds,
  ],
];

/** The metrics of a network. */
export function networkMetrics(): NetworkMetrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["validator"];
  const gauges = GAUGES.map(([name, help, read]) => ({
    gauge: new Gauge({ name: `gridproof_validator_${name}`, help, labelNames, registers }),
    read,
  }));
  const sealed = new Counter({
    name: "gridproof_validator_sealed_blocks_total",
    help: "Blocks of the longest chain that the validator sealed, since the keeper looks",
    labelNames,
    registers,
  });
  const heads = new Gauge({
    name: "gridproof_network_heads",
    help: "Different newest blocks among the nodes that answer; 1 when all agree",
    registers,
  });
  const period = new Gauge({
    name: "gridproof_network_block_period_seconds",
    help: "Seconds from block to block, as the genesis block says",
    registers,
  });
  const observed = new Gauge({
    name: "gridproof_network_observed_timestamp_seconds",
    help: "Unix time at which the keeper looked last",
    registers,
  });
  const alerts = new Gauge({
    name: "gridproof_alert",
    help: "1 for each alert that stands, with the validator that it is about",
    labelNames: ["alert", "subject"],
    registers,
  });
  const recoveries = new Counter({
    name: "gridproof_deadlock_recoveries_total",
    help: "Deadlocks that the watchdog tried to mend, by outcome",
    labelNames: ["outcome"],
    registers,
  });
  return {
    registry,
    update: (health) => {
      for (const { gauge, read } of gauges) {
        gauge.reset();
        for (const one of health.validators) {
          const value = read(one);
          if (value !== null) gauge.set({ validator: one.name }, value);
        }
      }
      sealed.reset();
      for (const { name, sealedBlocks } of health.validators) sealed.inc({ validator: name }, sealedBlocks);
      heads.set(new Set(health.validators.map(({ headHash }) => headHash).filter(Boolean)).size);
      period.set(health.blockPeriodSeconds);
      observed.set(health.observedAt);
      alerts.reset();
      for (const { name, subject } of health.alerts) alerts.set({ alert: name, subject: subject ?? "" }, 1);
      recoveries.reset();
      recoveries.inc({ outcome: "mended" }, health.recoveries);
      recoveries.inc({ outcome: "failed" }, health.failedRecoveries);
    },
  };
}

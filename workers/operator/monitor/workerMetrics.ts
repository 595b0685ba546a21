import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AlertBook } from "../../alerts/alertBook.js";
import { addAlertGauge } from "../../alerts/alertGauge.js";
import { WORKER_ALERTS } from "../../alerts/alertNames.js";
import type { WorkerState } from "./types.js";

/** A gauge that is shown only while its value is known. */
interface UnknownGauge {
  readonly name: string;
  readonly metric: Gauge;
}

/** The metrics of an operator's worker. docs/operator-worker.md has a row for each. */
export class WorkerMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];

  readonly nodeUp = this.#gauge("gridproof_node_up", "Whether the node answers: 1 or 0.");
  readonly #height = this.#unknown("gridproof_chain_height_blocks", "Number of the latest block.");
  readonly #lag = this.#unknown(
    "gridproof_chain_lag_seconds",
    "Age of the latest block, by this machine's clock.",
  );
  readonly reorganisations = this.#counter(
    "gridproof_chain_reorganisations_total",
    "How often the chain turned to another branch.",
  );
  readonly deepest = this.#gauge(
    "gridproof_chain_reorganisation_deepest_blocks",
    "Most blocks that were taken back at once.",
  );
  readonly slotsUploaded = this.#counter(
    "gridproof_slots_uploaded_total",
    "Slots whose batch this worker got into a block.",
  );
  readonly slotsSettled = this.#counter(
    "gridproof_slots_settled_total",
    "Slots that the ledger settled or closed, by whosoever hand.",
  );
  readonly slotsEstimated = this.#counter(
    "gridproof_slots_estimated_total",
    "Estimates made, a slot's second one with more values included.",
  );
  readonly alarms = this.#counter("gridproof_slots_alarms_total", "Estimates with J above the threshold.");
  readonly #slotsDue = this.#unknown("gridproof_slots_due", "Slots past their cut-off that are not settled.");
  readonly #nextSlot = this.#unknown(
    "gridproof_next_slot",
    "Number of the slot that the ledger settles next.",
  );
  readonly transactions = new Gauge({
    name: "gridproof_transactions",
    help: "Transactions in the journal, by kind and state.",
    labelNames: ["kind", "state"],
    registers: this.#registers,
  });
  readonly #oldestPending = this.#unknown(
    "gridproof_transactions_oldest_pending_seconds",
    "Age of the oldest transaction that is in no block; 0 if there is none.",
  );
  readonly #balance = this.#unknown("gridproof_balance_wei", "Balance of the operator's account, wei.");
  readonly #credits = this.#unknown("gridproof_credits", "Credits of the operator.");
  readonly turns = new Histogram({
    name: "gridproof_turn_duration_seconds",
    help: "How long the worker's turns take, seconds.",
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
    registers: this.#registers,
  });
  readonly failedTurns = this.#counter("gridproof_turns_failed_total", "Turns that ended with an error.");
  readonly readingsTaken = this.#counter(
    "gridproof_readings_taken_total",
    "Rows of measurement files taken.",
  );
  readonly readingsRefused = new Counter({
    name: "gridproof_readings_refused_total",
    help: "Rows of measurement files not taken, by the code of the reason.",
    labelNames: ["code"],
    registers: this.#registers,
  });
  readonly #final = this.#unknown(
    "gridproof_chain_final_height_blocks",
    "Number of the latest final block; left out while there is none.",
  );

  /** @param alerts Whose alerts are shown. */
  constructor(alerts: AlertBook) {
    addAlertGauge(this.registry, alerts, WORKER_ALERTS);
    this.nodeUp.set(0);
  }

  /** Shows how everything stands. @param now Unix seconds. */
  show(state: WorkerState, now: number): void {
    this.#put(this.#height, state.height);
    this.#put(this.#lag, now - state.headTime);
    this.#put(this.#nextSlot, state.slots?.next);
    this.#put(this.#slotsDue, state.slots?.due);
    this.#put(this.#balance, Number(state.balanceWei));
    this.#put(this.#credits, Number(state.credits));
    this.#put(this.#oldestPending, state.oldestPendingSeconds);
    this.transactions.reset();
    for (const { kind, state: at, count } of state.transactions) {
      this.transactions.set({ kind, state: at }, count);
    }
    if (state.finalHeight !== undefined) this.#put(this.#final, state.finalHeight);
  }

  /** Shows a value, or leaves it out while it is not known: 0 would be false. */
  #put(gauge: UnknownGauge, value: number | undefined): void {
    if (value === undefined) {
      this.registry.removeSingleMetric(gauge.name);
      return;
    }
    gauge.metric.set(value);
    this.registry.registerMetric(gauge.metric);
  }

  /** A gauge that is left out until its value is known. */
  #unknown(name: string, help: string): UnknownGauge {
    return { name, metric: new Gauge({ name, help, registers: [] }) };
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: this.#registers });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: this.#registers });
  }
}

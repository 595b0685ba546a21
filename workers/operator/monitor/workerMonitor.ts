import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { AlertBook } from "../../alerts/alertBook.js";
import type { Alert, Finding } from "../../alerts/types.js";
import type { Finality } from "../../finality/types.js";
import { readStandingAlerts, saveStandingAlerts } from "../../store/standingAlerts.js";
import type { WorkerConfig } from "../config.js";
import { isNodeDown } from "../../chain/isNodeDown.js";
import { findAlerts } from "./findAlerts.js";
import { Lookout, type LookoutParts } from "./lookout.js";
import type { WorkerEvent, WorkerSight } from "./types.js";
import { WorkerMetrics } from "./workerMetrics.js";

/** How a turn ended. */
export interface TurnEnd {
  readonly seconds: number;
  /** What it threw, if it failed. */
  readonly error?: unknown;
  /** What the last whole turn saw; undefined while there was none. */
  readonly sight: WorkerSight | undefined;
}

/** Turns without an answer, in a row, after which the node is down: one may have been cut off by a restart. */
const DOWN_TURNS = 2;
/** Turns that fail for other reasons, in a row, after which a person should look. */
const FAILED_TURNS = 5;

/** What an alert about turns is about. */
const TURNS = "turns";

/** Watches a worker: counts what it does, looks around after its turns, and raises and clears the alerts. */
export class WorkerMonitor {
  readonly #parts: LookoutParts & { readonly logger: Logger };
  readonly #config: WorkerConfig;
  readonly #book: AlertBook;
  readonly #metrics: WorkerMetrics;
  readonly #lookout: Lookout;
  readonly #uploaded = new Set<number>();
  /** Turns in a row that failed, by reason. */
  #down = 0;
  #failed = 0;
  #downSince = 0;
  #nextSlot: number | undefined;
  #lookedAt = -Infinity;
  #deepest = 0;
  #lastMessage = "";

  constructor(parts: LookoutParts & { readonly logger: Logger }, config: WorkerConfig, finality?: Finality) {
    this.#parts = parts;
    this.#config = config;
    const standing = readStandingAlerts(parts.store);
    this.#book = new AlertBook(parts.logger, standing);
    for (const { name, subject, since } of standing) {
      if (name === "nodeDown") [this.#down, this.#downSince] = [DOWN_TURNS, since];
      if (subject === TURNS) this.#failed = FAILED_TURNS;
    }
    this.#metrics = new WorkerMetrics(this.#book);
    this.#lookout = new Lookout(parts, config, finality);
    this.#lookout.resume(standing);
  }

  /** The alerts that stand, oldest first. */
  get alerts(): readonly Alert[] {
    return this.#book.standing;
  }

  get metrics(): Registry {
    return this.#metrics.registry;
  }

  /** Counts what the worker tells. */
  readonly tell = (event: WorkerEvent): void => {
    const metrics = this.#metrics;
    switch (event.what) {
      case "readings":
        metrics.readingsTaken.inc(event.taken);
        for (const code of event.refused) metrics.readingsRefused.inc({ code });
        break;
      case "estimated":
        metrics.slotsEstimated.inc();
        if (event.alarm) metrics.alarms.inc();
        break;
      case "uploaded":
        // Included again after the chain turned, it is still one slot.
        if (!this.#uploaded.has(event.slot)) metrics.slotsUploaded.inc();
        this.#uploaded.add(event.slot);
        if (this.#uploaded.size > this.#config.keepSlots) this.#uploaded.delete([...this.#uploaded][0]!);
        break;
    }
  };

  /** Looks around after a turn. Never throws: what watches a worker does not stop it. */
  async turned({ seconds, error, sight }: TurnEnd): Promise<void> {
    try {
      this.#metrics.turns.observe(seconds);
      if (error !== undefined) this.#metrics.failedTurns.inc();
      await this.#judge(error, sight);
    } catch (problem) {
      const message = String(problem);
      if (message !== this.#lastMessage) {
        this.#parts.logger.warn({ reason: message }, "the worker cannot be watched");
      }
      this.#lastMessage = message;
    }
  }

  async #judge(error: unknown, sight: WorkerSight | undefined): Promise<void> {
    const now = this.#parts.clock.now();
    const down = error !== undefined && isNodeDown(error);
    if (down && this.#down === 0) this.#downSince = now;
    this.#down = down ? this.#down + 1 : 0;
    this.#failed = error === undefined || down ? 0 : this.#failed + 1;
    this.#metrics.nodeUp.set(down ? 0 : 1);
    const looking = error === undefined && sight !== undefined;
    const elapsed = 1000 * (now - this.#lookedAt);
    const waiting =
      this.#down + this.#failed > 0 || this.#holds("nodeDown") || this.#holds("repeatedFailures");
    if (looking && elapsed >= 0 && elapsed < this.#config.pollMilliseconds && !waiting) return;
    // What cannot be seen now is taken to be as it was.
    const findings: readonly Finding[] = looking
      ? await this.#look(sight, now)
      : this.#book.standing.filter(({ name, subject }) => name !== "nodeDown" && subject !== TURNS);
    const all = [...findings, ...this.#ofTurns(error, now)];
    if (this.#book.update(all, Math.floor(now))) {
      saveStandingAlerts(this.#parts.store, this.#book.standing);
    }
  }

  async #look(sight: WorkerSight, now: number): Promise<Finding[]> {
    this.#lookedAt = now;
    const state = await this.#lookout.look(sight);
    const metrics = this.#metrics;
    metrics.show(state, now);
    if (state.turned !== undefined) {
      metrics.reorganisations.inc();
      this.#deepest = Math.max(this.#deepest, state.turned.depth);
      metrics.deepest.set(this.#deepest);
    }
    if (this.#nextSlot !== undefined && state.nextSlot > this.#nextSlot) {
      metrics.slotsSettled.inc(state.nextSlot - this.#nextSlot);
    }
    this.#nextSlot = Math.max(state.nextSlot, this.#nextSlot ?? 0);
    return findAlerts(state, this.#config.alerts);
  }

  #ofTurns(error: unknown, now: number): Finding[] {
    const findings: Finding[] = [];
    if (this.#down >= DOWN_TURNS) {
      const seconds = Math.round(now - this.#downSince);
      const message = `the node has not answered for ${seconds} s`;
      findings.push({ name: "nodeDown", message, values: { failures: this.#down } });
    }
    if (this.#failed >= FAILED_TURNS) {
      const message = `${this.#failed} turns failed in a row: ${String(error)}`;
      findings.push({
        name: "repeatedFailures",
        subject: TURNS,
        message,
        values: { failures: this.#failed },
      });
    }
    return findings;
  }

  #holds(name: Alert["name"]): boolean {
    return this.#book.standing.some((alert) => alert.name === name);
  }
}

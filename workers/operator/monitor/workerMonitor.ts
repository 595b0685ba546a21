import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { AlertBook } from "../../alerts/alertBook.js";
import { FailedTurns } from "../../alerts/failedTurns.js";
import type { Alert, Finding } from "../../alerts/types.js";
import type { Finality } from "../../finality/types.js";
import { readStandingAlerts, saveStandingAlerts } from "../../store/standingAlerts.js";
import type { WorkerConfig } from "../config.js";
import { isNodeDown } from "../../chain/isNodeDown.js";
import { findAlerts, standsUnseen } from "./findAlerts.js";
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

/** Watches a worker: counts what it does, looks around after its turns, and raises and clears the alerts. */
export class WorkerMonitor {
  readonly #parts: LookoutParts & { readonly logger: Logger };
  readonly #config: WorkerConfig;
  readonly #book: AlertBook;
  readonly #metrics: WorkerMetrics;
  readonly #lookout: Lookout;
  readonly #uploaded = new Set<number>();
  readonly #turns = new FailedTurns();
  #nextSlot: number | undefined;
  #lookedAt = -Infinity;
  #deepest = 0;
  #lastMessage = "";

  constructor(parts: LookoutParts & { readonly logger: Logger }, config: WorkerConfig, finality?: Finality) {
    this.#parts = parts;
    this.#config = config;
    const standing = readStandingAlerts(parts.store);
    this.#book = new AlertBook(parts.logger, standing);
    this.#turns.resume(standing);
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
    const ofTurns = this.#turns.note(error, now);
    this.#metrics.nodeUp.set(error !== undefined && isNodeDown(error) ? 0 : 1);
    const looking = error === undefined && sight !== undefined;
    const elapsed = 1000 * (now - this.#lookedAt);
    const waiting = this.#turns.any || this.#holds("nodeDown") || this.#holds("repeatedFailures");
    if (looking && elapsed >= 0 && elapsed < this.#config.pollMilliseconds && !waiting) return;
    // What cannot be seen now is taken to be as it was.
    const findings: readonly Finding[] = looking
      ? await this.#look(sight, now)
      : this.#book.standing.filter((one) => !FailedTurns.isOfTurns(one));
    const all = [...findings, ...ofTurns];
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
    const next = state.slots?.next ?? this.#nextSlot;
    if (this.#nextSlot !== undefined && next !== undefined && next > this.#nextSlot) {
      metrics.slotsSettled.inc(next - this.#nextSlot);
    }
    if (next !== undefined) this.#nextSlot = Math.max(next, this.#nextSlot ?? 0);
    const found = findAlerts(state, this.#config.alerts);
    const unseen = this.#book.standing.filter(
      (one) => standsUnseen(one, state) && !found.some(({ name }) => name === one.name),
    );
    return [...found, ...unseen];
  }

  #holds(name: Alert["name"]): boolean {
    return this.#book.standing.some((alert) => alert.name === name);
  }
}

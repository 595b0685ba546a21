import type { Logger } from "pino";
import { Registry } from "prom-client";
import { AlertBook } from "../../alerts/alertBook.js";
import type { Alert } from "../../alerts/types.js";

/** Watches a worker: what it has measured, and the alerts that stand. */
export class WorkerMonitor {
  readonly metrics = new Registry();
  readonly #book: AlertBook;

  constructor(logger: Logger) {
    this.#book = new AlertBook(logger);
  }

  get alerts(): readonly Alert[] {
    return this.#book.standing;
  }
}

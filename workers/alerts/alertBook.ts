import type { AlertName } from "./alertNames.js";
import type { Alert, Finding } from "./types.js";

/** Where alerts are told; a pino logger is one. */
export interface AlertLog {
  warn(values: object, message: string): void;
  info(values: object, message: string): void;
}

/** The alerts that stand. Each is told once when it is raised and once when it is cleared. */
export class AlertBook {
  readonly #log: AlertLog;
  readonly #standing = new Map<string, Alert>();
  readonly #raised = new Map<AlertName, number>();

  /** @param standing What stood when the program last ran, if that was kept: it is not told again. */
  constructor(log: AlertLog, standing: readonly Alert[] = []) {
    this.#log = log;
    for (const alert of standing) this.#standing.set(keyOf(alert), alert);
  }

  /** Oldest first. */
  get standing(): readonly Alert[] {
    return [...this.#standing.values()];
  }

  /** How often each alert was raised since the program started. */
  get raised(): ReadonlyMap<AlertName, number> {
    return this.#raised;
  }

  /**
   * Takes what a look found: all that is wrong now. What was not there is raised, what is there no more is cleared;
   * what stands keeps its time and takes the new message and values.
   *
   * @param now Unix seconds.
   * @returns whether any was raised or cleared.
   */
  update(findings: readonly Finding[], now: number): boolean {
    let changed = false;
    const found = new Map(findings.map((one) => [keyOf(one), one]));
    for (const [key, alert] of this.#standing) {
      if (found.has(key)) continue;
      changed = true;
      this.#standing.delete(key);
      const { name, subject } = alert;
      this.#log.info({ alert: name, ...named(subject), seconds: now - alert.since }, "alert cleared");
    }
    for (const [key, finding] of found) {
      const before = this.#standing.get(key);
      this.#standing.set(key, { ...finding, since: before?.since ?? now });
      if (before !== undefined) continue;
      changed = true;
      const { name, subject, message, values } = finding;
      this.#raised.set(name, (this.#raised.get(name) ?? 0) + 1);
      this.#log.warn({ ...values, alert: name, ...named(subject), reason: message }, "alert raised");
    }
    return changed;
  }
}

function keyOf({ name, subject }: Finding): string {
  return `${name} ${subject ?? ""}`;
}

function named(subject: string | undefined): { readonly subject?: string } {
  return subject === undefined ? {} : { subject };
}

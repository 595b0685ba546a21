import type { Logger } from "pino";
import { AlertBook } from "../alerts/alertBook.js";
import { FailedTurns } from "../alerts/failedTurns.js";
import type { Finding } from "../alerts/types.js";

/** Seconds between looks while all is well. */
const LOOK_SECONDS = 5;

/** Unix seconds. */
function systemSeconds(): number {
  return Date.now() / 1_000;
}

/** Watches a program that works in turns: looks around after them, and raises and clears its alerts. */
export class ProgramMonitor {
  readonly book: AlertBook;
  readonly #logger: Pick<Logger, "info" | "warn">;
  readonly #look: () => Promise<readonly Finding[]>;
  readonly #now: () => number;
  readonly #turns = new FailedTurns();
  #lookedAt = -Infinity;
  #findings: readonly Finding[] = [];
  /** Looks in a row that failed, and what was said of them. */
  #blind = 0;
  #said = "";

  /**
   * @param look all that is wrong beside failing turns; may throw, which changes nothing.
   * @param now Unix seconds.
   */
  constructor(
    logger: Pick<Logger, "info" | "warn">,
    look: () => Promise<readonly Finding[]>,
    now: () => number = systemSeconds,
  ) {
    this.#logger = logger;
    this.#look = look;
    this.#now = now;
    this.book = new AlertBook(logger);
  }

  /**
   * Looks around after a turn. Never throws: what watches a program does not stop it.
   *
   * @param error what the turn threw; undefined if it did all.
   */
  readonly turned = async (error?: unknown): Promise<void> => {
    const now = this.#now();
    const ofTurns = this.#turns.note(error, now);
    const elapsed = now - this.#lookedAt;
    // A node that does not answer is not asked: each look would wait for it.
    if (!this.#turns.down && (elapsed < 0 || elapsed >= LOOK_SECONDS)) await this.#lookAgain(now);
    this.book.update([...this.#findings, ...ofTurns], Math.floor(now));
  };

  /** What cannot be seen now is taken to be as it was. */
  async #lookAgain(now: number): Promise<void> {
    try {
      this.#findings = await this.#look();
      this.#said = "";
      this.#blind = 0;
    } catch (problem) {
      const reason = String(problem);
      // One look that fails is what the next turn will fail of, and say.
      this.#blind++;
      if (this.#blind > 1 && !this.#turns.any && reason !== this.#said) {
        this.#said = reason;
        this.#logger.warn({ reason }, "the program cannot be watched");
      }
    }
    this.#lookedAt = now;
  }
}

import { isNodeDown } from "../chain/isNodeDown.js";
import { revertReason } from "../chain/revertReason.js";
import { messageOf } from "../errors/messageOf.js";
import type { Finding } from "./types.js";

/** Turns without an answer, in a row, after which the node is down: one may have been cut off by a restart. */
const DOWN_TURNS = 2;
/** Turns that fail for other reasons, in a row, after which a person should look. */
const FAILED_TURNS = 5;

/** What an alert about turns is about. */
const TURNS = "turns";

/** Counts the turns of a program that failed in a row, and finds what that means. */
export class FailedTurns {
  #down = 0;
  #failed = 0;
  #downSince = 0;

  /** Whether the last turn failed. */
  get any(): boolean {
    return this.#down + this.#failed > 0;
  }

  /** Whether the node did not answer in the last turn. */
  get down(): boolean {
    return this.#down > 0;
  }

  /** Whether a finding is one of turns. */
  static isOfTurns({ name, subject }: Finding): boolean {
    return name === "nodeDown" || subject === TURNS;
  }

  /** Goes on from alerts that stood when the program last ran, so that none is cleared only to be raised again. */
  resume(standing: readonly (Finding & { readonly since: number })[]): void {
    for (const { name, subject, since } of standing) {
      if (name === "nodeDown") [this.#down, this.#downSince] = [DOWN_TURNS, since];
      if (subject === TURNS) this.#failed = FAILED_TURNS;
    }
  }

  /**
   * Takes the end of a turn.
   *
   * @param error what it threw; undefined if it did all.
   * @param now Unix seconds.
   * @returns what is wrong with the turns.
   */
  note(error: unknown, now: number): Finding[] {
    const down = error !== undefined && isNodeDown(error);
    if (down && this.#down === 0) this.#downSince = now;
    this.#down = down ? this.#down + 1 : 0;
    this.#failed = error === undefined || down ? 0 : this.#failed + 1;
    const findings: Finding[] = [];
    if (this.#down >= DOWN_TURNS) {
      const seconds = Math.round(now - this.#downSince);
      const message = `the node has not answered for ${seconds} s`;
      findings.push({ name: "nodeDown", message, values: { failures: this.#down } });
    }
    if (this.#failed >= FAILED_TURNS) {
      const message = `${this.#failed} turns failed in a row: ${revertReason(error)?.message ?? messageOf(error)}`;
      findings.push({
        name: "repeatedFailures",
        subject: TURNS,
        message,
        values: { failures: this.#failed },
      });
    }
    return findings;
  }
}

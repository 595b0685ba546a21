/** Pauses that double with every failure in a row, up to a longest one; the first is as long as `first`. */
export class Backoff {
  #failures = 0;

  constructor(
    readonly first: number,
    readonly longest: number,
  ) {}

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes a failure. @returns the pause that follows it. */
  failed(): number {
    const pause = Math.min(this.first * 2 ** Math.min(this.#failures, 30), this.longest);
    this.#failures++;
    return pause;
  }

  succeeded(): void {
    this.#failures = 0;
  }
}

/**
 * A meter's clock: it is off by some seconds, and drifts by parts in a million. Every answer of the concentrator carries the
 * time, by which the meter sets its clock, by so much at most: who holds the concentrator could turn it otherwise.
 */
export class MeterClock {
  readonly #true: () => number;
  readonly #ppm: number;
  readonly #behind: () => number;
  #offset: number;
  #since: number;

  /**
   * @param now the true time, unix seconds.
   * @param offset s
   * @param behind seconds by which `now` is behind the concentrator's time: a meter that catches up with the present lives in the
   * past.
   */
  constructor(now: () => number, offset: number, ppm: number, behind: () => number = () => 0) {
    this.#true = now;
    this.#behind = behind;
    this.#offset = offset;
    this.#ppm = ppm;
    this.#since = now();
  }

  /** Whole unix seconds. */
  now(): number {
    return Math.floor(this.#reading());
  }

  /** Hears the time. */
  hear(time: number): void {
    const off = time - this.#behind() - this.#reading();
    if (Math.abs(off) <= TOLERANCE) return;
    const current = this.#true();
    this.#offset = this.#reading() - current + Math.max(-MOST_STEP, Math.min(MOST_STEP, off));
    this.#since = current;
  }

  #reading(): number {
    const current = this.#true();
    return current + this.#offset + ((current - this.#since) * this.#ppm) / 1e6;
  }
}

/** Seconds off that are nothing, and by which a clock is set at most at a time. */
const TOLERANCE = 2;
const MOST_STEP = 30;

import { appendFileSync, writeFileSync } from "node:fs";
import { slotValues } from "../../../workers/demo/slotValues.js";
import type { DemoGrid } from "../../../workers/demo/types.js";

const SEED = 1;
const LOOK_MILLISECONDS = 50;

/** Writes the readings of every slot, as it begins, into the operators' measurement files. */
export class Feeder {
  /** What was written: by slot, counts by meter. */
  readonly fed = new Map<number, readonly number[]>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param files Measurement file of each seat.
   * @param first The first slot that is fed.
   * @param startOf The start of a slot, unix seconds.
   */
  constructor(
    readonly demoGrid: DemoGrid,
    readonly files: readonly string[],
    readonly first: number,
    readonly startOf: (slot: number) => number,
  ) {
    for (const file of files) writeFileSync(file, "time,meter,value,unit\n");
    this.#timer = setInterval(() => this.#feedDue(), LOOK_MILLISECONDS);
  }

  /** The slot that was fed last. */
  get last(): number {
    return this.first + this.fed.size - 1;
  }

  /** Ends it. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #feedDue(): void {
    for (let slot = this.last + 1; 1000 * this.startOf(slot) <= Date.now(); slot++) {
      const values = slotValues(this.demoGrid, SEED, slot);
      const { metersBySeat, geometry } = this.demoGrid.records;
      const time = new Date(1000 * this.startOf(slot)).toISOString();
      let first = 0;
      for (const [seat, count] of metersBySeat.entries()) {
        const rows = this.demoGrid.meters
          .slice(first, first + count)
          .map(({ id }, i) => `${time},${id},${values[first + i]! * geometry.powerUnitKw},kW\n`);
        appendFileSync(this.files[seat]!, rows.join(""));
        first += count;
      }
      this.fed.set(slot, values);
    }
  }
}

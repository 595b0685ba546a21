import { expect } from "chai";
import * as fc from "fast-check";
import { before, describe, it } from "mocha";
import { STANDINGS } from "../../../workers/metering/chain/reasons.js";
import {
  type Deployed,
  deployMetering,
  outcome,
  reportOf,
  startMdms,
  startMeters,
  type TestMeter,
} from "./meteringFixture.js";

const HALF_HOUR = 1_800;

/** What a meter's intervals go through, kept as plain sets: slow, and plain to see. */
class SlowWindow {
  readonly taken = new Set<number>();
  newest = 0;

  submit(n: number): string {
    if (n <= 0) return "BeforeStart";
    if (n < this.newest - 32) return "Stale";
    if (this.taken.has(n)) return "Duplicate";
    this.taken.add(n);
    this.newest = Math.max(this.newest, n);
    return "None";
  }

  backfill(n: number): string {
    if (n <= 0) return "BeforeStart";
    if (this.taken.has(n)) return "Duplicate";
    if (n >= this.newest - 32) return "Recent";
    this.taken.add(n);
    return "None";
  }

  standing(n: number): string {
    if (n <= 0) return "None";
    if (this.taken.has(n)) return "Accepted";
    return n >= this.newest - 32 ? "Open" : "Missing";
  }
}

/** Batches of intervals relative to the newest: small steps mostly, now and then far ones, forward and back. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 3, arbitrary: fc.integer({ min: -40, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: -400, max: 400 }) },
  { weight: 2, arbitrary: fc.constantFrom(-34, -33, -32, -31, 31, 32, 33, 34, 35, 256, -256) },
);
const batch = fc.record({
  late: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 12 }),
});

describe("the window of intervals, against plain sets", () => {
  let f: Deployed;
  let meters: TestMeter[];
  let since: number;
  let used = 0;
  const RUNS = 25;

  before(async () => {
    f = await deployMetering();
    await startMdms(f);
    since = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR - 20_000 * HALF_HOUR;
    meters = await startMeters(f, RUNS, since);
  });

  it("takes no interval twice and loses none, whatever the order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 12 }), async (batches) => {
        const meter = meters[used++];
        if (meter === undefined) return;
        const slow = new SlowWindow();
        const accepted: number[] = [];
        for (const { late, steps } of batches) {
          // Where each report lies is known beforehand: the steps count from the newest before the batch.
          const intervals = steps.map((by) => slow.newest + by);
          const expected = intervals.map((n) => (late ? slow.backfill(n) : slow.submit(n)));
          const reports = intervals.map((n) => reportOf(f, meter, since + n * HALF_HOUR));
          const got = await outcome(f, reports, late ? "backfill" : "submit");
          expect(got.reasons).to.deep.equal(expected);
          accepted.push(...got.accepted.map(({ report }) => report.time));
        }
        expect(new Set(accepted)).to.have.property("size", accepted.length);
        expect(accepted).to.have.length(slow.taken.size);
        // What is left can still be brought, each by the call that its standing names.
        for (const n of [
          -1,
          0,
          1,
          2,
          slow.newest - 34,
          slow.newest - 33,
          slow.newest - 32,
          slow.newest - 1,
          slow.newest,
        ]) {
          const standing = await f.metering.standingOf(meter.meter, since + n * HALF_HOUR);
          expect(STANDINGS[Number(standing)], `interval ${n} of newest ${slow.newest}`).to.equal(
            slow.standing(n),
          );
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});

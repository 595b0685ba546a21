import * as fc from "fast-check";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { angleUnits, rowValues, versionEstimator } from "../../../workers/measurement/versionEstimator.js";

const value = fc.oneof(
  fc.integer({ min: -(2 ** 10), max: 2 ** 10 }),
  fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
  fc.constantFrom(0, 2 ** 23 - 1, -(2 ** 23)),
);
const angle = fc.oneof(
  fc.integer({ min: -(2 ** 20), max: 2 ** 20 }),
  fc.integer({ min: -(2 ** 30), max: 2 ** 30 }),
  fc.integer({ min: -(2 ** 39), max: 2 ** 39 - 1 }),
  fc.constantFrom(0, 2 ** 39 - 1, -(2 ** 39)),
);

/** How the angles come about: by the estimator, by the estimator and then a little off, or out of the blue. */
type Honesty = "honest" | "off" | "wild";

/** Values of every size, and angles honest or not, for any version. */
export const arbitrarySubmission = fc.record({
  values: fc.infiniteStream(value),
  angles: fc.infiniteStream(angle),
  offset: fc.infiniteStream(fc.integer({ min: -(2 ** 12), max: 2 ** 12 })),
  honesty: fc.constantFrom<Honesty>("honest", "off", "wild"),
});

/** The submission for one version: values by meter, angles by tree record. */
export function submissionFor(
  records: VersionRecords,
  made: typeof arbitrarySubmission extends fc.Arbitrary<infer T> ? T : never,
): { values: number[]; angles: number[] } {
  const { meters, roots } = records.geometry;
  const values = Array.from({ length: meters }, () => made.values.next().value as number);
  const wild = (): number[] =>
    records.tree.map((_, i) => (i < roots ? 0 : (made.angles.next().value as number)));
  if (made.honesty === "wild") return { values, angles: wild() };
  const { theta } = versionEstimator(records).estimate(rowValues(records, values));
  const honest = [...angleUnits(records, theta)];
  if (honest.some((a) => Math.abs(a) > 2 ** 38)) return { values, angles: wild() };
  if (made.honesty === "honest") return { values, angles: honest };
  return { values, angles: honest.map((a, i) => (i < roots ? 0 : a + (made.offset.next().value as number))) };
}

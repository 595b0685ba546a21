import type { MeteringPlan } from "../grid/types.js";

/** One operator's measurement file. */
export interface OperatorReadings {
  readonly operator: string;
  readonly rows: number;
  /** As an operator's worker reads it (docs/operator-worker.md). */
  readonly csv: string;
}

/**
 * Writes what meters read as the measurement files that workers take in, one for each operator.
 *
 * @param starts When each slot starts, unix seconds.
 * @param values For each slot one value for each meter, kW (PMU: radians).
 */
export function writeReadings(
  { meters }: Pick<MeteringPlan, "meters">,
  starts: readonly number[],
  values: readonly Float64Array[],
): OperatorReadings[] {
  const owners = [...new Set(meters.map(({ owner }) => owner))];
  return owners.map((operator) => {
    const rows = starts.flatMap((start, slot) => {
      const time = new Date(1000 * start).toISOString();
      return meters.flatMap(({ id, owner, kind }, meter) =>
        owner === operator ? [`${time},${id},${values[slot]![meter]!},${kind === "pmu" ? "rad" : "kW"}`] : [],
      );
    });
    return { operator, rows: rows.length, csv: `time,meter,value,unit\n${rows.join("\n")}\n` };
  });
}

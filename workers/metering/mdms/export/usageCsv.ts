import type { Interval } from "../store/intervals.js";

/** Intervals as CSV: start and end in ISO 8601, Wh, quality, and of an estimated one its method and error. */
export function usageCsv(intervals: readonly Interval[], intervalSeconds: number): string {
  const rows = intervals.map(({ tau, energyWh, quality, method, errorWh }) =>
    [
      isoTime(tau - intervalSeconds),
      isoTime(tau),
      energyWh,
      quality,
      method ?? "",
      errorWh === undefined ? "" : errorWh.toFixed(1),
    ].join(","),
  );
  return `${["start,end,energyWh,quality,method,errorWh", ...rows].join("\n")}\n`;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

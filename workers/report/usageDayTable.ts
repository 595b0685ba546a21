import type { UsageDay } from "../metering/mdms/dayOf.js";
import type { Interval } from "../metering/mdms/store/intervals.js";
import { table } from "./table.js";

/** Cells that the largest interval's bar has. */
const BAR = 40;

/** A day of a usage point as a table for a terminal, with a bar for each interval: full where measured, shaded where estimated. */
export function usageDayTable({ intervals, missing, replaced }: UsageDay): string {
  const most = Math.max(1, ...intervals.map(({ energyWh }) => energyWh));
  const before = new Map(replaced.map(({ tau, energyWh }) => [tau, energyWh]));
  const rows = [
    ...intervals.map((interval) => ({ tau: interval.tau, interval })),
    ...missing.map((tau) => ({ tau, interval: undefined })),
  ].sort((a, b) => a.tau - b.tau);
  return table(
    [
      { head: "until" },
      { head: "Wh", align: "right" },
      { head: "" },
      { head: "register", align: "right" },
      { head: "meter", align: "right" },
      { head: "was, Wh", align: "right" },
      { head: "how" },
    ],
    rows.map(({ tau, interval }) =>
      interval === undefined
        ? [clock(tau), undefined, "", undefined, undefined, before.get(tau), "missing"]
        : [
            clock(tau),
            interval.energyWh,
            bar(interval, most),
            interval.registerWh,
            interval.meter,
            before.get(tau),
            howOf(interval),
          ],
    ),
  );
}

/** How an interval came about, in words. */
export function howOf({ quality, method, errorWh }: Interval): string {
  if (quality === "measured") return "measured";
  return `estimated: ${method ?? "?"}${errorWh === undefined ? "" : ` ± ${errorWh.toFixed(0)} Wh`}`;
}

/** The time of day, `HH:MM`; the day's end is 24:00 only by its date, so 00:00. */
export function clock(tau: number): string {
  return new Date(tau * 1_000).toISOString().slice(11, 16);
}

function bar({ energyWh, quality }: Interval, most: number): string {
  return (quality === "measured" ? "█" : "░").repeat(Math.round((energyWh / most) * BAR));
}

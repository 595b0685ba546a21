import type { UsageDay } from "../metering/mdms/dayOf.js";
import { barPlot } from "./barPlot.js";
import { escapeHtml } from "./html.js";
import { colourKey, figure, htmlPage } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { grouped } from "./number.js";
import { categoryColour } from "./palette.js";
import { clock, howOf } from "./usageDayTable.js";

/** A day of a usage point as a page: a plot of its intervals, a table, what validation found. */
export function usageDayReport(day: UsageDay): string {
  const date = new Date(day.day * 1_000).toISOString().slice(0, 10);
  const title = `${day.usagePoint}, ${date}`;
  const plot = barPlot(
    day.intervals.map(({ tau, energyWh, quality }) => ({
      name: clock(tau),
      values: quality === "measured" ? [energyWh, 0] : [0, energyWh],
    })),
    ["measured", "estimated"],
    { y: "Wh", label: escapeHtml(`Energy of each interval of ${title}`), stacked: true },
  );
  const key = colourKey(["measured", "estimated"].map((name, i) => ({ name, colour: categoryColour(i) })));
  const findings = day.findings.map(({ tau, kind, detail }) => [clock(tau), kind, detail]);
  return htmlPage(
    title,
    `<p class="lead">${grouped(day.energyWh)} Wh in ${day.intervals.length} intervals, ${day.missing.length} missing. Times are in UTC.</p>`,
    [
      { heading: "Use", body: `${key}${figure(plot, "Energy of each interval, by its end.")}` },
      {
        heading: "Findings",
        body:
          findings.length === 0
            ? "<p>None.</p>"
            : htmlTable([{ head: "until" }, { head: "finding" }, { head: "what" }], findings),
      },
      {
        heading: "Intervals",
        body: htmlTable(
          [
            { head: "until" },
            { head: "Wh", align: "right" },
            { head: "register", align: "right" },
            { head: "how" },
          ],
          day.intervals.map((interval) => [
            clock(interval.tau),
            String(interval.energyWh),
            interval.registerWh === undefined ? "" : String(interval.registerWh),
            interval.quality === "measured"
              ? howOf(interval)
              : { text: howOf(interval), mark: "soft" as const },
          ]),
        ),
      },
    ],
    "GridProof, household metering",
  );
}

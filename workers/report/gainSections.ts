import type { IncentiveAnalysis } from "../incentives/analyseIncentives.js";
import type { GainPoint } from "../incentives/gainCurves.js";
import { barPlot } from "./barPlot.js";
import { type Section, colourKey, figure, paragraphs } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { boundsTable, deviationTable, gainTable } from "./incentiveTables.js";
import { linePlot } from "./linePlot.js";
import { grouped } from "./number.js";
import { categoryColour } from "./palette.js";

/** The part of an analysis that is about gains. */
export type GainFigures = Pick<
  IncentiveAnalysis,
  "operators" | "deviations" | "bounds" | "slots" | "terms"
> & {
  readonly curves: readonly GainPoint[];
};

/** The five terms. */
const series = ["own rewards", "own missing", "others' rewards", "others' missing", "anomaly"];

/** Expected gains, departures, and the conditions of withholding, as parts of a page. */
export function gainSections(figures: GainFigures): Section[] {
  const { deviations, bounds, slots } = figures;
  const gains = gainTable(figures);
  const departs = deviationTable(figures);
  const conditions = boundsTable(bounds);
  const intro =
    `Played on the same ${grouped(slots)} slots as the honest ones. Sharing everything is a Nash equilibrium as far as ` +
    "nothing here pays but blocking, which the cut-off must make impossible.";
  return [
    {
      heading: "Expected gain per slot",
      body: [
        colourKey(series.map((name, i) => ({ name, colour: categoryColour(i) }))),
        termsFigure(figures),
        htmlTable(gains.columns, gains.rows),
        curvesFigure(figures),
      ].join("\n"),
    },
    ...(deviations.length === 0
      ? []
      : [
          {
            heading: "Departing from the protocol alone",
            body: paragraphs([intro]) + htmlTable(departs.columns, departs.rows),
          },
        ]),
    { heading: "Withholding and blocking", body: htmlTable(conditions.columns, conditions.rows) },
  ];
}

function termsFigure({ operators }: GainFigures): string {
  const plot = barPlot(
    operators.map(({ name, terms }) => ({
      name,
      values: [terms.ownRewards, terms.ownMissing, terms.otherRewards, terms.otherMissing, terms.anomaly],
    })),
    series,
    { y: "credits a slot", label: "The five terms of each operator's expected gain", stacked: true },
  );
  return figure(plot, "The five terms of Appendix D. Gains add up to zero over the operators.");
}

function curvesFigure({ operators, curves, terms }: GainFigures): string {
  const threshold = Number(terms.reward) / Number(terms.reward + terms.missingPenalty);
  const plot = linePlot(
    operators.map(({ name }, seat) => ({
      name,
      line: curves.map(({ epsilon, gains }) => [epsilon, gains[seat]!] as const),
    })),
    {
      x: "ε, probability that a meter is offline",
      y: "credits gained a slot",
      label: "Expected gain of each operator against the probability that a meter is offline",
      tick: (value) => `${Number((100 * value).toPrecision(4))} %`,
    },
    [{ name: "R/(R+Q)", x: threshold }],
  );
  const caption =
    "Expected gains against ε, the same for all meters. Beyond R/(R+Q) a meter costs more than it earns, and who has fewer gains.";
  return figure(plot, caption);
}

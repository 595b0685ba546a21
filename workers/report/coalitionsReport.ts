import type { CoalitionFigures } from "../incentives/describeCoalition.js";
import { coalitionColours, coalitionsPlot, MOST_BARS } from "./coalitionsPlot.js";
import { colourKey, figure, htmlPage, paragraphs } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { grouped, significant } from "./number.js";

/** What the page of coalitions is made of. */
export interface CoalitionsReport {
  readonly case: string;
  /** A, credits. */
  readonly anomalyPenalty: number;
  readonly operators: readonly string[];
  readonly coalitions: readonly CoalitionFigures[];
}

/** What coalitions can gain by distorting their values, as one HTML page. */
export function coalitionsReport(result: CoalitionsReport): string {
  const number = new Map(result.operators.map((name, seat) => [name, seat + 1]));
  const label = (members: readonly string[]): string => members.map((name) => number.get(name)!).join("+");
  const plot = coalitionsPlot(
    result.coalitions.map(({ members, distortionGain, meterShare }) => ({
      label: label(members),
      gain: distortionGain,
      most: result.anomalyPenalty * meterShare,
    })),
  );
  const drawn = result.coalitions.length > MOST_BARS ? ` The ${MOST_BARS} that gain most are drawn.` : "";
  const caption = `Coalitions by the numbers of their operators: ${result.operators
    .map((name, seat) => `${seat + 1} ${name}`)
    .join(", ")}.${drawn}`;
  return htmlPage(
    `Distortion on ${result.case}`,
    paragraphs([
      "What coalitions of operators can gain in a slot by distorting the values of their own meters, where all other values are exact and distortions are of any size.",
    ]),
    [
      { heading: "Gain of the best distortion", body: colourKey(coalitionColours) + figure(plot, caption) },
      {
        heading: "Coalitions",
        body: htmlTable(
          [
            { head: "members" },
            { head: "meters", align: "right" },
            { head: "share", align: "right" },
            { head: "λ", align: "right" },
            { head: "credits a slot", align: "right" },
            { head: "hidden attack at buses" },
            { head: "meters that would show it", align: "right" },
          ],
          result.coalitions.map((coalition) => [
            coalition.members.join(", "),
            grouped(coalition.meters),
            significant(coalition.meterShare, 3),
            significant(coalition.lambda, 3),
            {
              text: grouped(Math.round(coalition.distortionGain)),
              ...(coalition.distortionGain > 0 ? { mark: "alarm" as const } : {}),
            },
            coalition.hiddenAttack === null ? "none" : firstOf(Object.keys(coalition.hiddenAttack.angles)),
            grouped(coalition.exposingMeters.length),
          ]),
        ),
      },
    ],
    paragraphs([`Anomaly penalty A: ${grouped(result.anomalyPenalty)} credits.`]),
  );
}

function firstOf(buses: readonly string[]): string {
  const most = 5;
  return buses.slice(0, most).join(", ") + (buses.length > most ? ` and ${buses.length - most} more` : "");
}

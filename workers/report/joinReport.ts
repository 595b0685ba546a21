import type { JoinDecision } from "../incentives/decideToJoin.js";
import { barPlot } from "./barPlot.js";
import { escapeHtml } from "./html.js";
import { colourKey, figure, htmlPage, paragraphs } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { joinTable } from "./incentiveTables.js";
import { significant } from "./number.js";
import { categoryColour } from "./palette.js";

const series = ["cost alone", "cost together"];

/** The decision to join as a page. */
export function joinReport(description: string, decision: JoinDecision): string {
  const { operator, currency, scenarios, creditValue, saved, net, netPerYear, join, breakEvenPrice } =
    decision;
  const { columns, rows } = joinTable(decision);
  const plot = barPlot(
    scenarios.map(({ costAlone, costTogether }, i) => ({
      name: `${i + 1}.`,
      values: [costAlone, costTogether],
    })),
    series,
    { y: `${currency} a slot`, label: "Expected cost of each scenario alone and together" },
  );
  const words = [
    `${operator} ${join ? "should" : "should not"} join: attacks cost ${significant(saved, 4)} ${currency} less a slot, its credits are ` +
      `worth ${significant(creditValue, 4)}; together ${significant(net, 4)} a slot, ${significant(netPerYear, 4)} a year.`,
    breakEvenPrice === undefined
      ? "It does not lose credits, so that their price does not matter."
      : `That holds for prices of a credit ${join ? "below" : "from"} ${significant(breakEvenPrice, 4)} ${currency}.`,
  ];
  return htmlPage(
    `Should ${operator} join?`,
    description === "" ? "" : `<p class="lead">${escapeHtml(description)}</p>`,
    [
      { heading: "The answer", body: paragraphs(words) },
      {
        heading: "Scenarios",
        body: [
          colourKey(series.map((name, i) => ({ name, colour: categoryColour(i) }))),
          figure(plot, "Expected costs a slot: an attack is cheaper where it is detected."),
          htmlTable(columns, rows),
        ].join("\n"),
      },
    ],
    "",
  );
}

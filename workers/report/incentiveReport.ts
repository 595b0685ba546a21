import type { IncentiveAnalysis } from "../incentives/analyseIncentives.js";
import type { ProtocolWithholding } from "../incentives/withholding.js";
import { barPlot } from "./barPlot.js";
import { MOST_BARS, coalitionColours, coalitionsPlot } from "./coalitionsPlot.js";
import { escapeHtml } from "./html.js";
import { type Section, colourKey, figure, htmlPage, paragraphs } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import {
  type TextTable,
  boundsTable,
  coalitionTable,
  deviationTable,
  gainTable,
  securityTable,
  withholdingTable,
} from "./incentiveTables.js";
import { linePlot } from "./linePlot.js";
import { grouped } from "./number.js";
import { categoryColour } from "./palette.js";

/** The analysis of incentives as a page. */
export function incentiveReport(title: string, analysis: IncentiveAnalysis): string {
  const { operators, coalitions, withholding, security, bounds, deviations, terms, slots, seed } = analysis;
  const meters = operators.reduce((sum, operator) => sum + operator.meters, 0);
  const facts = [
    [operators.length, "operators"],
    [meters, "grid meters"],
    [coalitions.length, "coalitions"],
    [coalitions.filter(({ distortionGain }) => distortionGain > 0).length, "can gain by distorting"],
    [coalitions.filter(({ hiddenAttack }) => hiddenAttack !== null).length, "have a hidden attack"],
  ] as const;
  const lead = [
    '<p class="lead">What sharing brings each operator, what departing from it would, and what shows it.</p>',
    `<ul class="facts">${facts.map(([value, what]) => `<li><b>${grouped(value)}</b><span>${what}</span></li>`).join("")}</ul>`,
  ].join("\n");
  const sections: Section[] = [
    { heading: "Expected gain per slot", body: gainSection(analysis) },
    ...(deviations.length === 0
      ? []
      : [
          {
            heading: "Departing from the protocol alone",
            body: paragraphs([
              `Played on the same ${grouped(slots)} slots as the honest ones. Sharing everything is a Nash equilibrium as far as ` +
                "nothing here pays but blocking, which the cut-off must make impossible.",
            ]).concat(asHtml(deviationTable(analysis))),
          },
        ]),
    { heading: "Withholding and blocking", body: asHtml(boundsTable(bounds)) },
    { heading: "Distorting", body: distortionSection(analysis) },
    { heading: "False data with compromised operators", body: asHtml(securityTable(security)) },
    { heading: "Blocks that a coalition can withhold", body: withholdingSection(withholding) },
  ];
  const footer =
    `Terms: R = ${grouped(terms.reward)}, Q = ${grouped(terms.missingPenalty)}, A = ${grouped(terms.anomalyPenalty)} credits; ` +
    `ε = ${analysis.epsilon}, α = ${analysis.falseAlarm}. Seed ${seed}.`;
  return htmlPage(title, lead, sections, `<p>${escapeHtml(footer)}</p>`);
}

function gainSection(analysis: IncentiveAnalysis): string {
  const { operators } = analysis;
  const series = ["own rewards", "own missing", "others' rewards", "others' missing", "anomaly"];
  const plot = barPlot(
    operators.map(({ name, terms }) => ({
      name,
      values: [terms.ownRewards, terms.ownMissing, terms.otherRewards, terms.otherMissing, terms.anomaly],
    })),
    series,
    { y: "credits a slot", label: "The five terms of each operator's expected gain", stacked: true },
  );
  const caption = "The five terms of Appendix D. Gains add up to zero over the operators.";
  return key(series) + figure(plot, caption) + asHtml(gainTable(analysis));
}

function distortionSection({ coalitions, terms }: IncentiveAnalysis): string {
  const plot = coalitionsPlot(
    coalitions.map(({ members, distortionGain, meterShare }) => ({
      label: short(members),
      gain: distortionGain,
      most: Number(terms.anomalyPenalty) * meterShare,
    })),
  );
  const caption =
    `An alarm moves A·(|M_o|/|M| - λ) credits to a coalition that distorts its values best, A = ${grouped(terms.anomalyPenalty)}; ` +
    `λ is the least share of Σwr² that it can leave at its own meters.${coalitions.length > MOST_BARS ? ` The ${MOST_BARS} that gain most are drawn.` : ""}`;
  return colourKey(coalitionColours) + figure(plot, caption) + asHtml(coalitionTable(coalitions));
}

function withholdingSection({ clique, bft }: IncentiveAnalysis["withholding"]): string {
  const curves = [
    { name: "Clique", line: times(clique), dots: times(clique) },
    { name: "BFT", line: times(bft), dots: times(bft) },
  ];
  const plot = linePlot(curves, {
    x: "validators that act together",
    y: "seconds",
    label: "Time until the values of others are in a block, by the size of the coalition",
    whole: true,
  });
  const caption =
    "From the end of a slot until the values of others are in an honest block, at the latest: the time that the cut-off T has to " +
    "leave. A line ends where there is no bound.";
  return [
    figure(plot, caption),
    paragraphs([`Clique, ${clique.validators} signers`]),
    asHtml(withholdingTable(clique)),
    paragraphs([`BFT with leaders in turn, ${bft.validators} validators`]),
    asHtml(withholdingTable(bft)),
  ].join("\n");
}

/** The time by size of the coalition, where it has a bound. */
function times({ coalitions }: ProtocolWithholding): (readonly [coalition: number, seconds: number])[] {
  return coalitions.flatMap(({ coalition, seconds }) =>
    seconds === null ? [] : [[coalition, seconds] as const],
  );
}

function key(series: readonly string[]): string {
  return colourKey(series.map((name, i) => ({ name, colour: categoryColour(i) })));
}

function asHtml({ columns, rows }: TextTable): string {
  return htmlTable(columns, rows);
}

/** "1+3" of "Operator 1" and "Operator 3"; whole names otherwise. */
function short(names: readonly string[]): string {
  return names.map((name) => /^Operator (\d+)$/u.exec(name)?.[1] ?? name).join("+");
}

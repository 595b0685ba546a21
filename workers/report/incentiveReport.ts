import type { IncentiveAnalysis } from "../incentives/analyseIncentives.js";
import { MOST_BARS, coalitionColours, coalitionsPlot } from "./coalitionsPlot.js";
import { gainSections } from "./gainSections.js";
import { escapeHtml } from "./html.js";
import { type Section, colourKey, figure, htmlPage } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { coalitionTable, securityTable } from "./incentiveTables.js";
import { grouped } from "./number.js";
import { withholdingSection } from "./withholdingSection.js";

/** The analysis of incentives as a page. */
export function incentiveReport(title: string, analysis: IncentiveAnalysis): string {
  const { operators, coalitions, withholding, security, terms, seed } = analysis;
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
  const exposed = securityTable(security);
  const sections: Section[] = [
    ...gainSections(analysis),
    { heading: "Distorting", body: distortionSection(analysis) },
    {
      heading: "False data with compromised operators",
      body: htmlTable(exposed.columns, exposed.rows),
    },
    withholdingSection(withholding),
  ];
  const footer =
    `Terms: R = ${grouped(terms.reward)}, Q = ${grouped(terms.missingPenalty)}, A = ${grouped(terms.anomalyPenalty)} credits; ` +
    `ε = ${analysis.epsilon}, α = ${analysis.falseAlarm}. Seed ${seed}.`;
  return htmlPage(title, lead, sections, `<p>${escapeHtml(footer)}</p>`);
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
  const { columns, rows } = coalitionTable(coalitions);
  return colourKey(coalitionColours) + figure(plot, caption) + htmlTable(columns, rows);
}

/** "1+3" of "Operator 1" and "Operator 3"; whole names otherwise. */
function short(names: readonly string[]): string {
  return names.map((name) => /^Operator (\d+)$/u.exec(name)?.[1] ?? name).join("+");
}

import type { ProtocolWithholding, Withholding } from "../incentives/withholding.js";
import { type Section, figure, paragraphs } from "./htmlPage.js";
import { htmlTable } from "./htmlTable.js";
import { withholdingTable } from "./incentiveTables.js";
import { linePlot } from "./linePlot.js";

/** What coalitions of validators can withhold, as a part of a page. */
export function withholdingSection({ clique, bft }: Withholding): Section {
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
  const tables = [
    { name: `Clique, ${clique.validators} signers`, of: withholdingTable(clique) },
    { name: `BFT with leaders in turn, ${bft.validators} validators`, of: withholdingTable(bft) },
  ];
  return {
    heading: "Blocks that a coalition can withhold",
    body: [
      figure(plot, caption),
      ...tables.map(({ name, of }) => paragraphs([name]) + htmlTable(of.columns, of.rows)),
    ].join("\n"),
  };
}

/** The time by size of the coalition, where it has a bound. */
function times({ coalitions }: ProtocolWithholding): (readonly [coalition: number, seconds: number])[] {
  return coalitions.flatMap(({ coalition, seconds }) =>
    seconds === null ? [] : [[coalition, seconds] as const],
  );
}

import { categoryColour } from "./palette.js";
import { axisStyle, nameAbove, plotSvg } from "./plotSvg.js";

/** Names at the ends of lines: of more operators they would lie over one another. */
const MOST_NAMES = 8;

/** What an operator has gained since the start, after each slot; the first entry is the start. */
export interface CreditLine {
  readonly name: string;
  readonly gained: readonly number[];
}

/** Credits over slots as SVG, one line for each operator. */
export function creditsPlot(lines: readonly CreditLine[], slots: readonly string[]): string {
  const named = lines.length <= MOST_NAMES;
  return plotSvg(
    {
      grid: { left: 76, right: named ? 100 : 16, top: 34, bottom: 36 },
      xAxis: {
        type: "category",
        boundaryGap: false,
        data: ["deposit", ...slots],
        ...axisStyle,
        axisLine: { ...axisStyle.axisLine, onZero: false },
        axisLabel: { ...axisStyle.axisLabel, margin: 14 },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        name: "credits since the deposit",
        ...axisStyle,
        nameTextStyle: nameAbove(68),
      },
      series: lines.map(({ name, gained }, i) => ({
        type: "line" as const,
        name,
        data: [...gained],
        silent: true,
        symbol: "circle",
        symbolSize: slots.length > 30 ? 0 : 6,
        lineStyle: { width: named ? 2.5 : 1.2 },
        itemStyle: { color: categoryColour(i) },
        endLabel: { show: named, formatter: name, color: categoryColour(i), fontSize: 13, distance: 8 },
        labelLayout: { moveOverlap: "shiftY" as const },
      })),
    },
    1000,
    340,
    "Credits over slots by operator",
  );
}

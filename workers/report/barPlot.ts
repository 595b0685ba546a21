import { categoryColour } from "./palette.js";
import { axisStyle, nameAbove, plotSvg } from "./plotSvg.js";

/** A category with a bar for each series. */
export interface BarGroup {
  readonly name: string;
  /** One for each series. */
  readonly values: readonly number[];
}

/** Bars by category as SVG, one beside the other or stacked; series have the colours of the palette in order. */
export function barPlot(
  groups: readonly BarGroup[],
  series: readonly string[],
  words: { readonly y: string; readonly label: string; readonly stacked?: boolean },
): string {
  return plotSvg(
    {
      grid: { left: 84, right: 16, top: 40, bottom: groups.length > 8 ? 72 : 34 },
      xAxis: {
        type: "category",
        data: groups.map(({ name }) => name),
        ...axisStyle,
        axisLine: { ...axisStyle.axisLine, onZero: false },
        axisLabel: { ...axisStyle.axisLabel, interval: 0, rotate: groups.length > 8 ? 40 : 0 },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        name: words.y,
        ...axisStyle,
        nameTextStyle: nameAbove(76, 4),
      },
      series: series.map((name, i) => ({
        type: "bar" as const,
        name,
        silent: true,
        barMaxWidth: 46,
        ...(words.stacked === true ? { stack: "all" } : {}),
        itemStyle: { color: categoryColour(i) },
        data: groups.map(({ values }) => values[i]!),
      })),
    },
    1000,
    340,
    words.label,
  );
}

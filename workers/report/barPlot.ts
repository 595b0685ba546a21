import { alarmColour, categoryColour } from "./palette.js";
import { axisStyle, plotSvg } from "./plotSvg.js";

/** A category with a bar for each series. */
export interface BarGroup {
  readonly name: string;
  /** One for each series. */
  readonly values: readonly number[];
  /** Set off. */
  readonly alarm?: boolean;
}

/** Bars by category as SVG: one beside the other, or stacked. */
export function barPlot(
  groups: readonly BarGroup[],
  series: readonly string[],
  words: { readonly y: string; readonly label: string; readonly stacked?: boolean },
): string {
  return plotSvg(
    {
      grid: { left: 84, right: 16, top: series.length > 1 ? 58 : 40, bottom: groups.length > 8 ? 96 : 34 },
      legend: {
        show: series.length > 1,
        top: 0,
        right: 0,
        textStyle: { color: axisStyle.axisLabel.color },
        data: [...series],
      },
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
        nameTextStyle: { ...axisStyle.nameTextStyle, align: "left", padding: [0, 0, 4, -76] },
      },
      series: series.map((name, i) => ({
        type: "bar" as const,
        name,
        silent: true,
        barMaxWidth: 46,
        ...(words.stacked === true ? { stack: "all" } : {}),
        itemStyle: { color: categoryColour(i) },
        data: groups.map(({ values, alarm }) => ({
          value: values[i]!,
          itemStyle: { color: alarm === true ? alarmColour : categoryColour(i) },
        })),
      })),
    },
    1000,
    340,
    words.label,
  );
}

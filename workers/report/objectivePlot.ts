import { alarmColour, categoryColour, plotColours } from "./palette.js";
import { axisStyle, categoryAxis, nameAbove, plotSvg } from "./plotSvg.js";

/** J and τ of a slot; undefined where there is no estimate. */
export interface ObjectiveBar {
  readonly slot: string;
  readonly objective: number | undefined;
  readonly threshold: number | undefined;
  /** The estimate is only advice. */
  readonly advisory: boolean;
}

/** J of every slot as SVG, against τ as a dashed step. */
export function objectivePlot(bars: readonly ObjectiveBar[]): string {
  const labelled = bars.length <= 16;
  return plotSvg(
    {
      grid: { left: 56, right: 30, top: 34, bottom: 30 },
      xAxis: categoryAxis(bars.map(({ slot }) => slot)),
      yAxis: {
        type: "value",
        min: 0,
        name: "J",
        ...axisStyle,
        nameTextStyle: nameAbove(48),
      },
      series: [
        {
          type: "bar",
          silent: true,
          barMaxWidth: 46,
          data: bars.map(({ objective, threshold, advisory }) => ({
            value: objective ?? "-",
            itemStyle: {
              color: (objective ?? 0) > (threshold ?? Infinity) ? alarmColour : categoryColour(0),
              opacity: advisory ? 0.6 : 1,
            },
          })),
          label: {
            show: labelled,
            position: "insideBottom",
            distance: 8,
            color: "#ffffff",
            fontSize: 12,
            formatter: ({ dataIndex }) => bars[dataIndex]!.objective?.toFixed(0) ?? "",
          },
        },
        {
          type: "line",
          silent: true,
          step: "middle",
          symbol: "none",
          connectNulls: true,
          data: bars.map(({ threshold }) => threshold ?? "-"),
          lineStyle: { color: plotColours.ink, type: "dashed", width: 1.5 },
          endLabel: { show: true, formatter: "τ", color: plotColours.ink, fontSize: 14, distance: 6 },
        },
      ],
    },
    1000,
    260,
    "Objective J of every slot against the threshold τ",
  );
}

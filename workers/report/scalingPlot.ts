import { categoryColour } from "./palette.js";
import { axisStyle, legendStyle, plotSvg } from "./plotSvg.js";

/** A quantity against the number of meters. */
export interface ScalingLine {
  readonly name: string;
  readonly points: readonly (readonly [meters: number, value: number])[];
}

/** Quantities against meters as SVG, both axes logarithmic: a slope of two is a square. */
export function scalingPlot(lines: readonly ScalingLine[], unit: string, label: string): string {
  return plotSvg(
    {
      legend: {
        data: lines.map(({ name }) => name),
        top: 0,
        left: 0,
        ...legendStyle,
      },
      grid: { left: 64, right: 24, top: 64, bottom: 44 },
      xAxis: {
        type: "log",
        name: "meters",
        nameLocation: "middle",
        nameGap: 28,
        min: 20,
        max: 500,
        ...axisStyle,
      },
      yAxis: {
        type: "log",
        name: unit,
        ...axisStyle,
        axisLabel: { ...axisStyle.axisLabel, formatter: short },
      },
      series: lines.map(({ name, points }, index) => ({
        type: "line" as const,
        name,
        silent: true,
        symbolSize: 7,
        lineStyle: { color: categoryColour(index), width: 2 },
        itemStyle: { color: categoryColour(index) },
        data: points.map(([meters, value]) => [meters, value]),
      })),
    },
    820,
    420,
    label,
  );
}

function short(value: number): string {
  return value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(value);
}

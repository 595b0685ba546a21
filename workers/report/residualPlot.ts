import { alarmColour, categoryColour, plotColours } from "./palette.js";
import { axisStyle, nameAbove, plotSvg } from "./plotSvg.js";

/** A meter's normalised residual. */
export interface ResidualPoint {
  readonly id: string;
  /** Position of the operator. */
  readonly operator: number;
  readonly value: number;
}

/** Points that are drawn; of more the largest. */
export const MOST_POINTS = 1_500;
const SUSPECT = 3;

/** Normalised residuals by meter as SVG, in the colours of the operators; the largest is named. */
export function residualPlot(points: readonly ResidualPoint[]): string {
  const ranked = points
    .map((point, position) => ({ ...point, position }))
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_POINTS);
  const size = points.length > 800 ? 4 : 6;
  return plotSvg(
    {
      grid: { left: 46, right: 16, top: 34, bottom: 34 },
      xAxis: {
        type: "value",
        min: 0,
        max: points.length,
        name: "meter, by operator",
        nameLocation: "middle",
        nameGap: 14,
        ...axisStyle,
        axisLabel: { show: false },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        min: 0,
        name: "normalised residual",
        nameLocation: "end",
        ...axisStyle,
        nameTextStyle: nameAbove(38),
      },
      series: [
        {
          type: "scatter",
          silent: true,
          symbolSize: size,
          data: ranked.slice(1).map(({ position, value, operator }) => ({
            value: [position, Number(value.toFixed(3))],
            itemStyle: { color: categoryColour(operator), opacity: 0.8 },
          })),
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: plotColours.soft, type: "dashed", width: 1 },
            label: { formatter: "3", color: plotColours.soft, position: "start", distance: 6 },
            data: [{ yAxis: SUSPECT }],
          },
        },
        {
          type: "scatter",
          silent: true,
          symbolSize: 13,
          data: ranked.slice(0, 1).map(({ position, value, id }) => ({
            value: [position, Number(value.toFixed(3))],
            itemStyle: { color: alarmColour },
            label: {
              show: true,
              formatter: `${id}  ${value.toFixed(1)}`,
              position: position > points.length * 0.85 ? "left" : "right",
              distance: 8,
              color: alarmColour,
              fontSize: 14,
              fontWeight: "bold",
            },
          })),
        },
      ],
    },
    1000,
    340,
    "Normalised residuals by meter",
  );
}

import { categoryColour, plotColours } from "./palette.js";
import { axisStyle, nameAbove, plotSvg } from "./plotSvg.js";

/** A curve, with dots for what was measured beside it. */
export interface Curve {
  readonly name: string;
  readonly line: readonly (readonly [x: number, y: number])[];
  readonly dots?: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
  /** Position in the palette; that of the curve among the curves if left out. */
  readonly colour?: number;
}

/** A value of x that matters. */
export interface Mark {
  readonly name: string;
  readonly x: number;
}

/** The names of the axes, with their units. */
export interface LinePlotWords {
  readonly x: string;
  readonly y: string;
  /** For who cannot see the plot. */
  readonly label: string;
  /** Words of a number on the x axis. */
  readonly tick?: (x: number) => string;
  /** x is a whole number. */
  readonly whole?: boolean;
}

/** Curves over x as SVG, with their names at the end of each and dashed verticals at marks. */
export function linePlot(
  curves: readonly Curve[],
  words: LinePlotWords,
  marks: readonly Mark[] = [],
): string {
  const colour = (curve: Curve, i: number): string => categoryColour(curve.colour ?? i);
  return plotSvg(
    {
      grid: { left: 84, right: 150, top: 40, bottom: 52 },
      xAxis: {
        type: "value",
        name: words.x,
        nameLocation: "middle",
        nameGap: 32,
        max: "dataMax",
        ...(words.whole === true ? { minInterval: 1 } : {}),
        ...axisStyle,
        axisLine: { ...axisStyle.axisLine, onZero: false },
        axisLabel: {
          ...axisStyle.axisLabel,
          ...(words.tick === undefined ? {} : { formatter: words.tick }),
        },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        name: words.y,
        ...axisStyle,
        nameTextStyle: nameAbove(76, 4),
      },
      series: [
        ...curves.map((curve, i) => ({
          type: "line" as const,
          silent: true,
          symbol: "none",
          data: curve.line.map(([x, y]) => [x, y]),
          lineStyle: {
            width: 2,
            color: colour(curve, i),
            type: curve.dashed === true ? ("dashed" as const) : ("solid" as const),
          },
          endLabel: {
            show: true,
            formatter: curve.name,
            color: colour(curve, i),
            fontSize: 13,
            distance: 8,
          },
          labelLayout: { moveOverlap: "shiftY" as const },
          ...(i > 0
            ? {}
            : {
                markLine: {
                  silent: true,
                  symbol: "none",
                  lineStyle: { color: plotColours.soft, type: "dotted" as const },
                  precision: 12,
                  label: { color: plotColours.soft, fontSize: 12 },
                  data: marks.map(({ name, x }) => ({
                    xAxis: x,
                    label: { formatter: name, position: "end" as const },
                  })),
                },
              }),
        })),
        ...curves.map((curve, i) => ({
          type: "scatter" as const,
          silent: true,
          symbolSize: 7,
          data: (curve.dots ?? []).map(([x, y]) => [x, y]),
          itemStyle: { color: colour(curve, i) },
        })),
      ],
    },
    1000,
    360,
    words.label,
  );
}

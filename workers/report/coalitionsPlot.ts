import { categoryColour } from "./palette.js";
import { axisStyle, nameAbove, plotSvg } from "./plotSvg.js";

/** A coalition as a pair of bars. */
export interface CoalitionBar {
  readonly label: string;
  /** Credits a slot; below zero where no distortion pays. */
  readonly gain: number;
  /** A|M_o|/|M|, what it would gain if nothing showed at its own meters. */
  readonly most: number;
}

/** The two bars of each pair. */
export const coalitionColours = [
  { name: "gain of the best distortion", colour: categoryColour(0) },
  { name: "A times the share of meters, its bound", colour: categoryColour(7) },
] as const;

/** Bars that are drawn; of more the largest gains. */
export const MOST_BARS = 40;

/** What each coalition can gain by distorting its values, as SVG. */
export function coalitionsPlot(bars: readonly CoalitionBar[]): string {
  const shown =
    bars.length <= MOST_BARS ? bars : [...bars].sort((a, b) => b.gain - a.gain).slice(0, MOST_BARS);
  return plotSvg(
    {
      grid: { left: 66, right: 16, top: 34, bottom: shown.length > 8 ? 70 : 34 },
      xAxis: {
        type: "category",
        data: shown.map(({ label }) => label),
        ...axisStyle,
        axisLabel: { ...axisStyle.axisLabel, rotate: shown.length > 8 ? 45 : 0, interval: 0 },
        splitLine: { show: false },
      },
      yAxis: {
        type: "value",
        name: "credits a slot",
        ...axisStyle,
        nameTextStyle: nameAbove(58),
      },
      series: [
        series(
          coalitionColours[0],
          shown.map(({ gain }) => gain),
        ),
        series(
          coalitionColours[1],
          shown.map(({ most }) => most),
        ),
      ],
    },
    1000,
    340,
    "Credits a slot that each coalition can gain by distortion",
  );
}

function series({ name, colour }: (typeof coalitionColours)[number], values: readonly number[]) {
  return {
    type: "bar" as const,
    name,
    silent: true,
    barMaxWidth: 26,
    itemStyle: { color: colour },
    data: values.map((value) => Number(value.toPrecision(6))),
  };
}

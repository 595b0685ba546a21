import { categoryColour, plotColours } from "./palette.js";
import { axisStyle, categoryAxis, legendStyle, nameAbove, plotSvg } from "./plotSvg.js";

/** Gas for each meter in a slot. */
export interface GasBar {
  readonly slot: string;
  readonly upload: number;
  readonly settle: number;
}

/** Gas for each meter as SVG: uploads and settlement, one on the other, for each slot. */
export function gasPlot(bars: readonly GasBar[]): string {
  const labelled = bars.length <= 16;
  return plotSvg(
    {
      legend: {
        data: ["uploads", "settlement"],
        right: 8,
        top: 0,
        ...legendStyle,
      },
      grid: { left: 56, right: 16, top: 40, bottom: 30 },
      xAxis: categoryAxis(bars.map(({ slot }) => slot)),
      yAxis: {
        type: "value",
        name: "gas per meter",
        ...axisStyle,
        nameTextStyle: nameAbove(48),
      },
      series: [
        part(
          "uploads",
          bars.map(({ upload }) => upload),
          categoryColour(4),
        ),
        {
          ...part(
            "settlement",
            bars.map(({ settle }) => settle),
            categoryColour(0),
          ),
          label: {
            show: labelled,
            position: "top",
            color: plotColours.ink,
            fontSize: 12,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const { upload, settle } = bars[dataIndex]!;
              return Math.round(upload + settle).toLocaleString("en-US");
            },
          },
        },
      ],
    },
    1000,
    300,
    "Gas per meter by slot",
  );
}

function part(name: string, values: readonly number[], colour: string) {
  return {
    type: "bar" as const,
    name,
    stack: "gas",
    silent: true,
    barMaxWidth: 46,
    itemStyle: { color: colour },
    data: values.map((value) => Math.round(value)),
  };
}

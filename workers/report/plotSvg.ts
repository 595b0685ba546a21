import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { EChartsOption } from "echarts/types/dist/shared";
import { plotColours, themed } from "./palette.js";

echarts.use([
  BarChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  SVGRenderer,
]);

/** An axis as all plots have it: hair lines, soft words. */
export const axisStyle = {
  axisLine: { lineStyle: { color: plotColours.rule } },
  axisTick: { show: false },
  axisLabel: { color: plotColours.soft, fontSize: 12 },
  splitLine: { lineStyle: { color: plotColours.rule, width: 1 } },
  nameTextStyle: { color: plotColours.soft, fontSize: 12 },
} as const;

/** The name of a vertical axis, above it and begun so far to its left. */
export function nameAbove(left: number, lift = 0) {
  return { ...axisStyle.nameTextStyle, align: "left" as const, padding: [0, 0, lift, -left] };
}

/** A horizontal axis of names. */
export function categoryAxis(names: readonly string[]) {
  return { type: "category" as const, data: [...names], ...axisStyle, splitLine: { show: false } };
}

/** A legend as all plots have it: dots and words. */
export const legendStyle = {
  itemWidth: 12,
  itemHeight: 12,
  icon: "circle",
  textStyle: { color: plotColours.ink, fontSize: 13 },
} as const;

/** A plot as SVG that scales to the width of its place. */
export function plotSvg(option: EChartsOption, width: number, height: number, label: string): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "inherit", color: plotColours.ink },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return themed(svg)
    .replace(/^<svg width="\d+" height="\d+"/, `<svg role="img" aria-label="${label}" class="plot"`)
    .replaceAll("'inherit'", "inherit");
}

import { operatorNames } from "../../workers/grid/operatorNames.js";
import { writeFileSync } from "node:fs";
import { type ProjectionCosts, projectionCosts } from "../../bench/projectionCosts.js";
import { machine } from "../../bench/machine.js";
import { type SlotGas, slotGas } from "../../bench/slotGas.js";
import { demoTerms } from "../../workers/demo/demoTerms.js";
import { checkOperators } from "../../workers/demo/readDemoOptions.js";
import { openCase } from "../../workers/grid/openCase.js";
import { grouped } from "../../workers/report/number.js";
import { scalingPlot } from "../../workers/report/scalingPlot.js";
import { type Column, table } from "../../workers/report/table.js";
import { deployDemo } from "../support/deployDemo.js";
import { openEmbedded } from "../support/openEmbedded.js";
import { projectionMarkdown } from "../support/projectionMarkdown.js";
import { provingRow, provingHeads, settlingHeads, settlingRow } from "../support/projectionTables.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly cases: string[];
  readonly operators: number;
  readonly markdown: string | undefined;
  readonly plot: string | undefined;
  readonly json: string | undefined;
}

/** A case in both modes. */
export interface Compared {
  readonly projection: ProjectionCosts;
  readonly certificate: SlotGas;
}

/** `bench projection`: the paper's printed method from the matrices to finalised slots, beside the certificate. */
export default userTask<Arguments>(async ({ cases, operators, markdown, plot, json }, hre) => {
  if (operators < 2) throw new UserError(`--operators ${operators}: expected at least 2`);
  const names = operatorNames(operators);
  const opened = cases.map((file) => openCase(file, userPath));
  for (const { buses } of opened)
    checkOperators(operators, buses.filter(({ inService }) => inService).length);
  const measured: Compared[] = [];
  for (const gridCase of opened) {
    process.stderr.write(`${gridCase.name} …\n`);
    const projection = await projectionCosts(await openEmbedded(names, hre), gridCase, demoTerms(operators));
    measured.push({ projection, certificate: await slotGas(await deployDemo(names, hre), gridCase) });
  }
  measured.sort((a, b) => a.projection.meters - b.projection.meters);
  report(json, { machine: machine(), cases: measured }, asText(measured));
  if (markdown !== undefined) {
    const figure = plot === undefined ? undefined : plot.split("/").at(-1)!;
    writeFileSync(userPath(markdown), projectionMarkdown(measured, operators, machine(), figure));
  }
  if (plot !== undefined) writeFileSync(userPath(plot), `${standAlone(plotOf(measured))}\n`);
});

function columns(heads: readonly string[]): Column[] {
  return heads.map((head, i) => ({ head, align: i === 0 ? "left" : "right" }));
}

function asText(measured: readonly Compared[]): string {
  return [
    "Proving a model, gas",
    table(columns(provingHeads), measured.map(provingRow)),
    "Settling a slot, gas",
    table(columns(settlingHeads), measured.map(settlingRow)),
    `A and P are computed in ${measured.map(({ projection }) => grouped(Math.round(projection.computeMilliseconds))).join(", ")} ms on ${machine()}.`,
  ].join("\n");
}

function plotOf(measured: readonly Compared[]): string {
  const line = (name: string, value: (of: Compared) => number) => ({
    name,
    points: measured.map((of) => [of.projection.meters, value(of)] as const),
  });
  return scalingPlot(
    [
      line("store A and P", ({ projection }) => projection.store.gas),
      line("product check", ({ projection }) => projection.products.gas),
      line("Freivalds", ({ projection }) => projection.freivalds.gas),
      line("certificate: whole version", ({ certificate }) => certificate.version),
      line("Algorithm 1: a slot", slotAsPrinted),
      line("certificate: a slot", ({ certificate }) => certificate.upload + certificate.settle),
    ],
    "gas",
    "Gas against meters: projection mode and certificate",
  );
}

function slotAsPrinted({ projection: { measurement, meters, finalise } }: Compared): number {
  return measurement.gas * meters + finalise.gas;
}

/** The plot as a file of its own: where the page's colours are not defined, these are. */
function standAlone(svg: string): string {
  return svg
    .replace(
      "<svg ",
      '<svg style="--ink:#24292f;--soft:#57606a;--rule:#d0d7de;--paper:#ffffff;background:#ffffff;font-family:sans-serif" ',
    )
    .replace(/^<svg (?!xmlns)/u, (head) =>
      svg.includes("xmlns=") ? head : `${head}xmlns="http://www.w3.org/2000/svg" `,
    );
}

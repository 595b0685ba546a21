import { operatorNames } from "../../workers/grid/operatorNames.js";
import { writeFileSync } from "node:fs";
import { type SlotGas, slotGas } from "../../bench/slotGas.js";
import { checkOperators } from "../../workers/demo/readDemoOptions.js";
import { openCase } from "../../workers/grid/openCase.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { deployDemo } from "../support/deployDemo.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly cases: string[];
  readonly operators: number;
  readonly markdown: string | undefined;
  readonly json: string | undefined;
}

/** `bench gas`: what the life of a slot costs, case by case. */
export default userTask<Arguments>(async ({ cases, operators, markdown, json }, hre) => {
  if (operators < 2) throw new UserError(`--operators ${operators}: expected at least 2`);
  const names = operatorNames(operators);
  const measured: SlotGas[] = [];
  for (const file of cases) {
    const gridCase = openCase(file, userPath);
    checkOperators(operators, gridCase.buses.filter(({ inService }) => inService).length);
    process.stderr.write(`${gridCase.name} …\n`);
    measured.push(await slotGas(await deployDemo(names, hre), gridCase));
  }
  measured.sort((a, b) => a.meters - b.meters);
  report(json, measured, table(columns, measured.map(row)));
  if (markdown !== undefined) writeFileSync(userPath(markdown), asMarkdown(measured, operators));
});

const heads = [
  "case",
  "buses",
  "lines",
  "meters",
  "version",
  "uploads",
  "settle",
  "settle with alarm",
  "close incomplete",
  "per meter",
];
const columns = heads.map((head, i) => ({ head, align: i === 0 ? ("left" as const) : ("right" as const) }));

function row(gas: SlotGas): string[] {
  const figures = [
    gas.buses,
    gas.lines,
    gas.meters,
    gas.version,
    gas.upload,
    gas.settle,
    gas.settleAlarm,
    gas.closeIncomplete,
  ];
  return [gas.case, ...figures.map(grouped), grouped(Math.round(gas.perMeter))];
}

function asMarkdown(measured: readonly SlotGas[], operators: number): string {
  return [
    "# Gas against meters",
    "",
    `Written by \`./gridproof bench gas … --markdown docs/gas.md\`, with ${operators} operators.`,
    "A flow meter at the from end of every line and an injection meter at every bus. Gas does not depend on the machine.",
    "",
    markdownRow(heads),
    markdownRow(heads.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...measured.map((gas) => markdownRow(row(gas))),
    "",
    "- version: everything that brings a grid version into force, once: proposal, records and labels, proof, approvals.",
    "- uploads: one batch of each operator, in words of the ring that were used before.",
    "- settle: a complete slot with J below τ, certificate and credits included; with alarm: J above τ.",
    "- close incomplete: one value missing.",
    "- per meter: uploads and settlement together, divided by the meters.",
    "",
  ].join("\n");
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

import { operatorNames } from "../workers/grid/operatorNames.js";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { demoFigures } from "../workers/demo/demoFigures.js";
import { demoTables } from "../workers/demo/demoTables.js";
import { describeDemo } from "../workers/demo/describeDemo.js";
import { prepareGrid } from "../workers/demo/prepareGrid.js";
import {
  type DemoArguments,
  type DemoOptions,
  checkOperators,
  readDemoOptions,
} from "../workers/demo/readDemoOptions.js";
import { type RegisteredVersion, registerVersion } from "../workers/demo/registerVersion.js";
import { runDemo } from "../workers/demo/runDemo.js";
import { runSteps } from "../workers/demo/runSteps.js";
import type { DemoChain, DemoGrid, DemoResult } from "../workers/demo/types.js";
import { readPlanFile } from "../workers/grid/readPlanFile.js";
import { openCase } from "../workers/grid/openCase.js";
import type { GridCase } from "../workers/grid/types.js";
import { demoReport } from "../workers/report/demoReport.js";
import { grouped } from "../workers/report/number.js";
import { deployDemo } from "./support/deployDemo.js";
import { userPath } from "./support/userPath.js";
import { userTask } from "./support/userTask.js";

/** `demo`: shows the whole of data sharing on the embedded network. Ends with status 1 if a claim did not hold. */
export default userTask<DemoArguments>(
  async (given, hre) => {
    const options = readDemoOptions(given, userPath, join(hre.config.paths.root, "reports", "demo.html"));
    const gridCase = openCase(given.case === "" ? "ieee118" : given.case, userPath);
    checkOperators(options.operators, gridCase.buses.filter(({ inService }) => inService).length);
    const result = await play(options, gridCase, hre);
    print(result);
    console.log(`Written: ${write(result, options).join(", ")}`);
    if (result.checks.some(({ held }) => !held)) process.exitCode = 1;
  },
  { makesFolders: true },
);

async function play(
  { operators, slots, seed, planFile }: DemoOptions,
  gridCase: GridCase,
  hre: HardhatRuntimeEnvironment,
): Promise<DemoResult> {
  const names = operatorNames(operators);
  let demoGrid: DemoGrid;
  let chain: DemoChain;
  let registered: RegisteredVersion;
  let result: DemoResult;
  const terminal = { isTTY: process.stdout.isTTY, line: (text: string) => console.log(text) };
  await runSteps(
    [
      {
        title: `Dividing ${gridCase.name} among ${operators} operators`,
        run: async () => {
          demoGrid = prepareGrid(
            gridCase,
            names,
            planFile === undefined ? undefined : (grid) => readPlanFile(planFile, grid),
          );
          const { grid, partition, meters } = demoGrid;
          return (
            `${grid.buses.length} buses, ${grid.lines.length} lines (${partition.tieLines.length} between operators), ` +
            `${grouped(meters.length)} meters`
          );
        },
      },
      {
        title: "Compiling and deploying the contracts",
        run: async () => {
          chain = await deployDemo(names, hre);
          return "consortium, grid registry and slot ledger";
        },
      },
      {
        title: "Registering the grid version",
        run: async (note) => {
          registered = await registerVersion(chain, demoGrid, note);
          return `in force after ${registered.transactions} transactions, ${grouped(registered.gasUsed)} gas`;
        },
      },
      {
        title: `Running ${slots === 1 ? "one slot" : `${slots} slots`}`,
        run: async (note) => {
          result = await runDemo({ chain, demoGrid, registered, slots, seed }, ({ slot, complete }) =>
            note(`slot ${slot} ${complete ? "settled" : "closed incomplete"}`),
          );
          return "done";
        },
      },
    ],
    terminal,
  );
  return result!;
}

function print(result: DemoResult): void {
  for (const table of demoTables(result)) console.log(`\n${table}`);
  console.log();
  for (const sentence of describeDemo(result)) console.log(sentence);
  console.log();
  for (const { claim, held } of result.checks) console.log(`${held ? "✔" : "✘"} ${claim}`);
  console.log();
}

/** Writes what was asked for. @returns The files. */
function write(result: DemoResult, { reportFile, jsonFile }: DemoOptions): string[] {
  const files = [reportFile, ...(jsonFile === undefined ? [] : [jsonFile])];
  for (const file of files) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(reportFile, demoReport(result));
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(demoFigures(result), null, 2)}\n`);
  return files;
}

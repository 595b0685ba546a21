import { operatorNames } from "../../workers/grid/operatorNames.js";
import { type CatchUpGas, catchUpGas } from "../../bench/catchUpGas.js";
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
  readonly slots: string;
  readonly json: string | undefined;
}

/** `bench catch-up`: what slots cost that are settled together, by their number. */
export default userTask<Arguments>(async ({ cases, operators, slots, json }, hre) => {
  const counts = slots.split(",").map((text) => {
    if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 128) {
      throw new UserError(`--slots ${slots}: expected numbers from 1 to 128, parted by commas`);
    }
    return Number(text);
  });
  const names = operatorNames(operators);
  const measured: CatchUpGas[] = [];
  for (const file of cases) {
    const gridCase = openCase(file, userPath);
    checkOperators(operators, gridCase.buses.filter(({ inService }) => inService).length);
    process.stderr.write(`${gridCase.name} …\n`);
    measured.push(await catchUpGas(await deployDemo(names, hre), gridCase, counts));
  }
  const heads = [
    "case",
    "buses",
    "meters",
    "bytes a slot",
    "settle",
    ...counts.map((count) => `of ${count}`),
  ];
  report(
    json,
    measured,
    table(
      heads.map((head, i) => ({ head, align: i === 0 ? "left" : "right" })),
      measured.map(({ case: name, buses, meters, bytesPerSlot, settle, many }) => [
        name,
        ...[buses, meters, bytesPerSlot, settle].map(grouped),
        ...many.map(({ slots: count, gas }) => grouped(Math.round(gas / count))),
      ]),
    ),
  );
});

import { type EstimationTimes, estimationTimes } from "../../bench/estimationTimes.js";
import { machine } from "../../bench/machine.js";
import { openCase } from "../../workers/grid/openCase.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly cases: string[];
  readonly seconds: number;
  readonly json: string | undefined;
}

/** `bench estimation`: times the steps of the estimator. */
export default userTask<Arguments>(async ({ cases, seconds, json }) => {
  if (!(seconds > 0)) throw new UserError(`--seconds ${seconds}: expected a positive number`);
  const times = cases.map((file) => estimationTimes(openCase(file, userPath), seconds));
  report(json, { machine: machine(), cases: times }, asText(times));
});

function asText(times: readonly EstimationTimes[]): string {
  const counts = ["buses", "lines", "meters", "states", "nnz(H)", "nnz(G)", "nnz(L)"];
  const steps = ["order and factor", "re-factor", "estimate", "normalised residuals"];
  const columns = [
    { head: "case" },
    ...[...counts, ...steps.map((step) => `${step}\nms`)].map((head) => ({ head, align: "right" as const })),
  ];
  const rows = times.map(({ nonzeros, milliseconds, ...row }) => [
    row.case,
    ...[row.buses, row.lines, row.meters, row.states, nonzeros.h, nonzeros.g, nonzeros.l].map(grouped),
    ...[
      milliseconds.factor,
      milliseconds.refactor,
      milliseconds.estimate,
      milliseconds.normalisedResiduals,
    ].map((ms) => ms.toFixed(3)),
  ]);
  const note =
    "Meters at every bus and at both ends of every line. Warm medians, in one thread of: " +
    `${machine()}. nnz(G) and nnz(L) count the lower triangle with its diagonal.`;
  return `${table(columns, rows)}\n${note}`;
}

/**
 * Times the estimator on a case with a meter at every bus and at both ends of every line:
 *
 *     tsx bench/estimation.ts [--case FILE]... [--seconds N] [--json]
 *
 * `--seconds` is how long each step is repeated (default 2); the figures are medians of its second half.
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { Estimator } from "../workers/estimation/estimator.js";
import { timeEstimator, type EstimatorTimes } from "../workers/estimation/timeEstimator.js";
import { compileGrid } from "../workers/grid/compileGrid.js";
import { defaultPlan } from "../workers/grid/defaultPlan.js";
import { measurementModel } from "../workers/grid/measurementModel.js";
import { partition } from "../workers/grid/partition.js";
import { powerFlow } from "../workers/grid/powerFlow.js";
import { readGridFile } from "../workers/grid/readGridFile.js";
import { trueMeasurements } from "../workers/grid/trueMeasurements.js";

interface Report {
  readonly case: string;
  readonly buses: number;
  readonly lines: number;
  readonly meters: number;
  readonly states: number;
  readonly nonzeros: { readonly h: number; readonly g: number; readonly l: number };
  readonly milliseconds: EstimatorTimes;
}

const { values } = parseArgs({
  options: {
    case: { type: "string", multiple: true },
    seconds: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const defaultCase = fileURLToPath(new URL("../../shared/cases/pglib_opf_case2383wp_k.m", import.meta.url));
const seconds = Number(values.seconds);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}`;
try {
  if (!(seconds > 0)) throw new RangeError(`--seconds ${values.seconds}: expected a positive number`);
  const reports = (values.case ?? [defaultCase]).map(measure);
  const text = values.json ? JSON.stringify({ machine, reports }, undefined, 2) : table(reports);
  process.stdout.write(`${text}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function measure(file: string): Report {
  const grid = compileGrid(readGridFile(file));
  const plan = defaultPlan(grid, partition(grid, ["bench"]), { bothEnds: true });
  const model = measurementModel(grid, plan);
  const measurements = trueMeasurements(grid, plan, powerFlow(grid));
  const { analysis } = new Estimator(model);
  return {
    case: grid.name,
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: model.h.rows,
    states: model.h.columns,
    nonzeros: analysis.nonzeros,
    milliseconds: timeEstimator(model, measurements, seconds),
  };
}

function table(rows: readonly Report[]): string {
  const milliseconds = ["order and factor", "re-factor", "estimate, residuals", "normalised residuals"];
  const head = ["case", "buses", "lines", "meters", "states", "nnz(H)", "nnz(G)", "nnz(L)"];
  const out = new Table({
    style: { head: [], border: [] },
    head: [...head, ...milliseconds.map((step) => `${step}\nms`)],
  });
  for (const row of rows) {
    const { factor, refactor, estimate, normalisedResiduals } = row.milliseconds;
    out.push([
      row.case,
      ...[row.buses, row.lines, row.meters, row.states].map(String),
      ...[row.nonzeros.h, row.nonzeros.g, row.nonzeros.l].map(String),
      ...[factor, refactor, estimate, normalisedResiduals].map((ms) => ms.toFixed(3)),
    ]);
  }
  return `${out.toString()}\nWarm medians, in one thread of: ${machine}. nnz(G) and nnz(L) count the lower triangle with its diagonal.`;
}

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
import { measurementModel } from "../workers/grid/measurementModel.js";
import { readGridFile } from "../workers/grid/readGridFile.js";
import type { Grid, MeteringPlan } from "../workers/grid/types.js";

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
if (!(seconds > 0)) throw new RangeError(`--seconds ${values.seconds}: expected a positive number`);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}`;
const reports = (values.case ?? [defaultCase]).map(measure);
process.stdout.write(
  `${values.json ? JSON.stringify({ machine, reports }, undefined, 2) : table(reports)}\n`,
);

function measure(file: string): Report {
  const grid = compileGrid(readGridFile(file));
  const model = measurementModel(grid, bothEnds(grid));
  const { analysis } = new Estimator(model);
  return {
    case: grid.name,
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: model.h.rows,
    states: model.h.columns,
    nonzeros: analysis.nonzeros,
    milliseconds: timeEstimator(model, new Float64Array(model.h.rows).fill(1000), seconds),
  };
}

function bothEnds(grid: Grid): MeteringPlan {
  const meter = { sigma: 1000, owner: "bench" } as const;
  return {
    meters: [
      ...grid.lines.flatMap(({ number }) => [
        { ...meter, id: `from ${number}`, kind: "flowFrom" as const, place: number },
        { ...meter, id: `to ${number}`, kind: "flowTo" as const, place: number },
      ]),
      ...grid.buses.map(({ number }) => ({
        ...meter,
        id: `bus ${number}`,
        kind: "injection" as const,
        place: number,
      })),
    ],
    zeroInjections: [],
    zeroInjectionSigma: 1,
  };
}

function table(rows: readonly Report[]): string {
  const milliseconds = ["order and factor", "re-factor", "estimate, residuals", "normalised residuals"];
  const head = ["case", "buses", "lines", "meters", "states", "nnz(H)", "nnz(G)", "nnz(L)"];
  const out = new Table({ head: [...head, ...milliseconds.map((step) => `${step}\nms`)] });
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

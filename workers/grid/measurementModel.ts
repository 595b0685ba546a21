import type { LinearModel } from "../estimation/types.js";
import { GridModelError } from "./errors.js";
import { stateOfBus } from "./stateOfBus.js";
import type { Grid, Line, MeteringPlan } from "./types.js";

/** One row of H before it is packed: coefficients by bus position, and the constant of phase shifters. */
interface Row {
  readonly coefficient: Map<number, number>;
  offset: number;
}

/**
 * The measurement model of a metering plan (paper 003, Appendix A): rows of the meters in plan order, then one row
 * for each zero-injection bus; one column for each bus but the references, in grid order.
 *
 * - flow at the from end of line (i,j): `z = b(θi - θj - φ)`; at its to end the negative of that
 * - injection at bus i: the sum of the flows that leave it
 * - PMU at bus i: `z = θi`
 *
 * A row's weight is 1/σ². Its offset gathers what does not depend on θ, so that the residual is `z + offset - Hθ`.
 * Columns ascend within a row.
 *
 * @throws GridModelError when the plan names a bus or line that the grid does not have, or a PMU at a reference bus.
 */
export function measurementModel(grid: Grid, plan: MeteringPlan): LinearModel {
  const state = stateOfBus(grid);
  const busAt = new Map(grid.buses.map(({ number }, index) => [number, index]));
  const lineAt = new Map(grid.lines.map((line) => [line.number, line]));
  const linesAtBus = Array.from(grid.buses, (): Line[] => []);
  for (const line of grid.lines) {
    linesAtBus[line.from]?.push(line);
    linesAtBus[line.to]?.push(line);
  }
  const busOf = (number: number, meter: string): number => {
    const bus = busAt.get(number);
    if (bus === undefined)
      throw new GridModelError(`${meter}: bus ${number} is not in service in ${grid.name}`);
    return bus;
  };
  const lineOf = (number: number, meter: string): Line => {
    const line = lineAt.get(number);
    if (line === undefined)
      throw new GridModelError(`${meter}: line ${number} is not in service in ${grid.name}`);
    return line;
  };
  const injection = (bus: number): Row => {
    const row: Row = { coefficient: new Map(), offset: 0 };
    for (const line of linesAtBus[bus] ?? []) addFlow(row, line, line.from === bus ? 1 : -1);
    return row;
  };

  const rows = plan.meters.map(({ id, kind, place }): Row => {
    const meter = `meter ${id}`;
    if (kind === "injection") return injection(busOf(place, meter));
    if (kind === "pmu") {
      const bus = busOf(place, meter);
      if (state[bus] === -1)
        throw new GridModelError(`${meter}: bus ${place} is a reference bus, its angle is zero`);
      return { coefficient: new Map([[bus, 1]]), offset: 0 };
    }
    const row: Row = { coefficient: new Map(), offset: 0 };
    addFlow(row, lineOf(place, meter), kind === "flowFrom" ? 1 : -1);
    return row;
  });
  for (const bus of plan.zeroInjections) rows.push(injection(busOf(bus, `zero injection at bus ${bus}`)));

  const zeroWeights = plan.zeroInjections.map(() => plan.zeroInjectionSigma ** -2);
  return {
    h: pack(rows, state, grid.buses.length - grid.islands),
    weight: Float64Array.from([...plan.meters.map(({ sigma }) => sigma ** -2), ...zeroWeights]),
    offset: Float64Array.from(rows, ({ offset }) => offset),
  };
}

/** Adds `sign·b(θ_from - θ_to - φ)` to a row. */
function addFlow(row: Row, line: Line, sign: 1 | -1): void {
  const b = sign * line.susceptanceKwPerRad;
  row.coefficient.set(line.from, (row.coefficient.get(line.from) ?? 0) + b);
  row.coefficient.set(line.to, (row.coefficient.get(line.to) ?? 0) - b);
  row.offset += b * line.shiftRad;
}

function pack(rows: readonly Row[], state: Int32Array, columns: number): LinearModel["h"] {
  const start = new Int32Array(rows.length + 1);
  const column: number[] = [];
  const value: number[] = [];
  for (const [index, { coefficient }] of rows.entries()) {
    const entries = [...coefficient].filter(([bus]) => state[bus] !== -1);
    for (const [bus, size] of entries.sort(([a], [b]) => a - b)) {
      column.push(state[bus]!);
      value.push(size);
    }
    start[index + 1] = column.length;
  }
  return {
    rows: rows.length,
    columns,
    start,
    column: Int32Array.from(column),
    value: Float64Array.from(value),
  };
}

import { lusolve, matrix, slu, sparse, type Matrix } from "mathjs";
import { SingularMatrixError } from "../estimation/errors.js";
import { solveSymmetric } from "../estimation/solveSymmetric.js";
import { GridModelError } from "./errors.js";
import { stateOfBus } from "./stateOfBus.js";
import type { Grid } from "./types.js";

/** Largest residual accepted: in units of the largest term of its row, and in kW. */
const tolerance = { relative: 1e-9, kw: 1e-9 } as const;

interface Triplets {
  readonly rows: number[];
  readonly columns: number[];
  readonly values: number[];
}

/**
 * The angles that make the lines carry given injections: solves `Bθ = p + Σ bφ` over the non-reference buses, with
 * `B[i,i] = Σ b` and `B[i,j] = -b` over the lines (i,j).
 *
 * LDLᵀ takes pivots as they come. Where negative reactances make one vanish though B is regular, LU with pivoting
 * takes over.
 *
 * @param injectionKw One per bus; what is given at the reference buses is not used.
 * @returns Radians, one per bus, 0 at the reference buses.
 * @throws GridModelError when B is singular: susceptances of opposite sign cancel.
 */
export function solveAngles(grid: Grid, injectionKw: Float64Array): Float64Array {
  const state = stateOfBus(grid);
  const states = grid.buses.length - grid.islands;
  const b: Triplets = { rows: [], columns: [], values: [] };
  const add = (row: number, column: number, value: number): void => {
    b.rows.push(row);
    b.columns.push(column);
    b.values.push(value);
  };
  const rhs = new Float64Array(states);
  for (const [bus, column] of state.entries()) if (column !== -1) rhs[column]! += injectionKw[bus]!;
  for (const { from, to, susceptanceKwPerRad, shiftRad } of grid.lines) {
    const i = state[from]!;
    const j = state[to]!;
    if (i !== -1) {
      add(i, i, susceptanceKwPerRad);
      rhs[i]! += susceptanceKwPerRad * shiftRad;
    }
    if (j !== -1) {
      add(j, j, susceptanceKwPerRad);
      rhs[j]! -= susceptanceKwPerRad * shiftRad;
    }
    if (i !== -1 && j !== -1) add(i, j, -susceptanceKwPerRad);
  }
  const theta = solve(states, b, rhs);
  if (theta === undefined)
    throw new GridModelError(
      `${grid.name}: the susceptances cancel, so that the power flow has no single solution`,
    );
  return Float64Array.from(state, (column) => (column === -1 ? 0 : theta[column]!));
}

function solve(n: number, b: Triplets, rhs: Float64Array): Float64Array | undefined {
  try {
    const theta = solveSymmetric(n, b.rows, b.columns, b.values, rhs);
    if (solves(b, theta, rhs)) return theta;
  } catch (error) {
    if (!(error instanceof SingularMatrixError)) throw error;
  }
  const theta = solveWithPivoting(n, b, rhs);
  return theta !== undefined && solves(b, theta, rhs) ? theta : undefined;
}

/** Whether each row's residual is small against that row's terms. */
function solves(b: Triplets, theta: Float64Array, rhs: Float64Array): boolean {
  const residual = Float64Array.from(rhs);
  const largest = rhs.map(Math.abs);
  const subtract = (row: number, term: number): void => {
    residual[row]! -= term;
    largest[row] = Math.max(largest[row]!, Math.abs(term));
  };
  for (const [entry, value] of b.values.entries()) {
    const i = b.rows[entry]!;
    const j = b.columns[entry]!;
    subtract(i, value * theta[j]!);
    if (i !== j) subtract(j, value * theta[i]!);
  }
  return residual.every((r, row) => Math.abs(r) <= tolerance.relative * largest[row]! + tolerance.kw);
}

function solveWithPivoting(n: number, b: Triplets, rhs: Float64Array): Float64Array | undefined {
  const full = sparse();
  full.resize([n, n]);
  const add = (row: number, column: number, value: number): void => {
    full.set([row, column], Number(full.get([row, column])) + value);
  };
  for (const [entry, value] of b.values.entries()) {
    const i = b.rows[entry]!;
    const j = b.columns[entry]!;
    add(i, j, value);
    if (i !== j) add(j, i, value);
  }
  try {
    // The types of mathjs leave out what slu returns; lusolve takes it.
    const factor = slu(full, 1, 1) as unknown as Matrix;
    return Float64Array.from(
      lusolve(factor, matrix([...rhs]))
        .toArray()
        .flat() as number[],
    );
  } catch {
    return undefined;
  }
}

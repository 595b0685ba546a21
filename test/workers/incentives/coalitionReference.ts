import { eigs, inv, matrix, multiply, transpose } from "mathjs";
import * as fc from "fast-check";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { openCase } from "../../../workers/grid/openCase.js";
import { partition } from "../../../workers/grid/partition.js";
import type { Grid, MeteringPlan } from "../../../workers/grid/types.js";
import { incentiveModel } from "../../../workers/incentives/incentiveModel.js";
import type { IncentiveModel } from "../../../workers/incentives/types.js";
import type { LinearModel } from "../../../workers/estimation/types.js";
import { arbitraryGrid, fullModel, type TestModel } from "../estimation/models.js";

/** The default plan of a case among some operators. */
export function caseModel(
  file: string,
  operators: number,
): { readonly grid: Grid; readonly plan: MeteringPlan; readonly incentive: IncentiveModel } {
  const grid = compileGrid(openCase(file, (path) => path));
  const names = Array.from({ length: operators }, (_, i) => `Operator ${i + 1}`);
  const plan = defaultPlan(grid, partition(grid, names));
  return { grid, plan, incentive: incentiveModel(grid, plan, names) };
}

/** The same grid where zero injections stand in for the meters of idle buses. */
export function withZeroInjections(grid: Grid, plan: MeteringPlan, names: readonly string[]): IncentiveModel {
  const idle = grid.buses.filter(({ loadKw, generationKw }) => loadKw === 0 && generationKw === 0);
  const zeroInjections = idle.map(({ number }) => number);
  const meters = plan.meters.filter(
    ({ kind, place }) => kind !== "injection" || !zeroInjections.includes(place),
  );
  return incentiveModel(grid, { ...plan, meters, zeroInjections }, names);
}

/** A model with an owner for each row. */
export function owned(model: LinearModel, owners: readonly number[], operators: number): IncentiveModel {
  return {
    model,
    ownerOfRow: Int32Array.from(owners),
    operators: Array.from({ length: operators }, (_, seat) => ({ name: `Operator ${seat + 1}` })),
    meterNames: owners.filter((seat) => seat >= 0).map((_, row) => `M${row}`),
    busOfState: Array.from({ length: model.h.columns }, (_, state) => state + 2),
  };
}

/** Small meshed grids, fully metered by three operators at random; some of the injections virtual, heavily weighted. */
export const arbitraryOwned: fc.Arbitrary<{
  readonly incentive: IncentiveModel;
  readonly dense: number[][];
}> = arbitraryGrid(7).chain((grid) => {
  const rows = grid.lines.length + grid.buses;
  return fc
    .record({
      seed: fc.integer(),
      owners: fc.array(fc.nat(2), { minLength: rows, maxLength: rows }),
      virtual: fc.nat(grid.buses - 1),
    })
    .map(({ seed, owners, virtual }) => {
      const model: TestModel = fullModel(grid, seed);
      const weight = model.weight.map((w, i) => (i >= rows - virtual ? 100 * w : w));
      const marked = owners.map((seat, i) => (i >= rows - virtual ? -1 : seat));
      return { incentive: owned({ ...model, weight }, marked, 3), dense: model.dense };
    });
});

/** B̃ = W^½(I - P)W^-½, dense. */
export function residualMaker(dense: readonly (readonly number[])[], weight: Float64Array): number[][] {
  const a = dense.map((row, i) => row.map((v) => v * Math.sqrt(weight[i]!)));
  const hat = multiply(multiply(a, inv(multiply(transpose(a), a))), transpose(a));
  return hat.map((row, i) => row.map((v, j) => (i === j ? 1 : 0) - v));
}

/** Dense rows of H. */
export function denseRows({ h }: LinearModel): number[][] {
  return Array.from({ length: h.rows }, (_, i) => {
    const row = Array.from({ length: h.columns }, () => 0);
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++) row[h.column[p]!] = h.value[p]!;
    return row;
  });
}

/**
 * The smallest S_o/S over distortions of `attacked`, by the definition: both quadratic forms written out, attacks that
 * leave S at zero projected out, eigenvalues by mathjs. Undefined if nothing is left.
 */
export function smallestShare(
  maker: readonly (readonly number[])[],
  attacked: readonly number[],
  ownedRows: readonly number[],
  realRows: readonly number[],
): number | undefined {
  const form = (rows: readonly number[]): number[][] =>
    attacked.map((a) => attacked.map((b) => rows.reduce((sum, i) => sum + maker[i]![a]! * maker[i]![b]!, 0)));
  const whole = symmetricEigs(form(realRows));
  const kept = whole.filter(({ value }) => value > 1e-9);
  if (kept.length === 0) return undefined;
  const basis = transpose(kept.map(({ value, vector }) => vector.map((v) => v / Math.sqrt(value))));
  const reduced = multiply(multiply(transpose(basis), form(ownedRows)), basis);
  return symmetricEigs(reduced.map((row, i) => row.map((v, j) => (v + reduced[j]![i]!) / 2)))[0]!.value;
}

/** Ascending. */
function symmetricEigs(a: number[][]): { value: number; vector: number[] }[] {
  if (a.length === 1) return [{ value: a[0]![0]!, vector: [1] }];
  const { eigenvectors } = eigs(matrix(a));
  return eigenvectors
    .map(({ value, vector }) => ({
      value: Number(value),
      vector: (vector as { toArray(): number[] }).toArray(),
    }))
    .sort((x, y) => x.value - y.value);
}

/** Rows of a model: those of some seats, and those of meters. */
export function rowsOf(
  { ownerOfRow }: IncentiveModel,
  members: readonly number[],
): { own: number[]; real: number[] } {
  const all = Array.from(ownerOfRow.keys());
  return {
    own: all.filter((i) => members.includes(ownerOfRow[i]!)),
    real: all.filter((i) => ownerOfRow[i]! >= 0),
  };
}

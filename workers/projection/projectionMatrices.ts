import { inv } from "mathjs";
import { ProjectionError } from "./errors.js";
import type { ProjectionMatrices, ProjectionRows } from "./types.js";

/** Bits of an entry of A and of P, without the sign. */
const INVERSE_BITS = 127;
const PROJECTION_BITS = 63;
/** Most digits that the contract takes. */
const MOST_INVERSE_DIGITS = 230;
const MOST_PROJECTION_DIGITS = 62;
const MOST_REFINEMENTS = 20;

/**
 * A = G⁻¹ and P = H A HᵀW in fixed point (paper 003, section 5.2: computed off the chain, by the proposer).
 *
 * mathjs inverts G in double precision; that is refined in whole numbers, by `A += (I - AG)G⁻¹`, until every entry of A
 * is right to one unit. P is computed from that A exactly, and rounded to nearest.
 *
 * @throws ProjectionError when G is singular, or nearly.
 */
export function projectionMatrices(h: ProjectionRows): ProjectionMatrices {
  const { states } = h;
  const gain = gainMatrix(h);
  const rough = invert(gain, states);
  const largest = rough.reduce((most, row) => row.reduce((max, x) => Math.max(max, Math.abs(x)), most), 0);
  const inverseDigits = Math.min(MOST_INVERSE_DIGITS, INVERSE_BITS - 1 - Math.ceil(Math.log2(largest)));
  const inverse = refine(gain, rough, inverseDigits);

  const [least, most] = [Math.min(...h.weight), Math.max(...h.weight)];
  // |P_ij| is at most the root of w_j / w_i, since W^½ P W^-½ is an orthogonal projection.
  const projectionDigits = Math.min(
    MOST_PROJECTION_DIGITS,
    PROJECTION_BITS - 1 - Math.ceil(Math.log2(most / least) / 2),
  );
  const projection = project(h, inverse, BigInt(inverseDigits - projectionDigits));
  return { states, rows: h.weight.length, inverseDigits, inverse, projectionDigits, projection };
}

/** G = HᵀWH, by rows: the entries that are not zero. */
function gainMatrix({ states, terms, weight }: ProjectionRows): Map<number, bigint>[] {
  const gain = Array.from({ length: states }, () => new Map<number, bigint>());
  for (const [row, entries] of terms.entries()) {
    const w = BigInt(weight[row]!);
    for (const left of entries) {
      const line = gain[left.column]!;
      for (const right of entries) {
        const product = w * BigInt(left.coefficient) * BigInt(right.coefficient);
        line.set(right.column, (line.get(right.column) ?? 0n) + product);
      }
    }
  }
  return gain;
}

/** G⁻¹ in double precision, by mathjs. Scaled by the diagonal first, so that mathjs sees numbers near 1. */
function invert(gain: readonly Map<number, bigint>[], states: number): number[][] {
  const scale = gain.map((row, i) => 1 / Math.sqrt(Number(row.get(i) ?? 0n)));
  if (!scale.every(Number.isFinite)) throw new ProjectionError("no meter sees some bus: G has no inverse");
  const dense = gain.map((row, i) =>
    Array.from({ length: states }, (_, j) => Number(row.get(j) ?? 0n) * scale[i]! * scale[j]!),
  );
  try {
    return inv(dense).map((row, i) => row.map((x, j) => x * scale[i]! * scale[j]!));
  } catch (error) {
    throw new ProjectionError("the meters do not determine every angle: G has no inverse", { cause: error });
  }
}

/** Whole-number refinement: what is missing, E = 2^a I - AG, is exact; its product with the rough inverse is added. */
function refine(gain: readonly Map<number, bigint>[], rough: number[][], digits: number): bigint[] {
  const states = gain.length;
  const inverse = rough.flatMap((row) => row.map((x) => BigInt(Math.round(x * 2 ** digits))));
  const one = 1n << BigInt(digits);
  for (let round = 0; round < MOST_REFINEMENTS; round++) {
    let largest = 0;
    for (let i = 0; i < states; i++) {
      const missing = Array.from({ length: states }, (_, j) => (i === j ? one : 0n));
      for (let k = 0; k < states; k++) {
        const a = inverse[i * states + k]!;
        for (const [j, g] of gain[k]!) missing[j]! -= a * g;
      }
      const inDouble = missing.map(Number);
      for (let j = 0; j < states; j++) {
        let step = 0;
        for (let k = 0; k < states; k++) step += inDouble[k]! * rough[k]![j]!;
        inverse[i * states + j]! += BigInt(Math.round(step));
        largest = Math.max(largest, Math.abs(step));
      }
    }
    if (largest < 1) return inverse;
  }
  throw new ProjectionError(
    "the meters determine some angle too weakly: G has no inverse in double precision",
  );
}

/** P in units of 2^-k from A in units of 2^-a, exactly rounded; `shift` is a - k. */
function project(h: ProjectionRows, inverse: readonly bigint[], shift: bigint): bigint[] {
  const half = 1n << (shift - 1n);
  const terms = h.terms.map((row) =>
    row.map(({ column, coefficient }) => ({ column, coefficient: BigInt(coefficient) })),
  );
  const weight = h.weight.map(BigInt);
  return terms.flatMap((row) => {
    const left = Array.from({ length: h.states }, (_, j) =>
      row.reduce((sum, t) => sum + t.coefficient * inverse[t.column * h.states + j]!, 0n),
    );
    return terms.map((other, j) => {
      const product = other.reduce((sum, t) => sum + t.coefficient * left[t.column]!, 0n);
      return (product * weight[j]! + half) >> shift;
    });
  });
}

/** `A = VΛVᵀ` of a symmetric matrix. */
export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** By rows; column j is the eigenvector of value j, of unit length. */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * All eigenvalues and eigenvectors of a dense symmetric matrix: Householder reduction to a tridiagonal matrix, then
 * QL iterations with implicit shifts (Bowdler, Martin, Reinsch, Wilkinson, in Handbook for Automatic Computation II,
 * 1971, contributions II/2 and II/4: tred2, tql2). Errors are some multiples of 2⁻⁵³·‖A‖. O(n³).
 *
 * @param a by rows, n × n; only the lower triangle is read.
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  // The transpose of V, so that a rotation of two eigenvectors works on two rows.
  const v = new Float64Array(n * n);
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  if (n === 0) return { values: d, vectors: v };
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) v[i * n + j] = v[j * n + i] = a[i * n + j]!;
  tridiagonalise(v, n, d, e);
  diagonalise(v, n, d, e);
  const by = Array.from(d, (_, j) => j).sort((x, y) => d[x]! - d[y]!);
  const vectors = new Float64Array(n * n);
  by.forEach((from, to) => {
    for (let i = 0; i < n; i++) vectors[i * n + to] = v[from * n + i]!;
  });
  return { values: Float64Array.from(by, (j) => d[j]!), vectors };
}

/** `A = QTQᵀ`: T in d (diagonal) and e (e[i] beside i - 1 and i); v becomes Qᵀ. */
function tridiagonalise(v: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  const u = new Float64Array(n);
  const p = new Float64Array(n);
  const factor = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    let length = 0;
    for (let k = 0; k < i; k++) length = Math.hypot(length, v[row + k]!);
    const last = v[row + i - 1]!;
    d[i] = v[row + i]!;
    // Nothing beside the diagonal: no reflection.
    let rest = 0;
    for (let k = 0; k < i - 1; k++) rest += Math.abs(v[row + k]!);
    if (rest === 0) {
      e[i] = last;
      factor[i] = 0;
      continue;
    }
    const beside = last > 0 ? -length : length;
    e[i] = beside;
    const h = length * (length + Math.abs(last));
    factor[i] = h;
    v[row + i - 1] = last - beside;
    for (let k = 0; k < i; k++) u[k] = v[row + k]!;
    // A ← (I - uuᵀ/h) A (I - uuᵀ/h) on the leading i × i block, kept whole.
    let along = 0;
    for (let k = 0; k < i; k++) {
      let sum = 0;
      for (let j = 0; j < i; j++) sum += v[k * n + j]! * u[j]!;
      p[k] = sum / h;
      along += u[k]! * p[k]!;
    }
    const half = along / (2 * h);
    for (let k = 0; k < i; k++) p[k]! -= half * u[k]!;
    for (let k = 0; k < i; k++) {
      const uk = u[k]!;
      const pk = p[k]!;
      for (let j = 0; j < i; j++) v[k * n + j]! -= uk * p[j]! + pk * u[j]!;
    }
  }
  d[0] = v[0]!;
  e[0] = 0;

  // Qᵀ from the reflections, which lie in the rows of v below the diagonal.
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let i = 1; i < n; i++) {
    if (factor[i] === 0) continue;
    // Rows of Qᵀ: q ← q (I - uuᵀ/h). Only the first i rows and columns are not yet those of I.
    for (let k = 0; k < i; k++) {
      let sum = 0;
      for (let j = 0; j < i; j++) sum += q[k * n + j]! * v[i * n + j]!;
      sum /= factor[i]!;
      for (let j = 0; j < i; j++) q[k * n + j]! -= sum * v[i * n + j]!;
    }
  }
  v.set(q);
}

/** QL with implicit shifts; the rows of v are rotated along. */
function diagonalise(v: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i]!;
  e[n - 1] = 0;
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(d[i]!) + Math.abs(e[i]!));
  const negligible = Number.EPSILON * size;
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > negligible) m++;
      if (m === l) break;
      if (sweep === MOST_SWEEPS) throw new RangeError("eigenvalues: no convergence");
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let shift = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= shift;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - shift;
        r = (d[i]! - g) * s + 2 * c * b;
        shift = s * r;
        d[i + 1] = g + shift;
        g = c * r - b;
        const low = i * n;
        const high = low + n;
        for (let k = 0; k < n; k++) {
          const upper = v[high + k]!;
          const lower = v[low + k]!;
          v[high + k] = s * lower + c * upper;
          v[low + k] = c * lower - s * upper;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= shift;
      e[l] = g;
      e[m] = 0;
    }
  }
}

import type { MadeVersion } from "../grid/version/arbitraryVersion.js";

/** J and by how much it is over-stated, exactly: `gᵀG⁻¹g` as a fraction. */
export interface ExactCertificate {
  readonly objective: bigint;
  readonly overStatement: readonly [numerator: bigint, denominator: bigint];
}

/**
 * The certificate from the definition, by another way than the reference: H as a dense matrix made from the grid and its
 * plan (not from edges and spanning tree), in the integers that the records quantise its lines, shifts and weights to;
 * then G and `gᵀG⁻¹g` by elimination in fractions.
 */
export function exactCertificate(
  { grid, plan, built }: MadeVersion,
  values: readonly number[],
  angles: readonly number[],
): ExactCertificate {
  const { records, meters } = built;
  const { roots, angleDigits, weightDigits, powerUnitKw } = records.geometry;
  const position = new Map(records.tree.map(({ bus }, i) => [bus, i]));
  const lines = grid.lines.map((line) => ({
    number: line.number,
    from: position.get(grid.buses[line.from]!.number)!,
    to: position.get(grid.buses[line.to]!.number)!,
    b: BigInt(Math.round((line.susceptanceKwPerRad / powerUnitKw) * 2 ** (40 - angleDigits))),
    shift: BigInt(Math.round(line.shiftRad * 2 ** angleDigits)),
  }));

  // The angles of the grid itself: a tree line's phase shift is in those of the records.
  const theta = angles.map(BigInt);
  records.tree.forEach((record, i) => {
    const line = lines.find(({ number }) => number === record.line);
    if (line === undefined) return;
    const gauge = theta[record.parent]! - BigInt(angles[record.parent]!);
    theta[i] = BigInt(angles[i]!) + gauge + (line.from === i ? line.shift : -line.shift);
  });

  const states = records.tree.length - roots;
  const rows: { entries: bigint[]; residual: bigint; weight: bigint }[] = [];
  const addRow = (
    z: number,
    sigmaInCounts: number,
    flows: [(typeof lines)[number], bigint][],
    pmu?: number,
  ): void => {
    const entries = Array.from({ length: states }, () => 0n);
    let residual = BigInt(z) << 40n;
    const put = (bus: number, b: bigint): void => {
      if (bus >= roots) entries[bus - roots]! += b;
    };
    for (const [{ from, to, b, shift }, sign] of flows) {
      put(from, sign * b);
      put(to, -sign * b);
      residual -= sign * b * (theta[from]! - theta[to]! - shift);
    }
    if (pmu !== undefined) {
      const b = 2n ** BigInt(60 - angleDigits);
      put(pmu, b);
      residual -= b * theta[pmu]!;
    }
    rows.push({ entries, residual, weight: BigInt(Math.round(2 ** weightDigits / sigmaInCounts ** 2)) });
  };
  const leaving = (bus: number): [(typeof lines)[number], bigint][] =>
    lines.flatMap((line): [(typeof lines)[number], bigint][] =>
      line.from === bus ? [[line, 1n]] : line.to === bus ? [[line, -1n]] : [],
    );
  meters.forEach((meter, i) => {
    const line = lines.find(({ number }) => number === meter.place)!;
    const [z, sigma] = [values[i]!, meter.sigma / powerUnitKw];
    if (meter.kind === "flowFrom") addRow(z, sigma, [[line, 1n]]);
    else if (meter.kind === "flowTo") addRow(z, sigma, [[line, -1n]]);
    else if (meter.kind === "injection") addRow(z, sigma, leaving(position.get(meter.place)!));
    else addRow(z, meter.sigma * 2 ** 20, [], position.get(meter.place));
  });
  for (const bus of plan.zeroInjections) {
    addRow(0, plan.zeroInjectionSigma / powerUnitKw, leaving(position.get(bus)!));
  }

  const objective = rows.reduce((sum, { weight, residual }) => sum + weight * residual * residual, 0n);
  const gain = Array.from({ length: states }, (_, i) =>
    Array.from({ length: states }, (__, j) =>
      rows.reduce((sum, { entries, weight }) => sum + weight * entries[i]! * entries[j]!, 0n),
    ),
  );
  const gradient = Array.from({ length: states }, (_, i) =>
    rows.reduce((sum, { entries, weight, residual }) => sum + weight * entries[i]! * residual, 0n),
  );
  return { objective, overStatement: quadraticForm(gain, gradient) };
}

/**
 * `gᵀG⁻¹g` for a positive definite G: bordered by g and eliminated without fractions (Bareiss), the last pivot of
 * `[[G, g], [gᵀ, 0]]` is its determinant, which is `-det G · gᵀG⁻¹g`.
 */
function quadraticForm(gain: readonly bigint[][], g: readonly bigint[]): [bigint, bigint] {
  const a = [...gain.map((row, i) => [...row, g[i]!]), [...g, 0n]];
  const n = a.length;
  let previous = 1n;
  for (let k = 0; k < n - 1; k++) {
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j < n; j++) {
        a[i]![j] = (a[i]![j]! * a[k]![k]! - a[i]![k]! * a[k]![j]!) / previous;
      }
    }
    previous = a[k]![k]!;
  }
  return [-a[n - 1]![n - 1]!, previous];
}

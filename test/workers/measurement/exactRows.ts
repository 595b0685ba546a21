import type { MadeVersion } from "../grid/version/arbitraryVersion.js";

/** A row of H in integers, by state, and its residual. */
export interface ExactRow {
  readonly entries: readonly bigint[];
  readonly residual: bigint;
  readonly weight: bigint;
}

/**
 * The rows from the definition: H as a dense matrix made from the grid and its plan (not from edges and spanning tree), in
 * the integers that the records quantise its lines, shifts and weights to. In the order of the meters, then the zero
 * injections.
 *
 * @param finer Binary digits that the angles, and so the residuals, have more.
 */
export function exactRows(
  {
    grid,
    plan,
    built,
  }: Pick<MadeVersion, "grid" | "plan"> & {
    readonly built: Pick<MadeVersion["built"], "records" | "meters">;
  },
  values: ArrayLike<number>,
  angles: readonly (number | bigint)[],
  finer = 0,
): ExactRow[] {
  const { records, meters } = built;
  const { roots, angleDigits, weightDigits, powerUnitKw } = records.geometry;
  const position = new Map(records.tree.map(({ bus }, i) => [bus, i]));
  const lines = grid.lines.map((line) => ({
    number: line.number,
    from: position.get(grid.buses[line.from]!.number)!,
    to: position.get(grid.buses[line.to]!.number)!,
    b: BigInt(Math.round((line.susceptanceKwPerRad / powerUnitKw) * 2 ** (40 - angleDigits))),
    shift: BigInt(Math.round(line.shiftRad * 2 ** angleDigits)) << BigInt(finer),
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
  const rows: ExactRow[] = [];
  const addRow = (
    z: number,
    sigmaInCounts: number,
    flows: [(typeof lines)[number], bigint][],
    pmu?: number,
  ): void => {
    const entries = Array.from({ length: states }, () => 0n);
    let residual = BigInt(z) << BigInt(40 + finer);
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
  return rows;
}

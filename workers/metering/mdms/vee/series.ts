/** Measured intervals of one usage point: energy in Wh by τ, the end of the interval in unix seconds. */
export interface Series {
  readonly intervalSeconds: number;
  readonly measured: ReadonlyMap<number, number>;
}

/** Consecutive intervals without a measurement. */
export interface Gap {
  /** τ of the first. */
  readonly first: number;
  readonly count: number;
}

/** The gaps among the intervals that end after `since` and up to `until`, both on the series' grid. */
export function findGaps({ intervalSeconds, measured }: Series, since: number, until: number): Gap[] {
  const gaps: Gap[] = [];
  let first: number | undefined;
  for (let tau = since + intervalSeconds; tau <= until + intervalSeconds; tau += intervalSeconds) {
    const missing = tau <= until && !measured.has(tau);
    if (missing) first ??= tau;
    else if (first !== undefined) {
      gaps.push({ first, count: (tau - first) / intervalSeconds });
      first = undefined;
    }
  }
  return gaps;
}

/** The τ of each interval of a gap. */
export function tausOf({ first, count }: Gap, intervalSeconds: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i * intervalSeconds);
}

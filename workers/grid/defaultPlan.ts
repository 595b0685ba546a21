import { defaultSigmas } from "./defaultSigmas.js";
import { meterOwner } from "./meterOwner.js";
import type { Partition } from "./partition.js";
import type { Grid, Meter, MeteringPlan } from "./types.js";

/** What the default plan leaves open. */
export interface DefaultPlanOptions {
  /** Also a flow meter at the to end of every line. */
  readonly bothEnds?: boolean;
}

/**
 * The default metering plan: a flow meter at the from end of every line (`F<line>`), with `bothEnds` also at its to
 * end (`T<line>`), and an injection meter at every bus (`I<bus>`), in grid order; no PMUs, no zero injections.
 */
export function defaultPlan(
  grid: Grid,
  partition: Partition,
  options: DefaultPlanOptions = {},
): MeteringPlan {
  const ownerOf = meterOwner(grid, partition);
  const meter = (prefix: string, kind: Meter["kind"], place: number, sigma: number): Meter => ({
    id: `${prefix}${place}`,
    kind,
    place,
    sigma,
    owner: ownerOf(kind, place),
  });
  const { flowKw, injectionKw, zeroInjectionKw } = defaultSigmas;
  const meters = grid.lines.map(({ number }) => meter("F", "flowFrom", number, flowKw));
  if (options.bothEnds === true)
    meters.push(...grid.lines.map(({ number }) => meter("T", "flowTo", number, flowKw)));
  meters.push(...grid.buses.map(({ number }) => meter("I", "injection", number, injectionKw)));
  return { meters, zeroInjections: [], zeroInjectionSigma: zeroInjectionKw };
}

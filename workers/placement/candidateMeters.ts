import { defaultSigmas } from "../grid/defaultSigmas.js";
import type { Grid, Meter, MeteringPlan } from "../grid/types.js";

/** The first letter of a meter's name in the default plan, and of a proposed one. */
const prefixes: Record<Meter["kind"], string> = { flowFrom: "F", flowTo: "T", injection: "I", pmu: "P" };

/** A meter that could be added; nobody owns it yet. */
export type CandidateMeter = Omit<Meter, "owner">;

/**
 * Every meter that a plan could have and does not, the cheaper kinds first: flows at the from and at the to end of
 * each line, injections, PMUs; in grid order within a kind. No injection meter where the injection is known to be
 * zero, no PMU at a reference bus.
 */
export function candidateMeters(grid: Grid, plan: MeteringPlan): CandidateMeter[] {
  const taken = new Set(plan.meters.map(({ kind, place }) => `${kind} ${place}`));
  const ids = new Set(plan.meters.map(({ id }) => id));
  const zero = new Set(plan.zeroInjections);
  const { flowKw, injectionKw, pmuRad } = defaultSigmas;
  const lines = grid.lines.map(({ number }) => number);
  const buses = grid.buses.map(({ number }) => number);
  const angles = grid.buses.filter(({ reference }) => !reference).map(({ number }) => number);

  const of = (kind: Meter["kind"], places: readonly number[], sigma: number): CandidateMeter[] =>
    places
      .filter((place) => !taken.has(`${kind} ${place}`))
      .map((place) => ({ id: freeName(`${prefixes[kind]}${place}`, ids), kind, place, sigma }));
  return [
    ...of("flowFrom", lines, flowKw),
    ...of("flowTo", lines, flowKw),
    ...of(
      "injection",
      buses.filter((bus) => !zero.has(bus)),
      injectionKw,
    ),
    ...of("pmu", angles, pmuRad),
  ];
}

/** The name itself, or with the first of -2, -3, … that makes it new. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let suffix = 2; taken.has(free); suffix++) free = `${name}-${suffix}`;
  return free;
}

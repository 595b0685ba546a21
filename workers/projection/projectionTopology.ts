import type { Grid, MeteringPlan } from "../grid/types.js";
import { METER_KINDS } from "../grid/version/constants.js";
import { ANGLE_DIGITS } from "../grid/version/constants.js";
import { chooseScales, sigmaInCounts, susceptanceOf, weightOf } from "../grid/version/scales.js";
import { ProjectionError } from "./errors.js";
import type { ProjectionTopology } from "./types.js";

/** Bits that weights have less than in a version of the main ledger: H, W and 2¹²⁷ must multiply within a word. */
const WEIGHT_BITS_LESS = 8;

/**
 * A grid and its metering plan in the whole numbers of the projection mode: susceptances as in a version of the main
 * ledger, weights with 8 bits less, buses renumbered so that the references come last (the paper's reference is the
 * last bus).
 *
 * @param seats The seat of each operator, by name.
 * @throws ProjectionError for a phase shifter, which the paper's model does not have, or an owner without a seat.
 * @throws VersionError if a susceptance or sigma cannot be written.
 */
export function projectionTopology(
  grid: Grid,
  plan: MeteringPlan,
  seats: ReadonlyMap<string, number>,
): ProjectionTopology {
  const shifted = grid.lines.find(({ shiftRad }) => shiftRad !== 0);
  if (shifted !== undefined) {
    throw new ProjectionError(
      `line ${shifted.number} of ${grid.name} shifts the phase: the projection mode has no constant terms`,
    );
  }
  const states = grid.buses.length - grid.islands;
  let column = 0;
  let reference = states;
  const position = grid.buses.map((bus) => (bus.reference ? reference++ : column++));
  const positionOf = new Map(grid.buses.map(({ number }, i) => [number, position[i]!]));
  const lineOf = new Map(grid.lines.map(({ number }, i) => [number, i]));

  const chosen = chooseScales(grid, plan, ANGLE_DIGITS);
  const scales = { ...chosen, weightDigits: chosen.weightDigits - WEIGHT_BITS_LESS };
  if (scales.weightDigits < 0) throw new ProjectionError("sigmas below 2^-12 counts cannot be written");
  const found = (at: number | undefined, what: string): number => {
    if (at === undefined) throw new ProjectionError(`${what} is not in service in ${grid.name}`);
    return at;
  };
  const meters = plan.meters.map((meter) => {
    const { id, kind, place, owner } = meter;
    const seat = seats.get(owner);
    if (seat === undefined) throw new ProjectionError(`meter ${id}: ${owner} has no seat`);
    const isFlow = kind === "flowFrom" || kind === "flowTo";
    return {
      kind: METER_KINDS.indexOf(kind),
      place: found(
        (isFlow ? lineOf : positionOf).get(place),
        `meter ${id}: ${isFlow ? "line" : "bus"} ${place}`,
      ),
      weight: weightOf(sigmaInCounts(meter, scales.powerUnitKw), scales, `meter ${id}`),
      seat,
    };
  });
  const zeroWeight =
    plan.zeroInjections.length === 0
      ? 0
      : weightOf(plan.zeroInjectionSigma / scales.powerUnitKw, scales, "zero injections");
  const virtual = plan.zeroInjections.map((bus) => ({
    kind: METER_KINDS.indexOf("injection"),
    place: found(positionOf.get(bus), `zero injection: bus ${bus}`),
    weight: zeroWeight,
    seat: 0,
  }));
  return {
    buses: grid.buses.length,
    states,
    lines: grid.lines.map(({ from, to, susceptanceKwPerRad, number }) => ({
      from: position[from]!,
      to: position[to]!,
      susceptance: susceptanceOf(susceptanceKwPerRad, scales, number),
    })),
    rows: [...meters, ...virtual],
    meters: meters.length,
    weightDigits: scales.weightDigits,
    powerUnitKw: scales.powerUnitKw,
  };
}

import type { Grid, Meter, MeteringPlan } from "../grid/types.js";

/**
 * Who should own a new meter: of the operators that may, the one with the most meters at the nearest buses that have
 * any, counted in lines from where the new meter sits; of equals the first by name.
 *
 * @param eligible Whether an operator may own it.
 * @returns A function of kind and place; undefined where no operator that may owns a meter within reach.
 */
export function nearestOwner(
  grid: Grid,
  plan: MeteringPlan,
): (meter: Pick<Meter, "kind" | "place">, eligible: (owner: string) => boolean) => string | undefined {
  const busAt = new Map(grid.buses.map(({ number }, index) => [number, index]));
  const lineAt = new Map(grid.lines.map((line) => [line.number, line]));
  const neighbours = grid.buses.map((): number[] => []);
  for (const { from, to } of grid.lines) {
    neighbours[from]!.push(to);
    neighbours[to]!.push(from);
  }
  const busOf = ({ kind, place }: Pick<Meter, "kind" | "place">): number =>
    kind === "flowFrom"
      ? lineAt.get(place)!.from
      : kind === "flowTo"
        ? lineAt.get(place)!.to
        : busAt.get(place)!;
  const ownersAt = grid.buses.map((): string[] => []);
  for (const meter of plan.meters) ownersAt[busOf(meter)]!.push(meter.owner);

  return (meter, eligible) => {
    let ring = [busOf(meter)];
    const reached = new Set(ring);
    while (ring.length > 0) {
      const count = new Map<string, number>();
      for (const owner of ring.flatMap((bus) => ownersAt[bus]!).filter(eligible)) {
        count.set(owner, (count.get(owner) ?? 0) + 1);
      }
      const [nearest] = [...count].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      if (nearest !== undefined) return nearest[0];
      const next = new Set(ring.flatMap((bus) => neighbours[bus]!).filter((bus) => !reached.has(bus)));
      for (const bus of next) reached.add(bus);
      ring = [...next];
    }
    return undefined;
  };
}

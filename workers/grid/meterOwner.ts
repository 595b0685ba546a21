import { GridModelError } from "./errors.js";
import type { Partition } from "./partition.js";
import type { Grid, Meter } from "./types.js";

/**
 * Who owns a meter under a partition: the owner of the bus that it sits at. A flow meter at the from end of a tie line
 * so belongs to the operator of the from bus.
 *
 * @returns A function of kind and place that gives the operator's name.
 * @throws GridModelError (the returned function) for a bus or line that the grid does not have.
 */
export function meterOwner(grid: Grid, partition: Partition): (kind: Meter["kind"], place: number) => string {
  const busAt = new Map(grid.buses.map(({ number }, index) => [number, index]));
  const lineAt = new Map(grid.lines.map((line) => [line.number, line]));
  return (kind, place) => {
    let bus: number | undefined;
    if (kind === "flowFrom") bus = lineAt.get(place)?.from;
    else if (kind === "flowTo") bus = lineAt.get(place)?.to;
    else bus = busAt.get(place);
    const owner = bus === undefined ? undefined : partition.names[partition.partOfBus[bus]!];
    if (owner === undefined) throw new GridModelError(`${grid.name}: no owner for ${kind} at ${place}`);
    return owner;
  };
}

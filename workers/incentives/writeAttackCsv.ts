import type { Meter } from "../grid/types.js";
import type { CoalitionFigures } from "./describeCoalition.js";

/**
 * A coalition's attacks as CSV, a line for each meter that one of them touches: what is added to its value for the best
 * gain, and for the hidden attack. kW; a PMU's in radians.
 */
export function writeAttackCsv(
  meters: readonly Meter[],
  { attack, hiddenAttack }: Pick<CoalitionFigures, "attack" | "hiddenAttack">,
): string {
  const hidden = hiddenAttack?.values ?? {};
  const lines = meters
    .filter(({ id }) => id in attack || id in hidden)
    .map(({ id, kind, place, owner }) =>
      [quoted(id), kind, place, quoted(owner), attack[id] ?? 0, hidden[id] ?? 0].join(","),
    );
  return ["meter,kind,place,owner,best,hidden", ...lines, ""].join("\n");
}

function quoted(cell: string): string {
  return /^\s|\s$|[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

import type { Member } from "../../workers/chain/readMembers.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";

/** What each member gained or lost, credits. */
export interface Moved {
  readonly seat: number;
  readonly name: string;
  readonly moved: bigint;
}

/** Credits moved, with names; of those who took part. */
export function movedBySeat(members: readonly Member[], moved: readonly bigint[]): Moved[] {
  return moved.map((credits, seat) => ({
    seat,
    name: members[seat]?.name ?? `seat ${seat}`,
    moved: credits,
  }));
}

/** Credits moved as a table. */
export function movedTable(members: readonly Member[], moved: readonly bigint[]): string {
  return table(
    [{ head: "operator" }, { head: "credits moved", align: "right" }],
    movedBySeat(members, moved).map(({ name, moved: credits }) => [
      name,
      `${credits > 0n ? "+" : ""}${grouped(credits)}`,
    ]),
  );
}

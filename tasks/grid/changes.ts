import { readVersion } from "../../workers/chain/readVersion.js";
import type { Meter } from "../../workers/grid/types.js";
import { meterChanges } from "../../workers/grid/version/meterChanges.js";
import { table } from "../../workers/report/table.js";
import type { Sharing } from "../support/openSharing.js";

/** What a version changes for an operator: names of meters. */
export interface Changes {
  readonly owner: string;
  readonly meters: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What meters would change against the version in force, per operator; without one, all are new. */
export async function changesAgainstActive(sharing: Sharing, meters: readonly Meter[]): Promise<Changes[]> {
  const { registry } = sharing.contracts;
  const active = await registry.activeVersion();
  const before = active === 0n ? [] : (await readVersion(registry, sharing.provider, active)).labels.meters;
  return meterChanges(before, meters).map(({ owner, added, removed, changed }) => ({
    owner,
    meters: meters.filter((meter) => meter.owner === owner).length,
    added: added.map(({ id }) => id),
    removed: removed.map(({ id }) => id),
    changed: changed.map(({ id }) => id),
  }));
}

/** Changes as a table. */
export function changesTable(changes: readonly Changes[]): string {
  return table(
    [
      { head: "operator" },
      { head: "meters", align: "right" },
      { head: "added", align: "right" },
      { head: "removed", align: "right" },
      { head: "changed", align: "right" },
      { head: "which" },
    ],
    changes.map(({ owner, meters, added, removed, changed }) => [
      owner,
      meters,
      added.length,
      removed.length,
      changed.length,
      which([
        ...added.map((id) => `+${id}`),
        ...removed.map((id) => `-${id}`),
        ...changed.map((id) => `~${id}`),
      ]),
    ]),
  );
}

function which(names: readonly string[]): string {
  const most = 6;
  return names.slice(0, most).join(" ") + (names.length > most ? " …" : "");
}

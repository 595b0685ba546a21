import type { Meter } from "../types.js";

/** What a new version changes for one operator; meters are named by kind and place, for names may change freely. */
export interface OwnerChanges {
  readonly owner: string;
  readonly added: readonly Meter[];
  readonly removed: readonly Meter[];
  /** With another sigma or another name, as they are now. */
  readonly changed: readonly Meter[];
}

/** The meters that a version adds, removes and changes against the one that it replaces, per operator, by name. */
export function meterChanges(before: readonly Meter[], after: readonly Meter[]): OwnerChanges[] {
  const owners = [...new Set([...after, ...before].map(({ owner }) => owner))].sort();
  return owners.map((owner) => {
    const old = byPlace(before, owner);
    const now = byPlace(after, owner);
    return {
      owner,
      added: [...now].flatMap(([key, meter]) => (old.has(key) ? [] : [meter])),
      removed: [...old].flatMap(([key, meter]) => (now.has(key) ? [] : [meter])),
      changed: [...now].flatMap(([key, meter]) => {
        const was = old.get(key);
        return was !== undefined && (was.sigma !== meter.sigma || was.id !== meter.id) ? [meter] : [];
      }),
    };
  });
}

function byPlace(meters: readonly Meter[], owner: string): Map<string, Meter> {
  return new Map(
    meters.filter((meter) => meter.owner === owner).map((meter) => [`${meter.kind} ${meter.place}`, meter]),
  );
}

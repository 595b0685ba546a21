import { analyze, type Analysis } from "../estimation/analysis.js";
import { criticalRows } from "../estimation/criticalRows.js";
import { nullSpace } from "../estimation/nullSpace.js";
import { observability } from "../estimation/observability.js";
import { measurementModel } from "../grid/measurementModel.js";
import type { Grid, Meter, MeteringPlan } from "../grid/types.js";
import { type CandidateMeter, candidateMeters } from "./candidateMeters.js";
import { PlacementError } from "./errors.js";
import { fewestCover } from "./fewestCover.js";
import { nearestOwner } from "./nearestOwner.js";
import { sight, UNSEEN } from "./sight.js";
import { spanBlindSpots } from "./spanBlindSpots.js";
import type { Placement, PlacementGoal } from "./types.js";
import { unseenWithout } from "./unseenWithout.js";

/** What is to be mended. */
export type PlacementRequest =
  | { readonly goal: Exclude<PlacementGoal, "guarded"> }
  | { readonly goal: "guarded"; readonly coalition: readonly string[] };

/**
 * The fewest meters that mend a metering plan, and who should own them.
 *
 * * `observable`: as many as H lacks rank; exact (see `spanBlindSpots`). Owned by the nearest operator.
 * * `redundant`: the fewest such that each critical meter is checked by a new one; an integer program (`fewestCover`).
 *   Owned by the nearest operator that does not own the critical meters it checks, if there is one.
 * * `guarded`: as `observable`, for the rows of those outside the coalition; owned by the nearest of them. A coalition
 *   can hide a false state, a = Hc, exactly if the others' rows leave one open (paper 003, section 6.1; Liu, Ning and
 *   Reiter, "False data injection attacks against state estimation", CCS 2009).
 *
 * @throws PlacementError when no meters can do it, or `redundant` is asked for before the grid is observable.
 * @throws GridModelError when plan and grid do not fit together.
 */
export async function placeMeters(
  grid: Grid,
  plan: MeteringPlan,
  request: PlacementRequest,
): Promise<Placement> {
  const model = measurementModel(grid, plan);
  const analysis = analyze(model.h);
  const candidates = candidateMeters(grid, plan);
  const rows = measurementModel(grid, {
    meters: candidates.map((meter) => ({ ...meter, owner: "" })),
    zeroInjections: [],
    zeroInjectionSigma: 1,
  }).h;
  const owner = nearestOwner(grid, plan);
  const states = grid.buses.filter(({ reference }) => !reference);
  return request.goal === "redundant" ? makeRedundant() : makeObservable();

  function makeObservable(): Placement {
    const coalition = new Set(request.goal === "guarded" ? request.coalition : []);
    for (const name of coalition) {
      if (!plan.meters.some((meter) => meter.owner === name))
        throw new PlacementError(`${name} owns no meter in this plan`);
    }
    const outside = (name: string): boolean => !coalition.has(name);
    const inUse = Uint8Array.from({ length: model.h.rows }, (_, row) => {
      const meter = plan.meters[row];
      return meter === undefined || outside(meter.owner) ? 1 : 0;
    });
    const { unobservableStates } = observability(analysis, inUse);
    const blind = nullSpace(analysis, inUse);
    const needed = blind.length;
    const chosen = spanBlindSpots(rows, blind);
    if (chosen.length < needed)
      throw new PlacementError(
        `${needed - chosen.length} of ${needed} blind spots cannot be seen by any meter`,
      );
    return {
      goal: request.goal,
      meters: chosen.map((row) => owned(candidates[row]!, outside, outside)),
      lowerBound: needed,
      exact: true,
      open: unobservableStates.map((state) => states[state]!.number),
    };
  }

  async function makeRedundant(): Promise<Placement> {
    checkObservable(analysis);
    // Those of meters come first, then those of virtual rows, which need no check.
    const rowsAlone = criticalRows(analysis);
    const critical = rowsAlone.filter((row) => row < plan.meters.length);
    const unseen = unseenWithout(model.h, analysis, rowsAlone);
    const checks = candidates.map((_, row) =>
      critical.flatMap((__, k) => (Math.abs(sight(rows, row, unseen[k]!)) > UNSEEN ? [k] : [])),
    );
    const { chosen, lowerBound, exact } = await fewestCover(checks, critical.length);
    return {
      goal: request.goal,
      meters: chosen.map((row) => {
        const checked = new Set(checks[row]!.map((k) => plan.meters[critical[k]!]!.owner));
        return owned(
          candidates[row]!,
          (name) => !checked.has(name),
          () => true,
        );
      }),
      lowerBound,
      exact,
      open: critical.map((row) => plan.meters[row]!.id),
    };
  }

  /** With the nearest owner of those preferred, or else the nearest of those that may. */
  function owned(
    meter: CandidateMeter,
    preferred: (name: string) => boolean,
    may: (name: string) => boolean,
  ): Meter {
    const name = owner(meter, preferred) ?? owner(meter, may);
    if (name === undefined) throw new PlacementError(`nobody in the island of ${meter.id} can own it`);
    return { ...meter, owner: name };
  }

  function checkObservable(of: Analysis): void {
    const { observable, unobservableStates } = observability(of);
    if (observable) return;
    const buses = unobservableStates.map((state) => states[state]!.number).join(", ");
    throw new PlacementError(`the grid is not observable at buses ${buses}: mend that first`);
  }
}

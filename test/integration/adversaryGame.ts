import { expect } from "chai";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { partition } from "../../workers/grid/partition.js";
import { powerFlow } from "../../workers/grid/powerFlow.js";
import { noise } from "../../workers/grid/noise.js";
import { trueMeasurements } from "../../workers/grid/trueMeasurements.js";
import type { Meter } from "../../workers/grid/types.js";
import { buildVersion } from "../../workers/grid/version/buildVersion.js";
import { MISSING_VALUE } from "../../workers/grid/version/constants.js";
import { packBatch } from "../../workers/measurement/packValues.js";
import { rowValues, versionEstimator } from "../../workers/measurement/versionEstimator.js";
import { ledgerFixture } from "../contracts/measurement/ledgerFixture.js";

export const operatorNames = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];

/** What a slot moved. */
export interface PlayedSlot {
  readonly slot: number;
  /** Change of each operator's credits, by seat. */
  readonly changes: readonly number[];
  readonly alarm: boolean;
  readonly complete: boolean;
  /** The meter with the largest normalised residual, in a complete slot. */
  readonly suspect: string | undefined;
}

/** IEEE 14 among four operators on contracts of their own, and slots played on it. */
export type AdversaryGame = Awaited<ReturnType<typeof adversaryGame>>;

/**
 * Deploys the contracts and brings IEEE 14 into force under the default plan.
 *
 * @param change Makes another plan of it.
 */
export async function adversaryGame(
  change: (meters: readonly Meter[]) => readonly Meter[] = (meters) => meters,
) {
  const grid = compileGrid(builtinCase("ieee14"));
  const plan = defaultPlan(grid, partition(grid, operatorNames));
  const changed = { ...plan, meters: change(plan.meters) };
  const seats = new Map(operatorNames.map((name, seat) => [name, seat]));
  const { records, meters } = buildVersion(grid, changed, seats);
  const exactKw = trueMeasurements(grid, { ...changed, meters }, powerFlow(grid));
  const f = await ledgerFixture(records);
  const estimator = versionEstimator(records);
  const { powerUnitKw } = records.geometry;
  const numberOf = (id: string): number => {
    const number = meters.findIndex((meter) => meter.id === id);
    expect(number, id).to.not.equal(-1);
    return number;
  };

  /** Honest values of a slot, in counts, by meter. The noise is small enough that honest slots raise no alarm. */
  const honest = (slot: number): number[] => {
    const quiet = meters.map((meter) => ({ ...meter, sigma: meter.sigma / 4 }));
    const kw = noise({ meters: quiet, zeroInjections: [], zeroInjectionSigma: 1 }, exactKw, 14, slot);
    return meters.map((_, meter) => Math.round(kw[meter]! / powerUnitKw));
  };

  /** Settles a slot whose values are uploaded, or closes it, and says what that moved. */
  const finish = async (
    slot: number,
    values: readonly number[],
    before: readonly bigint[],
  ): Promise<PlayedSlot> => {
    await f.passCutOff(slot);
    const complete = !values.includes(MISSING_VALUE);
    let alarm = false;
    let suspect: string | undefined;
    if (complete) {
      await f.settle(slot, values);
      const [event] = await f.contracts.ledger.queryFilter(f.contracts.ledger.filters.SlotSettled(slot));
      alarm = event!.args.objectiveQ32 > event!.args.thresholdQ32;
      const { residual } = estimator.estimate(rowValues(records, values));
      const { value } = estimator.normalisedResiduals(residual);
      suspect = meters[value.indexOf(Math.max(...value))]!.id;
    } else {
      await f.contracts.ledger.closeIncomplete(slot, packBatch(values), "0x");
    }
    const after = await f.credits();
    expect(after.reduce((sum, x) => sum + x, 0n)).to.equal(before.reduce((sum, x) => sum + x, 0n));
    return { slot, changes: after.map((x, seat) => Number(x - before[seat]!)), alarm, complete, suspect };
  };

  /** Plays the next slot: everyone uploads what `change` makes of the honest values. */
  const play = async (distort: (values: number[]) => void = () => undefined): Promise<PlayedSlot> => {
    const slot = await f.nextSlot();
    const before = await f.credits();
    const values = honest(slot);
    distort(values);
    await f.uploadAll(slot, values);
    return await finish(slot, values, before);
  };

  return {
    ...f,
    meters,
    honest,
    finish,
    play,
    numberOf,
    seatOf: (id: string): number => seats.get(meters[numberOf(id)]!.owner)!,
    metersOf: (seat: number): number[] =>
      meters.flatMap(({ owner }, meter) => (owner === operatorNames[seat] ? [meter] : [])),
    /** kW as counts. */
    counts: (kw: number): number => Math.round(kw / powerUnitKw),
    sigma: (id: string): number => meters[numberOf(id)]!.sigma,
  };
}

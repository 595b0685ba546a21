import { expect } from "chai";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { slotValues } from "../../../workers/demo/slotValues.js";
import type { GridCase } from "../../../workers/grid/types.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { nameSuspect, type SuspectClaim } from "../../../workers/measurement/nameSuspect.js";
import { packBatch } from "../../../workers/measurement/packValues.js";
import { packSlotAngles, slotAngles } from "../../../workers/measurement/slotAngles.js";
import { rowValues, versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import { Suspects__factory } from "../../../typechain-types/index.js";
import { ledgerFixture } from "./ledgerFixture.js";

/** A ledger, with what is needed to name suspects on it. */
export async function alarmFixture(records: VersionRecords) {
  const f = await ledgerFixture(records);
  const estimator = versionEstimator(records);
  const address = await f.contracts.ledger.suspects();
  return {
    ...f,
    estimator,
    suspects: Suspects__factory.connect(address, f.stranger),
    suspectsAs: (seat: number) => Suspects__factory.connect(address, f.members[seat]),
    claim: (values: readonly number[], meter?: number): SuspectClaim =>
      nameSuspect(records, estimator, values, meter),
    /** Uploads and settles the next slot, which must raise the alarm. */
    raise: async (values: readonly number[]): Promise<{ slot: number; values: Uint8Array }> => {
      const slot = await f.nextSlot();
      await f.uploadAll(slot, values);
      await f.passCutOff(slot);
      const { theta } = estimator.estimate(rowValues(records, values));
      const angles = packSlotAngles(slotAngles(records, estimator, values, theta));
      await f.contracts.ledger.settle(slot, packBatch(values), "0x", angles);
      const [event] = await f.contracts.ledger.queryFilter(f.contracts.ledger.filters.SlotSettled(slot));
      expect(event!.args.objectiveQ32 > event!.args.thresholdQ32, "there is an alarm").to.equal(true);
      return { slot, values: packBatch(values) };
    },
  };
}

/** A case among four operators, and a slot of it with one meter that is `sigmas` of its own off. */
export function falsified(gridCase: GridCase, meter: number, sigmas: number) {
  const grid = prepareGrid(gridCase, ["A", "B", "C", "D"]);
  const at = meter % grid.meters.length;
  const errorKw = sigmas * grid.meters[at]!.sigma;
  const values = slotValues(grid, 118, 1, { falsified: { meter: at, errorKw, identifiable: true } });
  return { grid, values, meter: at };
}

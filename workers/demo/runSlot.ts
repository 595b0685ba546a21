import { readLedgerRules } from "../chain/readLedgerRules.js";
import { slotTimes } from "../measurement/slotTimes.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import { slotAngles } from "../measurement/slotAngles.js";
import { estimateReported } from "./estimateReported.js";
import { type LedgerSettlement, closeSlot, settleOnLedger } from "./settleOnLedger.js";
import { slotValues } from "./slotValues.js";
import { submitWrongEstimate } from "./submitWrongEstimate.js";
import type { DemoChain, DemoGrid, Falsification, Refusal, SlotEvent, SlotOutcome } from "./types.js";
import { uploadBatches } from "./uploadBatches.js";

/** What the slots of a demo have in common. */
export interface SlotSetting {
  readonly chain: DemoChain;
  readonly demoGrid: DemoGrid;
  readonly seed: number;
  /** Of the false alarm rate that the members agreed on. */
  readonly normalQuantile: number;
  readonly silentMeters: readonly number[];
  readonly falsification: Falsification;
}

/**
 * Runs the ledger's next slot: every operator uploads its meters' values with their noise, time passes to the cut-off,
 * and one operator's worker estimates and settles; the turn goes round.
 *
 * @param turn Number of the slot within the demo, from 0: the stream of its noise.
 */
export async function runSlot(
  setting: SlotSetting,
  turn: number,
  event: SlotEvent | undefined,
): Promise<SlotOutcome> {
  const { chain, demoGrid, seed } = setting;
  const { ledger, consortium } = chain.operators[0]!.contracts;
  const slot = Number(await ledger.nextSlot());
  const { start, cutoff } = slotTimes(await readLedgerRules(ledger), slot);
  const before = (await consortium.members()).map(({ credits }) => credits);

  const falsification = event === "falsified" ? setting.falsification : undefined;
  const silent = event === "silent" ? setting.silentMeters : [];
  const values = slotValues(demoGrid, seed, turn, { silent, falsified: falsification });
  await chain.clock.advanceTo(start);
  const uploadGas = await uploadBatches(chain, demoGrid, slot, values);
  await chain.clock.advanceTo(cutoff);

  const worker = chain.operators[turn % chain.operators.length]!;
  const estimate = estimateReported(demoGrid, values, setting.normalQuantile);
  const refusals: Refusal[] = [];
  let settlement: LedgerSettlement | undefined;
  if (values.includes(MISSING_VALUE)) {
    settlement = await closeSlot(worker.contracts.ledger, slot, values);
  } else {
    const angles = slotAngles(demoGrid.records, demoGrid.estimator, values, estimate.theta!);
    if (event === "wrongEstimate") {
      const liar = chain.operators[(turn + 1) % chain.operators.length]!;
      const tried = await submitWrongEstimate(liar, demoGrid.records, slot, values, angles, seed);
      if ("refusal" in tried) refusals.push(tried.refusal);
      else settlement = tried.settlement;
    }
    settlement ??= await settleOnLedger(worker.contracts.ledger, slot, values, angles);
  }

  const credits = (await consortium.members()).map((member) => member.credits);
  return {
    slot,
    event,
    complete: settlement.objective !== undefined,
    settledBy: worker.name,
    gaps: values.flatMap((value, meter) =>
      value === MISSING_VALUE
        ? [{ meter, filledKw: estimate.filledKw.get(meter), exactKw: demoGrid.exactKw[meter]! }]
        : [],
    ),
    falsification,
    refusals,
    objective: settlement.objective ?? estimate.objective,
    threshold: settlement.threshold ?? estimate.threshold,
    workerObjective: estimate.objective,
    overStatement: settlement.overStatement,
    suspects: estimate.suspects,
    normalisedResiduals: estimate.normalisedResiduals,
    uploadGas,
    settleGas: settlement.gasUsed,
    moved: credits.map((now, seat) => now - before[seat]!),
    credits,
    totalCredits: await consortium.totalCredits(),
  };
}

import { normalQuantile } from "../estimation/normalQuantile.js";
import { wilsonHilferty } from "../estimation/wilsonHilferty.js";
import { checkDemo } from "./checkDemo.js";
import { falseAlarm } from "./demoTerms.js";
import { pickFalsification } from "./pickFalsification.js";
import { pickSilentMeters } from "./pickSilentMeters.js";
import { runSlot } from "./runSlot.js";
import { scheduleEvents } from "./scheduleEvents.js";
import type { RegisteredVersion } from "./registerVersion.js";
import type { DemoChain, DemoGrid, DemoResult, SlotOutcome } from "./types.js";

/** What is asked of the slots of a demo. */
export interface DemoRun {
  readonly chain: DemoChain;
  readonly demoGrid: DemoGrid;
  readonly registered: RegisteredVersion;
  readonly slots: number;
  readonly seed: number;
}

/**
 * Runs the slots of a demo on a chain where its grid is in force, with an event in some of them, and checks what it claims.
 *
 * @param note Told after each slot.
 */
export async function runDemo(run: DemoRun, note: (slot: SlotOutcome) => void): Promise<DemoResult> {
  const { chain, demoGrid, registered, seed } = run;
  const quantile = normalQuantile(falseAlarm);
  const { consortium } = chain.operators[0]!.contracts;
  const depositTotal = await consortium.totalCredits();
  const startCredits = (await consortium.members()).map(({ credits }) => credits);
  const freedom = demoGrid.estimator.degreesOfFreedom;
  const margin = wilsonHilferty(freedom, quantile) - freedom;
  const setting = {
    chain,
    demoGrid,
    seed,
    normalQuantile: quantile,
    silentMeters: pickSilentMeters(demoGrid, seed),
    falsification: pickFalsification(demoGrid, margin, seed),
  };
  const { bySlot, leftOut } = scheduleEvents(run.slots);
  const slots: SlotOutcome[] = [];
  for (const [turn, event] of bySlot.entries()) {
    const outcome = await runSlot(setting, turn, event);
    slots.push(outcome);
    note(outcome);
  }
  return {
    demoGrid,
    operators: chain.operators.map(({ name, address }) => ({ name, address })),
    seed,
    depositTotal,
    startCredits,
    falseAlarm,
    versionGas: registered.gasUsed,
    slots,
    leftOut,
    checks: checkDemo(demoGrid, depositTotal, slots),
  };
}

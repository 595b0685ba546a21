import { readLedgerRules } from "../workers/chain/readLedgerRules.js";
import { slotTimes } from "../workers/measurement/slotTimes.js";
import { pickFalsification } from "../workers/demo/pickFalsification.js";
import { prepareGrid } from "../workers/demo/prepareGrid.js";
import { registerVersion } from "../workers/demo/registerVersion.js";
import { closeSlot, settleOnLedger } from "../workers/demo/settleOnLedger.js";
import { slotValues } from "../workers/demo/slotValues.js";
import type { DemoChain, DemoGrid } from "../workers/demo/types.js";
import { uploadBatches } from "../workers/demo/uploadBatches.js";
import type { GridCase } from "../workers/grid/types.js";
import { MISSING_VALUE } from "../workers/grid/version/constants.js";
import { type SlotAngles, slotAngles } from "../workers/measurement/slotAngles.js";
import { rowValues } from "../workers/measurement/versionEstimator.js";

/** What the life of a slot costs, in gas. */
export interface SlotGas {
  readonly case: string;
  readonly buses: number;
  readonly lines: number;
  readonly meters: number;
  readonly operators: number;
  /** Proposal, chunks, labels, proof, approvals and activation of the grid version. */
  readonly version: number;
  /** All operators' uploads of one slot, in words of the ring that were used before. */
  readonly upload: number;
  /** Settlement of a complete slot with J below τ. */
  readonly settle: number;
  /** Settlement of a slot with a falsified value: J above τ. */
  readonly settleAlarm: number;
  /** A slot with one value missing, closed without an estimate. */
  readonly closeIncomplete: number;
  /** Upload, storage and settlement together, per measurement. */
  readonly perMeter: number;
}

const seed = 1;

/** Measures the life of slots of a case on a chain where its contracts were freshly deployed. */
export async function slotGas(chain: DemoChain, gridCase: GridCase): Promise<SlotGas> {
  const demoGrid = prepareGrid(
    gridCase,
    chain.operators.map(({ name }) => name),
  );
  const { gasUsed } = await registerVersion(chain, demoGrid, () => undefined);
  const { ledger } = chain.operators[0]!.contracts;
  const slots = new SlotClock(chain);

  // A whole turn of the ring, so that the words of the measured slot are not written for the first time.
  const first = await slots.next();
  await chain.clock.advanceTo(await slots.opensAt(first));
  await uploadBatches(chain, demoGrid, first, slotValues(demoGrid, seed, 0));
  const ring = Number(await ledger.ringSlots());
  await chain.clock.advanceTo(await slots.cutOff(first + ring - 1));
  for (let slot = first; slot < first + ring; slot++) {
    const values = slot === first ? slotValues(demoGrid, seed, 0) : [];
    if (values.length === 0) await closeSlot(ledger, slot, values);
    else await settleOnLedger(ledger, slot, values, honestAngles(demoGrid, values));
  }

  const honest = await liveSlot(chain, demoGrid, slotValues(demoGrid, seed, 1));
  const falsified = pickFalsification(demoGrid, demoGrid.meters.length, seed);
  const alarm = await liveSlot(chain, demoGrid, slotValues(demoGrid, seed, 2, { falsified }));
  const incomplete = await liveSlot(chain, demoGrid, slotValues(demoGrid, seed, 3, { silent: [0] }));
  const { grid, meters } = demoGrid;
  return {
    case: gridCase.name,
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: meters.length,
    operators: chain.operators.length,
    version: Number(gasUsed),
    upload: Number(honest.upload),
    settle: Number(honest.settle),
    settleAlarm: Number(alarm.settle),
    closeIncomplete: Number(incomplete.settle),
    perMeter: Number(honest.upload + honest.settle) / meters.length,
  };
}

async function liveSlot(
  chain: DemoChain,
  demoGrid: DemoGrid,
  values: readonly number[],
): Promise<{ upload: bigint; settle: bigint }> {
  const slots = new SlotClock(chain);
  const slot = await slots.next();
  const { ledger } = chain.operators[0]!.contracts;
  await chain.clock.advanceTo(await slots.opensAt(slot));
  const upload = await uploadBatches(chain, demoGrid, slot, values);
  await chain.clock.advanceTo(await slots.cutOff(slot));
  const { gasUsed } = values.includes(MISSING_VALUE)
    ? await closeSlot(ledger, slot, values)
    : await settleOnLedger(ledger, slot, values, honestAngles(demoGrid, values));
  return { upload, settle: gasUsed };
}

function honestAngles({ estimator, records }: DemoGrid, values: readonly number[]): SlotAngles {
  const { theta } = estimator.estimate(rowValues(records, values));
  return slotAngles(records, estimator, values, theta);
}

/** When the slots of a chain's ledger open and close, seconds. */
class SlotClock {
  readonly #chain: DemoChain;

  constructor(chain: DemoChain) {
    this.#chain = chain;
  }

  get #ledger() {
    return this.#chain.operators[0]!.contracts.ledger;
  }

  async next(): Promise<number> {
    return Number(await this.#ledger.nextSlot());
  }

  async opensAt(slot: number): Promise<number> {
    return slotTimes(await readLedgerRules(this.#ledger), slot).start;
  }

  async cutOff(slot: number): Promise<number> {
    return slotTimes(await readLedgerRules(this.#ledger), slot).cutoff;
  }
}

import { Estimator } from "../estimation/estimator.js";
import { seededRandom } from "../grid/seededRandom.js";
import { slotCredits } from "./slotCredits.js";
import type { CreditTerms, IncentiveModel } from "./types.js";
import { withRows } from "./withRows.js";

/** What an adversary may know at the cut-off of a slot (paper 003, before Theorem 2): everything. */
export interface SlotView {
  readonly slot: number;
  /** One per meter: 1 if its value is there. */
  readonly reported: ArrayLike<number>;
  /**
   * What the alarm would cost each operator if nothing is withheld, by seat, credits; undefined without an alarm, or
   * where something is missing anyway. Computed when asked for.
   */
  readonly charges: () => readonly number[] | undefined;
}

/** Meters, by row, whose values are then kept from the chain. */
export type Strategy = (view: SlotView) => readonly number[];

/** What is simulated. */
export interface Simulation {
  /** All meters that there are. */
  readonly model: IncentiveModel;
  /** One per meter; 0 where the operator does not register it. All are registered if left out. */
  readonly registered?: ArrayLike<number>;
  /** ε, one per meter. */
  readonly offline: ArrayLike<number>;
  readonly terms: CreditTerms;
  /** τ for a number of degrees of freedom. */
  readonly threshold: (degreesOfFreedom: number) => number;
  readonly slots: number;
  readonly seed: number;
  readonly strategy?: Strategy;
}

/** What came of it. */
export interface SimulatedSlots {
  /** Mean change of each operator's credits in a slot, by seat, and its standard error. */
  readonly mean: readonly number[];
  readonly standardError: readonly number[];
  /** The change of each slot, by slot and seat. */
  readonly changes: readonly (readonly number[])[];
  /** Slots in which nothing was missing, and how many of them raised the alarm. */
  readonly complete: number;
  readonly alarms: number;
}

/** So large that nothing is clamped. */
const BALANCE = 10n ** 18n;
/** Shares of the charge in whole numbers, as the contract has them. */
const SHARE_SCALE = 2 ** 30;

/**
 * Plays slots by the rules that the contracts keep: meters fail at random, those that are there measure with Gaussian
 * errors, a complete slot is estimated and compared with τ, and credits move as `slotCredits` says. Residuals do not
 * depend on the state of the grid, so that only the errors are drawn.
 *
 * The same seed draws the same failures and errors whatever is registered or withheld, so that two simulations differ
 * only by that.
 *
 * @throws NotObservableError when the registered meters do not determine the grid.
 */
export function simulateSlots(simulation: Simulation): SimulatedSlots {
  const { model, offline, terms, slots, seed, strategy } = simulation;
  const meters = model.meterNames.length;
  const registered = simulation.registered ?? new Uint8Array(meters).fill(1);
  const used = withRows(model, registered);
  const rowOfMeter = new Int32Array(meters).fill(-1);
  for (let meter = 0, row = 0; meter < meters; meter++)
    if (registered[meter] !== 0) rowOfMeter[meter] = row++;
  const seats = model.operators.length;
  const owner = model.ownerOfRow;
  const counts = model.operators.map(() => 0);
  for (let meter = 0; meter < meters; meter++) if (rowOfMeter[meter] !== -1) counts[owner[meter]!]!++;

  const estimator = new Estimator(used.model);
  const { weight, offset } = used.model;
  const freedom = estimator.degreesOfFreedom;
  const tau = freedom > 0 ? simulation.threshold(freedom) : Infinity;
  const estimate = estimator.newEstimate();
  const z = new Float64Array(weight.length);
  const reported = new Uint8Array(meters);
  const active = model.operators.map(() => true);
  const credits = model.operators.map(() => BALANCE);
  const changes: number[][] = [];
  let complete = 0;
  let alarms = 0;

  /** Σwr² by seat if honest errors of a slot raise the alarm. */
  const alarm = (slot: number): number[] | undefined => {
    const random = seededRandom(seed, 2 * slot + 1);
    for (let row = 0; row < z.length; row++) z[row] = -offset[row]!;
    for (let meter = 0; meter < meters; meter++) {
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      const error = radius * Math.cos(2 * Math.PI * random());
      const row = rowOfMeter[meter]!;
      if (row !== -1) z[row]! += error / Math.sqrt(weight[row]!);
    }
    const { residual, objective } = estimator.estimate(z, estimate);
    if (!(objective > tau)) return undefined;
    const shares = model.operators.map(() => 0);
    for (let meter = 0; meter < meters; meter++) {
      const row = rowOfMeter[meter]!;
      if (row !== -1) shares[owner[meter]!]! += weight[row]! * residual[row]! ** 2;
    }
    return shares;
  };

  for (let slot = 0; slot < slots; slot++) {
    const random = seededRandom(seed, 2 * slot);
    let missing = 0;
    for (let meter = 0; meter < meters; meter++) {
      const there = random() >= offline[meter]!;
      reported[meter] = there && registered[meter] !== 0 ? 1 : 0;
      if (!there && registered[meter] !== 0) missing++;
    }
    let shares: number[] | undefined;
    let looked = false;
    const look = (): number[] | undefined => {
      if (!looked && missing === 0) shares = alarm(slot);
      looked = true;
      return shares;
    };
    const charges = (): number[] | undefined => {
      const found = look();
      if (found === undefined) return undefined;
      const all = found.reduce((sum, x) => sum + x, 0);
      const total = counts.reduce((sum, x) => sum + x, 0);
      return found.map((own, seat) => Number(terms.anomalyPenalty) * (own / all - counts[seat]! / total));
    };
    for (const meter of strategy?.({ slot, reported, charges }) ?? []) {
      if (reported[meter] === 1) missing++;
      reported[meter] = 0;
    }
    const found = missing === 0 ? look() : undefined;
    if (missing === 0) complete++;
    if (found !== undefined) alarms++;
    const there = model.operators.map(() => 0);
    for (let meter = 0; meter < meters; meter++) if (reported[meter] === 1) there[owner[meter]!]!++;
    const after = slotCredits(
      {
        credits,
        active,
        meters: counts,
        reported: there,
        shares: found?.map((share) => BigInt(Math.round(share * SHARE_SCALE))),
      },
      terms,
    );
    // What rounding leaves over goes to the owner of a meter drawn at random.
    const chosen = after[Math.floor(random() * seats)]!;
    changes.push(chosen.map((balance) => Number(balance - BALANCE)));
  }

  const mean = model.operators.map((_, seat) => changes.reduce((sum, row) => sum + row[seat]!, 0) / slots);
  const standardError = model.operators.map((_, seat) => {
    const squares = changes.reduce((sum, row) => sum + (row[seat]! - mean[seat]!) ** 2, 0);
    return Math.sqrt(squares / Math.max(slots - 1, 1) / slots);
  });
  return { mean, standardError, changes, complete, alarms };
}

import { Estimator } from "../estimation/estimator.js";
import { seededRandom } from "../grid/seededRandom.js";
import { type SimulatedSlots, type Simulation, type Strategy, simulateSlots } from "./simulateSlots.js";

/** A way in which one operator alone departs from the protocol, played against honest others. */
export interface Deviation {
  readonly seat: number;
  readonly what: string;
  /** Which claim it tests. */
  readonly corollary: 1 | 2 | 3;
  /** What it changes in the operator's credits, per slot, against the same slots played honestly. */
  readonly change: number;
  readonly standardError: number;
  /** Whether it pays: the change is above zero by more than three standard errors. */
  readonly pays: boolean;
}

/** A redundancy below this is that of a critical meter, within rounding. */
const LEAST_REDUNDANCY = 1e-9;

/**
 * Plays, for every operator, what it could do alone: leave meters unregistered, withhold values, go silent, withhold
 * one value whenever the alarm would cost it, and block a value of another. All but blocking lose credits where
 * the conditions of the corollaries hold, so that sharing everything is a Nash equilibrium; blocking pays
 * (Corollary 3), which is why the cut-off must give every value time to get into a block.
 *
 * Each is played on the same failures and errors as the honest slots.
 *
 * @param simulation Its strategy, if any, is what the others do all along.
 */
export function deviations(
  simulation: Simulation,
  onProgress?: (done: number, of: number) => void,
): Deviation[] {
  const { model, seed } = simulation;
  const meters = model.meterNames.length;
  const everyone = simulation.strategy ?? (() => []);
  const honest = simulateSlots({ ...simulation, strategy: everyone });
  const estimator = new Estimator(model.model);
  const { redundancy } = estimator.normalisedResiduals(estimator.newEstimate().residual);
  const pick = seededRandom(seed, 2_000_000_011);
  const found: Deviation[] = [];

  for (const seat of model.operators.keys()) {
    const own = Array.from({ length: meters }, (_, row) => row).filter(
      (row) => model.ownerOfRow[row] === seat,
    );
    const others = Array.from({ length: meters }, (_, row) => row).filter(
      (row) => model.ownerOfRow[row] !== seat,
    );
    const one = own[Math.floor(pick() * own.length)];
    // Without a critical meter there is no estimate, and nothing to compare.
    const spare = own.filter((row) => redundancy[row]! > LEAST_REDUNDANCY);
    const unregistered = spare[Math.floor(pick() * spare.length)];
    const other = others[Math.floor(pick() * others.length)];
    const withhold = (choose: Strategy): Partial<Simulation> => ({
      strategy: (view) => [...everyone(view), ...choose(view)],
    });
    const plays: [what: string, corollary: Deviation["corollary"], changed: Partial<Simulation>][] = [];
    if (one !== undefined) {
      const name = model.meterNames[one]!;
      plays.push(
        [`withholds ${name}`, 2, withhold(() => [one])],
        ["is silent", 2, withhold(() => own)],
        [
          `withholds ${name} when the alarm would cost it`,
          2,
          withhold((view) => ((view.charges()?.[seat] ?? 0) > 0 ? [one] : [])),
        ],
      );
    }
    if (unregistered !== undefined) {
      const registered = new Uint8Array(meters).fill(1);
      registered[unregistered] = 0;
      plays.push([`does not register ${model.meterNames[unregistered]}`, 1, { registered }]);
    }
    if (other !== undefined)
      plays.push([`blocks ${model.meterNames[other]!} of another`, 3, withhold(() => [other])]);
    for (const [what, corollary, changed] of plays)
      found.push(compare(seat, what, corollary, honest, simulateSlots({ ...simulation, ...changed })));
    onProgress?.(seat + 1, model.operators.length);
  }
  return found;
}

function compare(
  seat: number,
  what: string,
  corollary: Deviation["corollary"],
  honest: SimulatedSlots,
  played: SimulatedSlots,
): Deviation {
  const differences = played.changes.map((row, slot) => row[seat]! - honest.changes[slot]![seat]!);
  const slots = differences.length;
  const change = differences.reduce((sum, x) => sum + x, 0) / slots;
  const squares = differences.reduce((sum, x) => sum + (x - change) ** 2, 0);
  const standardError = Math.sqrt(squares / Math.max(slots - 1, 1) / slots);
  // A change of less than a credit is rounding.
  return { seat, what, corollary, change, standardError, pays: change > 3 * standardError + 1 };
}

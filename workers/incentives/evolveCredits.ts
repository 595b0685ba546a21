import { classGain } from "./classGain.js";
import type { EvolutionExample } from "./germanExample.js";
import { type Evolution, simulateEvolution } from "./simulateEvolution.js";
import { timeToExpulsion } from "./timeToExpulsion.js";

/** A point of a curve: credits lost per slot, by operator; negative is a gain. */
export interface LossPoint {
  readonly epsilon: number;
  readonly expected: readonly number[];
  /** Mean of simulated slots; undefined where none were played. */
  readonly simulated: readonly number[] | undefined;
}

/** A point of the second figure: what TSO 1 loses with all of its meters, and with a single one. */
export interface VariedPoint extends LossPoint {
  readonly singleMeter: number;
}

/** Appendix C, computed and played. */
export interface CreditEvolution {
  readonly example: EvolutionExample;
  /** By operator, at the example's ε. */
  readonly operators: readonly {
    readonly name: string;
    readonly meters: number;
    /** Expected change of credits a slot. */
    readonly gain: number;
    /** Slots until its credits are gone, expected, with its standard deviation; undefined if it gains. */
    readonly slots: number | undefined;
    readonly deviation: number | undefined;
    readonly days: number | undefined;
  }[];
  /** R/(R+Q): above it meters are a liability. */
  readonly threshold: number;
  /** ε of the first operator's meters above which the smallest operator gains. */
  readonly smallestGainsAbove: number | undefined;
  /** ε of the first operator's meters above which it is better off with a single meter. */
  readonly singleMeterAbove: number;
  /** Losses against ε, the same for all meters (figure 7a). */
  readonly all: readonly LossPoint[];
  /** Losses against ε of the first operator's meters (figure 7b). */
  readonly varied: readonly VariedPoint[];
  /** Credits over slots at the example's ε, until the first operator has none. */
  readonly played: Evolution;
}

/** How much is played. */
export interface EvolveOptions {
  readonly seed: number;
  /** Slots of each simulated point of the two figures. */
  readonly slotsPerPoint: number;
  /** Most slots of the evolution. */
  readonly mostSlots: number;
  readonly onProgress?: (slot: number, of: number) => void;
}

/** Points of a curve; every fourth is also played. */
const POINTS = 41;
const PLAYED_EVERY = 4;

/**
 * The evolution of credits of paper 003, Appendix C: expected gains and times to expulsion by formula, both figures,
 * and simulations beside them.
 *
 * @param example At least two operators.
 */
export function evolveCredits(example: EvolutionExample, options: EvolveOptions): CreditEvolution {
  const { operators, terms, deposit, epsilon, slotSeconds } = example;
  const { seed, slotsPerPoint, mostSlots, onProgress } = options;
  const others = operators.length - 1;
  const reward = Number(terms.reward);
  const both = reward + Number(terms.missingPenalty);
  const threshold = reward / both;
  const alike = (value: number): number[] => operators.map(() => value);
  const firstAt = (value: number): number[] => operators.map((_, i) => (i === 0 ? value : epsilon));
  const losses = (epsilons: readonly number[], meters?: readonly number[]): number[] =>
    classGain(example, epsilons, meters).map(({ mean }) => -mean);
  const simulated = (epsilons: readonly number[], point: number): number[] | undefined => {
    if (slotsPerPoint === 0 || point % PLAYED_EVERY !== 0) return undefined;
    // Deposits so large that nobody runs out while a mean is taken.
    const large = { ...example, deposit: 10n ** 18n };
    const played = simulateEvolution({
      example: large,
      epsilons,
      mostSlots: slotsPerPoint,
      every: slotsPerPoint,
      seed: seed + 1 + point,
    });
    return played.points.at(-1)!.credits.map((credits) => Number(large.deposit - credits) / played.slots);
  };

  const smallest = operators.reduce(
    (least, { meters }, i) => (meters < operators[least]!.meters ? i : least),
    0,
  );
  // Where the smallest breaks even: e(ε) = R - (R+Q)ε of the first operator's meters, from its own gain being zero.
  const rest = operators.reduce((sum, { meters }, i) => (i === 0 || i === smallest ? sum : sum + meters), 0);
  const usual = reward - both * epsilon;
  const first = operators[0]!.meters;
  const atBreakEven = (others * operators[smallest]!.meters * usual - rest * usual) / first;
  const smallestGainsAbove = smallest === 0 ? undefined : (reward - atBreakEven) / both;

  const singleMeters = operators.map(({ meters }, i) => (i === 0 ? 1 : meters));
  const most = 2.5 * threshold;
  return {
    example,
    operators: classGain(example, alike(epsilon)).map((gain, i) => {
      const { slots, deviation } = timeToExpulsion(Number(deposit), gain);
      const days = slots === undefined ? undefined : (slots * slotSeconds) / 86_400;
      return { ...operators[i]!, gain: gain.mean, slots, deviation, days };
    }),
    threshold,
    smallestGainsAbove,
    // With k meters the first operator gains k·e(ε) less what others' meters cost it: more meters pay while e > 0.
    singleMeterAbove: threshold,
    all: points(1.5 * threshold).map((value, i) => ({
      epsilon: value,
      expected: losses(alike(value)),
      simulated: simulated(alike(value), i),
    })),
    varied: points(most).map((value, i) => ({
      epsilon: value,
      expected: losses(firstAt(value)),
      simulated: simulated(firstAt(value), POINTS + i - (POINTS % PLAYED_EVERY)),
      singleMeter: losses(firstAt(value), singleMeters)[0]!,
    })),
    played: simulateEvolution({
      example,
      epsilons: alike(epsilon),
      mostSlots,
      every: Math.max(Math.floor(mostSlots / 100), 1),
      seed,
      ...(onProgress === undefined ? {} : { onProgress }),
    }),
  };
}

/** Equally spaced, from 0. */
function points(most: number): number[] {
  return Array.from({ length: POINTS }, (_, i) => (most * i) / (POINTS - 1));
}

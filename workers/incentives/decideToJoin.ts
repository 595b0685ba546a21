import { IncentiveArgumentError } from "./errors.js";
import type { JoinScenarios } from "./scenarios.js";

/** Seconds of a year of 365.25 days. */
const YEAR_SECONDS = 31_557_600;

/** What joining does about one scenario. */
export interface ScenarioSaving {
  readonly name: string;
  /** The paper's likelihood that it happens in a slot. */
  readonly likelihoodPerSlot: number;
  readonly detectableAlone: boolean;
  readonly detectableTogether: boolean;
  /** Expected cost a slot without and with the others' data. */
  readonly costAlone: number;
  readonly costTogether: number;
}

/** Whether an operator should join, and why. Money is in the scenarios' currency. */
export interface JoinDecision {
  readonly operator: string;
  readonly currency: string;
  readonly scenarios: readonly ScenarioSaving[];
  /** Expected change of credits a slot, and what it is worth; negative is a cost. */
  readonly creditChange: number;
  readonly creditValue: number;
  /** By how much joining lowers the expected costs of attacks, a slot. */
  readonly saved: number;
  /** saved + creditValue, a slot, and a year. */
  readonly net: number;
  readonly netPerYear: number;
  readonly join: boolean;
  /** The price of a credit below which it should join; undefined where credits decide nothing: it does not lose any. */
  readonly breakEvenPrice: number | undefined;
}

/**
 * Whether joining pays (paper 003, section 6.1): the expected gain of credits, or else whether the expected loss is
 * less than what attacks are expected to cost less. An attack is cheaper where the operators together detect it and
 * the operator alone does not: `Σ likelihood · (cost undetected - cost detected)` over those scenarios. The paper
 * leaves out what an operator detects by itself; that saves nothing by joining.
 *
 * @param creditChange Expected change of its credits in a slot.
 * @throws IncentiveArgumentError for a scenario that is detected alone but not together: together there are more meters.
 */
export function decideToJoin(given: JoinScenarios, creditChange: number): JoinDecision {
  const { operator, currency, creditPrice, slotSeconds } = given;
  const slotsPerYear = YEAR_SECONDS / slotSeconds;
  const scenarios = given.scenarios.map((scenario): ScenarioSaving => {
    const { name, timesPerYear, detectableAlone, detectableTogether, costDetected, costUndetected } =
      scenario;
    if (detectableAlone && !detectableTogether)
      throw new IncentiveArgumentError(
        `scenario "${name}": what an operator detects alone, all detect together; found detectableTogether false`,
      );
    const likelihoodPerSlot = timesPerYear / slotsPerYear;
    const expected = (detected: boolean): number =>
      likelihoodPerSlot * (detected ? costDetected : costUndetected);
    return {
      name,
      likelihoodPerSlot,
      detectableAlone,
      detectableTogether,
      costAlone: expected(detectableAlone),
      costTogether: expected(detectableTogether),
    };
  });
  const saved = scenarios.reduce((sum, { costAlone, costTogether }) => sum + costAlone - costTogether, 0);
  const creditValue = creditChange * creditPrice;
  const net = saved + creditValue;
  return {
    operator,
    currency,
    scenarios,
    creditChange,
    creditValue,
    saved,
    net,
    netPerYear: net * slotsPerYear,
    join: net > 0,
    breakEvenPrice: creditChange < 0 ? saved / -creditChange : undefined,
  };
}

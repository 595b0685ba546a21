import { demoTerms } from "../../workers/demo/demoTerms.js";
import type { CreditTerms } from "../../workers/incentives/types.js";
import { UserError } from "../support/userError.js";
import { type OwnedArguments, type OwnedCase, openOwned } from "./openOwned.js";

/** The options that say what values earn and cost. */
export interface TermsArguments {
  readonly reward: string | undefined;
  readonly missingPenalty: string | undefined;
  readonly anomalyPenalty: string | undefined;
  readonly epsilon: number;
  readonly falseAlarm: number;
}

/** Opens a case and checks that it has operators who could owe each other anything. */
export function openIncentives(given: OwnedArguments): OwnedCase {
  if (given.plan === undefined && given.operators < 2)
    throw new UserError(
      `--operators ${given.operators}: expected at least 2, one alone owes nobody anything`,
    );
  const opened = openOwned(given);
  const { length } = opened.incentive.operators;
  if (length < 2)
    throw new UserError(`${given.plan}: expected meters of at least 2 operators, found ${length}`);
  return opened;
}

/** R, Q, A and the probabilities: those of the demo unless given. A is then the most that keeps sharing profitable. */
export function openTerms(
  given: TermsArguments,
  operators: number,
): { terms: CreditTerms; epsilon: number; falseAlarm: number } {
  const usual = demoTerms(operators).terms;
  const reward = credits("--reward", given.reward) ?? usual.reward;
  const missingPenalty = credits("--missing-penalty", given.missingPenalty) ?? usual.missingPenalty;
  const most = (reward + missingPenalty) / BigInt(operators - 1);
  const anomalyPenalty =
    credits("--anomaly-penalty", given.anomalyPenalty) ??
    (most < usual.anomalyPenalty ? most : usual.anomalyPenalty);
  if (anomalyPenalty > most) {
    process.stderr.write(
      `--anomaly-penalty ${anomalyPenalty}: above (R + Q)/(n - 1) = ${most}; no ledger takes such terms\n`,
    );
  }
  if (reward + missingPenalty === 0n)
    throw new UserError("--reward 0, --missing-penalty 0: expected that a value is worth something");
  between("--epsilon", given.epsilon, 0, 1);
  if (!(given.falseAlarm > 0 && given.falseAlarm < 1))
    throw new UserError(`--false-alarm ${given.falseAlarm}: expected a probability between 0 and 1`);
  return {
    terms: { reward, missingPenalty, anomalyPenalty },
    epsilon: given.epsilon,
    falseAlarm: given.falseAlarm,
  };
}

/** @throws UserError unless `least` ≤ value ≤ `most`. */
export function between(option: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    const range = most === Infinity ? `a number from ${least}` : `a number from ${least} to ${most}`;
    throw new UserError(`${option} ${value}: expected ${range}`);
  }
}

/** Numbers of buses, "1,2,3". @throws UserError */
export function busNumbers(option: string, text: string): number[] {
  return text.split(",").map((part) => {
    const number = Number(part.trim());
    if (!/^\d+$/u.test(part.trim()) || number === 0)
      throw new UserError(
        `${option} ${text}: expected numbers of buses with commas between, found "${part}"`,
      );
    return number;
  });
}

function credits(option: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,18}$/u.test(text))
    throw new UserError(`${option} ${text}: expected a whole number of credits, of at most 18 digits`);
  return BigInt(text);
}

import { demoTerms } from "../../workers/demo/demoTerms.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { openCase } from "../../workers/grid/openCase.js";
import { partition } from "../../workers/grid/partition.js";
import { readPlanFile } from "../../workers/grid/readPlanFile.js";
import type { Grid } from "../../workers/grid/types.js";
import { incentiveModel } from "../../workers/incentives/incentiveModel.js";
import type { CreditTerms, IncentiveModel } from "../../workers/incentives/types.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";

/** The options that say which grid is shared by whom. */
export interface GridArguments {
  readonly case: string;
  readonly plan: string | undefined;
  readonly operators: number;
  readonly bothEnds: boolean;
}

/** The options that say what values earn and cost. */
export interface TermsArguments {
  readonly reward: string | undefined;
  readonly missingPenalty: string | undefined;
  readonly anomalyPenalty: string | undefined;
  readonly epsilon: number;
  readonly falseAlarm: number;
}

/** A grid with its operators. */
export interface OpenedIncentives {
  readonly grid: Grid;
  readonly model: IncentiveModel;
  readonly references: readonly number[];
}

/** Reads the case and its plan, or divides it under the default plan as the demo does. */
export function openIncentives({
  case: name,
  plan: planFile,
  operators,
  bothEnds,
}: GridArguments): OpenedIncentives {
  if (planFile === undefined && operators < 2)
    throw new UserError(`--operators ${operators}: expected at least 2, one alone owes nobody anything`);
  const grid = compileGrid(openCase(name, userPath));
  const numbered = Array.from({ length: operators }, (_, i) => `Operator ${i + 1}`);
  const plan =
    planFile === undefined
      ? defaultPlan(grid, partition(grid, numbered), { bothEnds })
      : readPlanFile(userPath(planFile), grid);
  const names = planFile === undefined ? numbered : [...new Set(plan.meters.map(({ owner }) => owner))];
  if (names.length < 2)
    throw new UserError(
      `${planFile}: expected meters of at least 2 operators, found those of ${names.length}`,
    );
  return {
    grid,
    model: incentiveModel(grid, plan, names),
    references: grid.buses.filter(({ reference }) => reference).map(({ number }) => number),
  };
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

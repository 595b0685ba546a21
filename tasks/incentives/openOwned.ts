import { operatorNames } from "../../workers/grid/operatorNames.js";
import { incentiveModel } from "../../workers/incentives/incentiveModel.js";
import type { IncentiveModel } from "../../workers/incentives/types.js";
import { type MeteredCase, openPlan } from "../support/openPlan.js";
import { UserError } from "../support/userError.js";

/** The options that say which grid is shared by whom. */
export interface OwnedArguments {
  readonly case: string;
  readonly plan: string | undefined;
  readonly operators: number;
  readonly bothEnds: boolean;
}

/** A case with its meters, their owners and their model. */
export interface OwnedCase extends MeteredCase {
  readonly incentive: IncentiveModel;
}

/** Opens a case with the plan that was named, or the default plan. @throws what `openPlan` throws. */
export function openOwned({ case: file, plan, operators, bothEnds }: OwnedArguments): OwnedCase {
  const metered = openPlan({ file, plan, operators, bothEnds });
  const names =
    plan === undefined
      ? operatorNames(operators)
      : [...new Set(metered.plan.meters.map(({ owner }) => owner))];
  return { ...metered, incentive: incentiveModel(metered.grid, metered.plan, names) };
}

/** Seats of operators that were named with commas between. @throws UserError for a name that there is not. */
export function seatsOf({ operators }: IncentiveModel, option: string, names: string): number[] {
  const known = operators.map(({ name }) => name);
  const named = parts(names);
  const again = named.find((name, i) => named.indexOf(name) !== i);
  if (named.length === 0 || again !== undefined) {
    const found = again === undefined ? "nobody" : `"${again}" twice`;
    throw new UserError(`${option}: expected names of operators with commas between, found ${found}`);
  }
  return named.map((name) => {
    const seat = known.indexOf(name);
    if (seat === -1)
      throw new UserError(`${option}: there is no operator "${name}" among ${known.join(", ")}`);
    return seat;
  });
}

/** What stands between commas, trimmed; nothing for an empty text. */
export function parts(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((part) => part.trim());
}

import { allCoalitions } from "./allCoalitions.js";
import { fdiSecurity } from "./fdiSecurity.js";
import type { IncentiveModel } from "./types.js";

/** FDI security of a set of compromised operators, by name. */
export interface SecurityFigures {
  readonly compromised: readonly string[];
  readonly sensitiveBuses: readonly number[];
  readonly secure: boolean;
  /** Sensitive buses that the meters of the others do not determine. */
  readonly exposed: readonly number[];
}

/**
 * FDI security of every set of compromised operators but all of them (paper 003, section 6.1).
 *
 * @param references Numbers of the reference buses, whose angles are known.
 * @throws IncentiveArgumentError on buses that there are not.
 */
export function securityFigures(
  model: IncentiveModel,
  sensitiveBuses: readonly number[],
  references: readonly number[],
): SecurityFigures[] {
  const { operators } = model;
  return allCoalitions(operators.length)
    .filter(({ length }) => length < operators.length)
    .map((seats) => {
      const { compromised, secure, exposed } = fdiSecurity(model, seats, sensitiveBuses, references);
      return {
        compromised: compromised.map((seat) => operators[seat]!.name),
        sensitiveBuses,
        secure,
        exposed,
      };
    });
}

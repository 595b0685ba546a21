import { analyze } from "../estimation/analysis.js";
import { observability } from "../estimation/observability.js";
import { IncentiveArgumentError } from "./errors.js";
import { coalitionRows } from "./coalitionRows.js";
import type { FdiSecurity, IncentiveModel } from "./types.js";

/**
 * Whether false data of compromised operators can go unseen at the buses that matter (paper 003, section 6.1): the
 * meters of all others must determine the angle of each sensitive bus against the reference of its island. A bus that
 * they leave open takes part in some state c with Hc zero at all their rows, which the compromised can feign.
 *
 * @param compromised Seats, in any order.
 * @param sensitiveBuses Numbers of buses. A reference bus is always determined: its angle is zero by definition.
 * @param references Numbers of the reference buses, which no column stands for.
 * @throws IncentiveArgumentError on seats or buses that there are not.
 */
export function fdiSecurity(
  incentiveModel: IncentiveModel,
  compromised: readonly number[],
  sensitiveBuses: readonly number[],
  references: readonly number[] = [],
): FdiSecurity {
  const { model, busOfState } = incentiveModel;
  const rows = coalitionRows(incentiveModel, compromised);
  const known = new Set([...busOfState, ...references]);
  for (const bus of sensitiveBuses)
    if (!known.has(bus)) throw new IncentiveArgumentError(`bus ${bus} is not in service in this grid`);
  const { unobservableStates } = observability(analyze(model.h), rows.othersInUse);
  const open = new Set(unobservableStates.map((state) => busOfState[state]!));
  const exposed = sensitiveBuses.filter((bus) => open.has(bus));
  return {
    compromised: rows.members,
    sensitiveBuses: [...sensitiveBuses],
    secure: exposed.length === 0,
    exposed,
  };
}

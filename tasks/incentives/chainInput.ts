import type { WithholdingInput } from "../../workers/incentives/withholding.js";
import { UserError } from "../support/userError.js";
import { between } from "./openIncentives.js";

/** The options that say how the chain runs. */
export interface ChainArguments {
  readonly blockSeconds: number;
  readonly roundSeconds: number;
  readonly slotSeconds: number;
  readonly cutOffSlots: number;
  readonly uploadSeconds: number;
  readonly offline: number;
}

/** The chain that the options describe. @throws UserError for one that cannot be. */
export function chainInput(given: ChainArguments, validators: number): WithholdingInput {
  for (const [option, value] of Object.entries({
    "--block-seconds": given.blockSeconds,
    "--round-seconds": given.roundSeconds,
    "--slot-seconds": given.slotSeconds,
  }))
    if (!(value > 0 && value < Infinity)) throw new UserError(`${option} ${value}: expected seconds above 0`);
  between("--cut-off-slots", given.cutOffSlots, 0, 65_535);
  between("--upload-seconds", given.uploadSeconds, 0, Infinity);
  between("--offline", given.offline, 0, validators);
  const { blockSeconds, roundSeconds, slotSeconds, cutOffSlots, uploadSeconds, offline } = given;
  return { validators, offline, blockSeconds, roundSeconds, slotSeconds, cutOffSlots, uploadSeconds };
}

import { isCallException } from "ethers";
import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";

const interfaces = [SlotLedger__factory.createInterface(), Consortium__factory.createInterface()];

/** An error of the contracts with which a call reverted. */
export interface Revert {
  readonly name: string;
  /** As the contract would write it: the name with its values. */
  readonly text: string;
}

/** The named error behind a failed call; undefined if it failed for another reason. */
export function revertOf(error: unknown): Revert | undefined {
  if (!isCallException(error) || error.data === null) return undefined;
  for (const known of interfaces) {
    const parsed = known.parseError(error.data);
    if (parsed !== null) return { name: parsed.name, text: `${parsed.name}(${parsed.args.join(", ")})` };
  }
  return undefined;
}

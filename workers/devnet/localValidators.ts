import { existsSync } from "node:fs";
import type { Layout } from "./layout.js";
import type { Validator } from "./types.js";

/**
 * The validators of a network that are on this machine: those whose keys are in its folder. These are all, unless the folder
 * was carried from where it was made, or a validator was moved away.
 */
export function localValidators<T extends Pick<Validator, "number">>(
  at: Layout,
  validators: readonly T[],
): T[] {
  return validators.filter(({ number }) => existsSync(at.validator(number).nodeKey));
}

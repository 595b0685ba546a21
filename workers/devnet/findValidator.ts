import { DevnetError } from "./errors.js";
import type { Network, Validator } from "./types.js";

/** @throws DevnetError if no validator of the network has this number. */
export function findValidator({ validators }: Network, number: number): Validator {
  const found = validators.find((one) => one.number === number);
  if (found === undefined)
    throw new DevnetError(
      `there is no validator ${number}; there are ${validators.map((one) => one.number).join(", ")}`,
    );
  return found;
}

import { DevnetError } from "./errors.js";
import type { Network, Validator } from "./types.js";

/**
 * The validator that seals for an operator: its newest, if it has several.
 * @throws DevnetError if there is no such operator, or none seals for it.
 */
export function sealerFor(network: Network, operator: number): Validator {
  if (network.operators[operator - 1] === undefined)
    throw new DevnetError(
      `there is no operator ${operator}; they are numbered 1 to ${network.operators.length}`,
    );
  const own = network.validators.filter((one) => (one.operator ?? one.number) === operator);
  const newest = own.sort((a, b) => a.number - b.number).at(-1);
  if (newest === undefined) throw new DevnetError(`no validator seals for operator ${operator}`);
  return newest;
}

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
  const newest = newestSealer(network, operator);
  if (newest === undefined) throw new DevnetError(`no validator seals for operator ${operator}`);
  return newest;
}

/** As `sealerFor`; undefined if none seals for it. */
export function newestSealer({ validators }: Network, operator: number): Validator | undefined {
  const own = validators.filter((one) => (one.operator ?? one.number) === operator);
  return own.sort((a, b) => a.number - b.number).at(-1);
}

import type { Layout } from "./layout.js";
import { localValidators } from "./localValidators.js";
import type { Validator } from "./types.js";

type Address = Pick<Validator, "number" | "host" | "rpcPort">;

/** Where a validator serves JSON-RPC: on this machine on loopback alone, whatever its peers call the machine. */
export function validatorUrl(at: Layout, validator: Address): string {
  const isHere = localValidators(at, [validator]).length > 0;
  return `http://${isHere ? "127.0.0.1" : validator.host}:${validator.rpcPort}`;
}

/**
 * The validator to ask on this machine.
 *
 * @param number Which one is best.
 * @returns That one if it is here; else the first that is; where none is, that one or the first.
 */
export function nearestValidator<T extends Address>(
  at: Layout,
  validators: readonly T[],
  number?: number,
): T | undefined {
  const here = localValidators(at, validators);
  const isWanted = (one: T): boolean => one.number === number;
  return here.find(isWanted) ?? here[0] ?? validators.find(isWanted) ?? validators[0];
}

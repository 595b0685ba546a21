import type { Layout } from "./layout.js";
import { localValidators } from "./localValidators.js";
import type { Validator } from "./types.js";

type Address = Pick<Validator, "number" | "host" | "rpcPort">;

/** Where a validator serves JSON-RPC: on this machine on loopback alone, whatever its peers call the machine. */
export function validatorUrl(at: Layout, validator: Address): string {
  const isHere = localValidators(at, [validator]).length > 0;
  return `http://${isHere ? "127.0.0.1" : validator.host}:${validator.rpcPort}`;
}

/** The validator to ask where it does not matter which: the first on this machine; the first where none is. */
export function nearestValidator<T extends Address>(at: Layout, validators: readonly T[]): T | undefined {
  return localValidators(at, validators)[0] ?? validators[0];
}

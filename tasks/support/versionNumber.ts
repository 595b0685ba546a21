import type { GridRegistry } from "../../typechain-types/index.js";
import { UserError } from "./userError.js";

/**
 * The number of a version that the user named: a number, or `active`.
 * @throws UserError if it is neither, or no version is in force.
 */
export async function versionNumber(registry: GridRegistry, named: string): Promise<number> {
  if (named === "active") {
    const active = Number(await registry.activeVersion());
    if (active === 0) throw new UserError("no grid version is in force yet; name one by its number");
    return active;
  }
  if (!/^[1-9]\d{0,6}$/.test(named)) throw new UserError(`expected the number of a version, found ${named}`);
  return Number(named);
}

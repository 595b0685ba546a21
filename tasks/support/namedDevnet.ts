import { userPath } from "./userPath.js";

/** The folder that `GRIDPROOF_DEVNET` names, relative to where the user stood; undefined if it names none. */
export function namedDevnet(): string | undefined {
  const named = process.env.GRIDPROOF_DEVNET ?? "";
  return named === "" ? undefined : userPath(named);
}

import { userPath } from "./userPath.js";

/** The folder with what household metering's programs need: the one named, else `.metering` where the user stands. */
export function meteringFolder(named = ".metering"): string {
  return userPath(named);
}

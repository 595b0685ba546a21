import { statSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "./userError.js";
import { userPath } from "./userPath.js";

/** The options that name a file to write, where no folder is made for it. */
const OUTPUTS = new Set(["json", "markdown", "out", "plot", "caseOut", "report"]);

/**
 * Checks, before a task does anything, that the folders of the files it is to write exist: a transaction must not be
 * sent whose result then cannot be written down.
 *
 * @param args A task's arguments; `-` is standard output.
 * @throws UserError for the first folder that does not exist.
 */
export function checkOutputFolders(args: object): void {
  for (const [option, file] of Object.entries(args)) {
    if (!OUTPUTS.has(option) || typeof file !== "string" || file === "" || file === "-") continue;
    const folder = dirname(userPath(file));
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new UserError(`--${option} ${file}: the folder ${folder} does not exist`);
    }
    if (statSync(userPath(file), { throwIfNoEntry: false })?.isDirectory() === true)
      throw new UserError(`--${option} ${file}: is a folder; name a file in it`);
  }
}

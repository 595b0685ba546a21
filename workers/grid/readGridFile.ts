import { extname } from "node:path";
import { GridFileError } from "./errors.js";
import { importMatpower } from "./importMatpower.js";
import { readGridJson } from "./readGridJson.js";
import { readTextFile } from "./readTextFile.js";
import type { GridCase } from "./types.js";

/**
 * Reads a case from a file: MATPOWER (`.m`) or the project's own format (`.json`).
 *
 * @throws GridFileError when the file is missing, of another kind, or broken.
 */
export function readGridFile(file: string): GridCase {
  const extension = extname(file).toLowerCase();
  if (extension === ".m") return importMatpower(readTextFile(file), file);
  if (extension === ".json") return readGridJson(readTextFile(file), file);
  throw new GridFileError(
    file,
    undefined,
    `expected a .m or .json file, found ${extension || "no extension"}`,
  );
}

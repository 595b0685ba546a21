import { extname } from "node:path";
import { GridFileError } from "./errors.js";
import { readPlanCsv } from "./readPlanCsv.js";
import { readPlanJson } from "./readPlanJson.js";
import { readTextFile } from "./readTextFile.js";
import type { Grid, MeteringPlan } from "./types.js";

/**
 * Reads a metering plan for a grid from a file: `.json` or `.csv`.
 *
 * @throws GridFileError when the file is missing, of another kind, or does not fit the grid.
 */
export function readPlanFile(file: string, grid: Grid): MeteringPlan {
  const extension = extname(file).toLowerCase();
  if (extension === ".json") return readPlanJson(readTextFile(file), file, grid);
  if (extension === ".csv") return readPlanCsv(readTextFile(file), file, grid);
  throw new GridFileError(
    file,
    undefined,
    `expected a .json or .csv file, found ${extension || "no extension"}`,
  );
}
